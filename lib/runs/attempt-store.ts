import { prisma } from '@/lib/db/client';
import { type Json } from '@/lib/core/json';
import type { AttemptView } from './schema';

/** attemptRows reads a task's attempts, oldest first. */
export async function attemptRows(runId: string, ordinal: number): Promise<AttemptView[]> {
  return prisma().$queryRawUnsafe<AttemptView[]>(
    `select a.number, a.state, w.name as worker, a.claimed_at as "claimedAt", a.started_at as "startedAt", a.finished_at as "finishedAt",
       a.exit_code as "exitCode", a.error, a.output, a.metrics, a.progress, a.message, a.resolved, a.timings,
       a.log_lines as "logLines", a.broken_lines as "brokenLines"
     from attempt a left join worker w on w.id = a.worker_id
     where a.run_id = $1::uuid and a.ordinal = $2::int order by a.number`,
    runId, ordinal,
  );
}

/** waitingSince is when a task began to wait for what is outside: its first attempt since it last ended otherwise than lost. */
export async function waitingSince(runId: string, ordinal: number, clearedAt: number): Promise<Date> {
  const rows = await prisma().$queryRawUnsafe<{ since: Date | null }[]>(
    `select min(claimed_at) as since from attempt where run_id = $1::uuid and ordinal = $2::int and number > greatest($3::int,
       coalesce((select max(number) from attempt where run_id = $1::uuid and ordinal = $2::int and state not in ('dispatching', 'running', 'lost')), 0))`,
    runId, ordinal, clearedAt,
  );
  return rows[0]?.since ?? new Date();
}

/** resumePoint is what the last attempt since the last clear saved: its checkpoint and external ids. */
export async function resumePoint(runId: string, ordinal: number, clearedAt: number): Promise<{ checkpoint: Json; external: Json }> {
  const rows = await prisma().$queryRawUnsafe<{ checkpoint: Json; external: Json }[]>(
    `select
       (select checkpoint from attempt where run_id = $1::uuid and ordinal = $2::int and number > $3::int and checkpoint is not null
        order by number desc limit 1) as checkpoint,
       (select external from attempt where run_id = $1::uuid and ordinal = $2::int and number > $3::int and external is not null
        order by number desc limit 1) as external`,
    runId, ordinal, clearedAt,
  );
  return rows[0] ?? { checkpoint: null, external: null };
}
