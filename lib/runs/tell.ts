import { AppError } from '@/lib/core/errors';
import { env } from '@/lib/core/env';
import { log } from '@/lib/core/log';
import { inTransaction } from '@/lib/db/transaction';
import { pauseAfterFailure } from '@/lib/pipeline/server';
import { announce, systemContext } from '@/lib/tenancy/server';
import { compiledRun } from './plan-cache';
import { endSentence } from './end-sentence';
import { isFinalRun } from './states';
import { lockRun, markTold, runsToTell, taskRows } from './store';

/**
 * tellEndedRuns announces ended runs to the channels that their version's settings.notify names, by the outbox: in one transaction with
 * the note that it was done, so each end is told once, however the run ended and whoever was killed meanwhile. A failed run whose version
 * says settings.pauseOnFailure pauses its pipeline.
 */
export async function tellEndedRuns(now: Date): Promise<void> {
  for (const { id, workspace_id: workspaceId, workspace } of await runsToTell()) {
    await inTransaction(async (tx) => {
      const run = await lockRun(tx, id, workspaceId);
      if (!run || !isFinalRun(run.state) || !(await markTold(tx, id))) return;
      const { spec } = await compiledRun(run);
      if (run.state === 'failed' && spec.settings.pauseOnFailure) {
        await pauseAfterFailure(tx, systemContext({ id: workspaceId, slug: workspace, name: workspace }, now), { id: run.pipeline_id, slug: run.pipeline_slug }, id);
      }
      const channels = (spec.settings.notify ?? []).filter((each) => each.on.some((state) => state === run.state)).map((each) => each.channel);
      if (channels.length === 0) return;
      const text = endSentence(run, await taskRows(id, tx));
      const base = env().PENSTOCK_PUBLIC_URL;
      const url = base ? `${base.replace(/\/$/, '')}/w/${workspace}/runs/${id}` : null;
      const what = {
        event: 'run.ended',
        title: `${run.pipeline_slug}: run ${run.state}`,
        text: url ? `${text}\n${url}` : text,
        data: { runId: id, pipeline: run.pipeline_slug, version: run.version_number, state: run.state, ...(url ? { url } : {}) },
      };
      for (const channel of new Set(channels)) {
        await announce(tx, workspaceId, channel, what, now).catch((error: unknown) => {
          if (!(error instanceof AppError)) throw error;
          log.warn({ run: id, channel }, 'the channel of a run is gone, so its end is not told there');
        });
      }
    });
  }
}
