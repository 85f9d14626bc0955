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

/** A piece of a fan-out: what its tasks share, and by columns in what they differ. Arrays are null when nothing of the piece was to be had. */
export type ClaimedPiece = { run: string; workspace: string; pipeline: string } & (
  | { ordinals: number[]; tasks: string[]; kinds: string[]; attempts: number[]; retries: number[]; lost: number[]; cleared: number[]; next: (number | null)[] }
  | { ordinals: null }
);

/** claimedPiece names what `penstock_take_fan_out` tells by columns. */
export function claimedPiece(piece: ClaimedPiece): ClaimedTask[] {
  if (piece.ordinals === null) return [];
  const { run: run_id, workspace: workspace_id, pipeline: pipeline_id, tasks, kinds, attempts, retries, lost, cleared, next } = piece;
  return piece.ordinals.map((ordinal, i) => ({
    run_id, ordinal, task_id: tasks[i]!, map_index: -1, workspace_id, pipeline_id, kind: kinds[i]!, attempt: attempts[i]!, retries: retries[i]!,
    lost_count: lost[i]!, cleared_at_attempt: cleared[i]!, inline: true, next: next[i]!,
  }));
}
