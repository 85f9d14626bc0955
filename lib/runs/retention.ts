import { dropOutputs } from '@/lib/datasets/server';
import { forgetOutputs } from './change-store';
import { runsWithOldOutputs } from './store';

/** Outputs of runs are kept this long unless the pipeline says otherwise (contract §2), those of tries for two days. */
const KEPT_DAYS = 30;
const TRIES_KEPT_DAYS = 2;

/** dropOldOutputs deletes stored outputs of runs past their retention; datasets, logs and the runs themselves stay. */
export async function dropOldOutputs(now: Date): Promise<number> {
  const old = await runsWithOldOutputs(now, KEPT_DAYS, TRIES_KEPT_DAYS);
  for (const { id, workspace_id: workspaceId } of old) {
    await dropOutputs(workspaceId, id);
    await forgetOutputs(id);
  }
  return old.length;
}
