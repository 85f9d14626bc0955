import type { ClaimedTask } from './schema';

/** A claimed task as the engine's statements answer it: an array costs half of an object with names, on both sides. */
export type ClaimedRow = [
  run: string, ordinal: number, task: string, mapIndex: number, workspace: string, pipeline: string, kind: string,
  attempt: number, retries: number, lostCount: number, clearedAtAttempt: number, inline: boolean, next: number | null,
];

/** claimedTask names what a row of `penstock_claim` tells by place. */
export function claimedTask(row: ClaimedRow): ClaimedTask {
  const [run_id, ordinal, task_id, map_index, workspace_id, pipeline_id, kind, attempt, retries, lost_count, cleared_at_attempt, inline, next] = row;
  return { run_id, ordinal, task_id, map_index, workspace_id, pipeline_id, kind, attempt, retries, lost_count, cleared_at_attempt, inline, next };
}
