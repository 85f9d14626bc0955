import { type JsonObject } from '@/lib/core/json';
import { listen } from '@/lib/db/notify';
import { type DraftSpec } from '@/lib/pipeline';
import { createRun, getRun, isFinalRun, listAttempts, type AttemptView, type RunView, type TaskRunView } from '@/lib/runs/server';
import { startWorker, type WorkerOptions } from '@/lib/worker/server';
import { type TestContext } from './factories';
import { publishSpec } from './product';

/** A worker in the test's process, and what a test asks of the runs that it performs. */
export type RunHarness = {
  /** publishes a pipeline with this spec as its only version and starts a run of it */
  start(spec: Partial<DraftSpec>, params?: JsonObject): Promise<string>;
  /** waits, woken by notices, until the run is as wished */
  until(id: string, wished: (run: RunView) => boolean): Promise<RunView>;
  ended(id: string): Promise<RunView>;
  stop(): Promise<void>;
};

/** Without a notice a run is read again this often, in milliseconds. */
const LOOK_MS = 1000;

/** startRunHarness starts a worker of the test's own. @param ctx whose runs are started and read */
export async function startRunHarness(ctx: TestContext, options: Partial<WorkerOptions> = {}): Promise<RunHarness> {
  const worker = await startWorker({ version: 'test', slots: 4, ...options });
  const hearers = new Set<() => void>();
  const listening = await listen(
    () => hearers.forEach((hear) => hear()),
    () => undefined,
  );
  const until: RunHarness['until'] = async (id, wished) => {
    for (;;) {
      const heard = new Promise<void>((resolve) => {
        const hear = () => {
          hearers.delete(hear);
          resolve();
        };
        hearers.add(hear);
        setTimeout(hear, LOOK_MS);
      });
      const run = await getRun(ctx, id);
      if (wished(run)) return run;
      await heard;
    }
  };
  return {
    start: async (spec, params) => {
      const { slug } = await publishSpec(ctx, spec);
      return (await createRun(ctx, { pipelineSlug: slug, ...(params ? { params } : {}) })).id;
    },
    until,
    ended: (id) => until(id, (run) => isFinalRun(run.state)),
    stop: async () => {
      await worker.stop();
      await listening.stop();
    },
  };
}

/** How a task ended: its row, and its newest attempt. */
export type TaskEnd = { task: TaskRunView; attempt: AttemptView & { error: { code: string; message: string; hint?: string; detail?: string } | null } };

/** taskEnd reads how one task of a run ended. */
export async function taskEnd(ctx: TestContext, run: RunView, taskId: string): Promise<TaskEnd> {
  const task = run.tasks.find((each) => each.taskId === taskId);
  const attempt = (await listAttempts(ctx, run.id, taskId)).items.at(-1);
  if (!task || !attempt) throw new Error(`The run has no attempt of a task "${taskId}".`);
  return { task, attempt: attempt as TaskEnd['attempt'] };
}

/** edges reads `a>b` as an edge from a to b. */
export const edges = (...pairs: string[]): DraftSpec['edges'] => pairs.map((pair) => ({ from: pair.split('>')[0]!, to: pair.split('>')[1]! }));
