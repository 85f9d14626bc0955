import { pool } from '@/lib/db/pool';

/** What waits and what runs, over all workspaces. */
export type Load = {
  lanes: { lane: number; ready: number; oldestSeconds: number }[];
  retrying: number;
  attempts: number;
  queuedRuns: number;
  runningRuns: number;
  workers: { role: string; count: number }[];
  slots: number;
  outbox: number;
  outboxOldestSeconds: number;
  schedulesOverdue: number;
  schedulerLagSeconds: number;
  freePartitions: number;
  leaders: number;
};

/** readLoad counts open work through the partial indexes, so that history costs nothing. */
export async function readLoad(): Promise<Load> {
  const { rows } = await pool().query<Load>({
    name: 'penstock_load',
    text: `select
      (select coalesce(json_agg(q), '[]') from (
        select lane, count(*)::int as ready, greatest(0, extract(epoch from clock_timestamp() - min(ready_at)))::float8 as "oldestSeconds"
        from task_run where standing = 'ready' and (inline or not inline) group by lane) q) as lanes,
      (select count(*) from task_run where standing = 'up_for_retry')::int as retrying,
      (select count(*) from attempt where state in ('dispatching', 'running'))::int as attempts,
      (select count(*) from run where state = 'queued')::int as "queuedRuns",
      (select count(*) from run where state = 'running')::int as "runningRuns",
      (select coalesce(json_agg(w), '[]') from (
        select role, count(*)::int as count from worker cross join unnest(roles) role
        where heartbeat_at > clock_timestamp() - interval '60 seconds' group by role) w) as workers,
      (select coalesce(sum(slots), 0) from worker where not draining and heartbeat_at > clock_timestamp() - interval '60 seconds')::int as slots,
      o.outbox, o."outboxOldestSeconds", s."schedulesOverdue", s."schedulerLagSeconds",
      (select count(*) from lease where name like 'partition/%' and (holder is null or until <= clock_timestamp()))::int as "freePartitions",
      (select count(*) from lease where name = 'leader' and holder is not null and until > clock_timestamp())::int as leaders
    from (select count(*)::int as outbox, coalesce(greatest(0, extract(epoch from clock_timestamp() - min(not_before))), 0)::float8 as "outboxOldestSeconds"
          from outbox_message where delivered_at is null and failed_at is null) o,
         (select count(*)::int as "schedulesOverdue", coalesce(extract(epoch from clock_timestamp() - min(next_due)), 0)::float8 as "schedulerLagSeconds"
          from schedule where enabled and next_due < clock_timestamp()) s`,
  });
  return rows[0]!;
}
