import { renderJson } from '@/lib/core/expressions';
import type { JsonObject } from '@/lib/core';
import { AttemptFailure, type Adapter } from '../adapter';
import { configOf } from '../config-of';
import { expressionsIn, scopeOf } from '../scope';

/** `subpipeline` starts a run of another pipeline and, unless told not to, waits for it and passes its result on. */
export const subpipelineAdapter: Adapter = {
  runsUserCode: false,
  inMemory: true,
  perform: async (context) => {
    const config = configOf(context, 'subpipeline');
    const { subruns } = context;
    if (!subruns) throw new AttemptFailure('no_subruns', 'This worker cannot start runs of other pipelines.');
    const scope = await scopeOf(context, expressionsIn(config.params));
    const params = renderJson((config.params ?? {}) as JsonObject, scope) as JsonObject;
    const { runId } = await subruns.start({ pipeline: config.pipeline, params });
    context.report({ external: { system: 'penstock', id: runId } });
    context.log('system', `Started run ${runId} of ${config.pipeline}.`);
    const resolved = { pipeline: config.pipeline, params };
    if (config.wait === false) return { outcome: 'succeeded', output: { runId }, resolved };

    try {
      const ended = await context.pulse.awaits(`run ${runId} of ${config.pipeline}`, () => subruns.wait(runId, context.signal));
      const output = { runId, state: ended.state, output: ended.output };
      if (ended.state !== 'succeeded') {
        throw new AttemptFailure('subrun_failed', `The run of "${config.pipeline}" ended as ${ended.state}.`, { hint: `Open run ${runId} to see which task failed.` });
      }
      return { outcome: 'succeeded', output, resolved, ...(ended.table ? { table: ended.table } : {}) };
    } catch (error) {
      if (context.signal.aborted) await subruns.cancel(runId);
      throw error;
    }
  },
};
