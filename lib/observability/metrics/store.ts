import { pool } from '@/lib/db/pool';

/** What waits and what runs, over all workspaces. */
export type Load = { ready: number; retrying: number; attempts: number; queuedRuns: number; runningRuns: number; workers: number; outbox: number };

/** readLoad counts open work through the partial indexes, so that history costs nothing. */
export async function readLoad(): Promise<Load> {
  const { rows } = await pool().query<Load>(`select
    (select count(*) from task_run where state = 'ready')::int as ready,
    (select count(*) from task_run where state = 'up_for_retry')::int as retrying,
    (select count(*) from attempt where state in ('dispatching', 'running'))::int as attempts,
    (select count(*) from run where state = 'queued')::int as "queuedRuns",
    (select count(*) from run where state = 'running')::int as "runningRuns",
    (select count(*) from worker where heartbeat_at > now() - interval '60 seconds')::int as workers,
    (select count(*) from outbox_message where delivered_at is null and failed_at is null)::int as outbox`);
  const [load] = rows;
  if (!load) throw new Error('The database gave no counts.');
  return load;
}

/** liveWorkers counts the workers whose heartbeat is fresh; it is also the proof that the database answers. */
export async function liveWorkers(): Promise<number> {
  const { rows } = await pool().query<{ workers: number }>(`select count(*)::int as workers from worker where heartbeat_at > now() - interval '60 seconds'`);
  return rows[0]?.workers ?? 0;
}
