import { prisma } from '@/lib/db/client';
import type { TaskState } from './states';

/** A file that an attempt kept; `key` is its place in the store. */
export type ArtifactRow = {
  id: string;
  name: string;
  type: string;
  bytes: number;
  attempt: number;
  createdAt: Date;
  key: string;
};

/** artifactRows reads the artifacts of a task of a run, oldest first. */
export async function artifactRows(runId: string, ordinal: number): Promise<ArtifactRow[]> {
  const rows = await prisma().artifact.findMany({
    where: { runId, ordinal },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  });
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    type: row.type,
    bytes: Number(row.bytes),
    attempt: row.attempt,
    createdAt: row.createdAt,
    key: row.path,
  }));
}

/** What the story of a run tells of an attempt. */
export type AttemptMoment = {
  taskId: string;
  mapIndex: number | null;
  number: number;
  state: string;
  worker: string | null;
  claimedAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  message: string | null;
};

/** attemptMoments reads the attempts of all tasks of a run, oldest first. @param limit at most this many */
export function attemptMoments(runId: string, limit: number): Promise<AttemptMoment[]> {
  return prisma().$queryRawUnsafe<AttemptMoment[]>(
    `select t.task_id as "taskId", nullif(t.map_index, -1) as "mapIndex", a.number, a.state, w.name as worker,
       a.claimed_at as "claimedAt", a.started_at as "startedAt", a.finished_at as "finishedAt", a.error ->> 'message' as message
     from attempt a
     join task_run t on t.run_id = a.run_id and t.ordinal = a.ordinal
     left join worker w on w.id = a.worker_id
     where a.run_id = $1::uuid order by a.claimed_at, a.ordinal limit $2::int`,
    runId,
    limit,
  );
}

/** A task of a run with the times of every attempt, as the timeline reads them. */
export type TimedRow = {
  ordinal: number;
  task_id: string;
  map_index: number;
  kind: string;
  state: TaskState;
  cleared_at_attempt: number;
  ready_at: Date | null;
  finished_at: Date | null;
};
export type TimedAttempt = { ordinal: number; number: number; state: string; worker: string | null; claimedAt: Date; startedAt: Date | null; finishedAt: Date | null; message: string | null };

/** timedRows reads the times of all tasks of a run in plan order, and of all their attempts. */
export async function timedRows(runId: string): Promise<{ tasks: TimedRow[]; attempts: TimedAttempt[] }> {
  const [tasks, attempts] = await Promise.all([
    prisma().$queryRawUnsafe<TimedRow[]>(
      `select ordinal, task_id, map_index, kind, state, cleared_at_attempt, ready_at, finished_at
       from task_run where run_id = $1::uuid order by ordinal`,
      runId,
    ),
    prisma().$queryRawUnsafe<TimedAttempt[]>(
      `select a.ordinal, a.number, a.state, w.name as worker, a.claimed_at as "claimedAt", a.started_at as "startedAt",
         a.finished_at as "finishedAt", a.error ->> 'message' as message
       from attempt a left join worker w on w.id = a.worker_id where a.run_id = $1::uuid order by a.ordinal, a.number`,
      runId,
    ),
  ]);
  return { tasks, attempts };
}
