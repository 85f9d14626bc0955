import { prisma } from '@/lib/db/client';
import { vitalsSchema, type Vitals } from './pace';
import { sql, type Sql } from '@/lib/db/sql';

/** So many of the newest runs are looked at for what is usual. */
const RUNS_LOOKED_AT = 60;
const DURATIONS = 100;

/**
 * pastDurations gives how long the newest successful attempts of a task took, in seconds, tries and taken over results aside.
 * @param part of a mapped task: its parts instead of the task itself
 */
export async function pastDurations(pipelineId: string, taskId: string, part: boolean): Promise<number[]> {
  const rows = await prisma().$queryRawUnsafe<{ seconds: number }[]>(
    `select extract(epoch from a.finished_at - a.started_at)::float8 as seconds
     from (select id from run where pipeline_id = $1::uuid and trigger_kind <> 'try' order by created_at desc limit ${RUNS_LOOKED_AT}) r
       join task_run t on t.task_id = $2 and t.run_id = r.id and (t.map_index >= 0) = $3::boolean and t.state = 'succeeded'
       join attempt a on a.run_id = t.run_id and a.ordinal = t.ordinal and a.number = t.attempt and a.state = 'succeeded'
     where a.started_at is not null and a.finished_at is not null limit ${DURATIONS}`,
    pipelineId, taskId, part,
  );
  return rows.map((row) => row.seconds);
}

/** vitalsOf reads the signs of life of a run's running attempts, by ordinal. */
export async function vitalsOf(runId: string): Promise<Map<number, Vitals>> {
  const rows = await sql().$queryRawUnsafe<{ ordinal: number; vitals: unknown }[]>(
    `select ordinal, vitals from attempt where run_id = $1::uuid and state = 'running' and lease_until is not null and vitals is not null`,
    runId,
  );
  return new Map(
    rows.flatMap(({ ordinal, vitals }) => {
      // a worker of another version may write other signs
      const read = vitalsSchema.safeParse(vitals);
      return read.success ? [[ordinal, read.data] as const] : [];
    }),
  );
}

/** Something that happened to a running task. `since` is the last sign of life before the stall it belongs to. */
export type RunEventRow = { taskId: string; mapIndex: number | null; attempt: number; kind: 'stalled' | 'resumed'; since: Date; at: Date; text: string };

/** addRunEvent writes an event of a run. @returns false when this very one is written already */
export async function addRunEvent(tx: Sql, at: { runId: string; ordinal: number; attempt: number }, event: Pick<RunEventRow, 'kind' | 'since' | 'at' | 'text'>): Promise<boolean> {
  const written = await tx.$executeRawUnsafe(
    `insert into run_event (run_id, ordinal, attempt, kind, since, at, text) values ($1::uuid, $2::int, $3::int, $4, $5::timestamptz, $6::timestamptz, $7)
     on conflict do nothing`,
    at.runId, at.ordinal, at.attempt, event.kind, event.since, event.at, event.text,
  );
  return written > 0;
}

/** runEvents reads the events of a run, oldest first. @param limit at most this many */
export function runEvents(runId: string, limit: number): Promise<RunEventRow[]> {
  return prisma().$queryRawUnsafe<RunEventRow[]>(
    `select t.task_id as "taskId", nullif(t.map_index, -1) as "mapIndex", e.attempt, e.kind, e.since, e.at, e.text
     from run_event e join task_run t on t.run_id = e.run_id and t.ordinal = e.ordinal
     where e.run_id = $1::uuid order by e.at, e.ordinal limit $2::int`,
    runId, limit,
  );
}
