import { notify } from '@/lib/db/notify';
import { type Sql } from '@/lib/db/sql';
import { inTransaction } from '@/lib/db/transaction';
import { releaseHeldTasks } from './change-store';
import type { Reason } from './schema';
import { countActiveRuns, lockRunLimit, pipelinesWithWaitingRuns, waitingRuns } from './limit-store';
import { lockRun } from './store';

/** How a run is held that must wait until fewer of its pipeline run. */
const waits = (active: number, most: number): Reason => ({
  code: 'pipeline_limit',
  text: `It waits until fewer runs of this pipeline are active: ${active} of at most ${most} are.`,
  details: { active, most },
});

/**
 * holdForRunLimit tells why a new run of a pipeline may not start yet (settings.maxActiveRuns of the current version), under the
 * pipeline's lock, so that two new runs do not both take the last place.
 */
export async function holdForRunLimit(tx: Sql, pipelineId: string): Promise<Reason | null> {
  const most = await lockRunLimit(tx, pipelineId);
  if (most === null) return null;
  const active = await countActiveRuns(tx, pipelineId);
  return active < most ? null : waits(active, most);
}

/** releaseWaitingRuns starts runs that waited for a place in their pipeline, oldest first, as many as there are places. */
export async function releaseWaitingRuns(): Promise<void> {
  for (const pipelineId of await pipelinesWithWaitingRuns()) {
    const released = await inTransaction(async (tx) => {
      const most = await lockRunLimit(tx, pipelineId);
      const free = most === null ? null : most - (await countActiveRuns(tx, pipelineId));
      const started: string[] = [];
      for (const { id, workspace_id: workspaceId } of free === null || free > 0 ? await waitingRuns(tx, pipelineId, free) : []) {
        const run = await lockRun(tx, id, workspaceId);
        if (run && (await releaseHeldTasks(tx, id, 'pipeline_limit')) > 0) started.push(id);
      }
      return started;
    });
    for (const id of released) notify({ topic: 'run', id });
    if (released.length > 0) notify({ topic: 'work' }, { urgent: true });
  }
}
