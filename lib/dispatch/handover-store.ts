import { pool } from '@/lib/db/pool';
import type { ClaimedTask } from './schema';

/** Names one attempt. */
export type AttemptName = { run: string; ordinal: number; fence: number };

/**
 * takeOver makes a worker the holder of an attempt that another one claimed and handed over, under a lease of its own.
 * @param from the worker that claimed it
 * @returns the task, or null when the attempt is not to be had: cancelled, lost, or taken by somebody else
 */
export async function takeOver({ run, ordinal, fence }: AttemptName, from: string, worker: string, leaseSeconds: number): Promise<ClaimedTask | null> {
  const { rows } = await pool().query<ClaimedTask>({
    name: 'penstock_take_over',
    text: `with taken as (
        update attempt a set worker_id = $5, lease_until = clock_timestamp() + make_interval(secs => $6)
        from task_run t, run r
        where a.run_id = $1 and a.ordinal = $2 and a.number = $3 and a.worker_id in ($4, $5) and a.lease_until is not null
          and t.run_id = a.run_id and t.ordinal = a.ordinal and t.attempt = a.number and t.state = 'running'
          and r.id = a.run_id and not r.cancel_requested
        returning a.run_id, a.ordinal
      )
      select t.run_id, t.ordinal, t.task_id, t.map_index, t.workspace_id, t.pipeline_id, t.kind, t.attempt, t.retries, t.lost_count,
             t.cleared_at_attempt, t.inline
      from taken k join task_run t on t.run_id = k.run_id and t.ordinal = k.ordinal`,
    values: [run, ordinal, fence, from, worker, leaseSeconds],
  });
  return rows[0] ?? null;
}

/** How an attempt stands that was handed over. `open` false: it has ended. */
export type HandedOver = AttemptName & { worker: string | null; open: boolean; state: string; cancel: boolean };

/** lookAfter renews the leases of attempts that a worker has handed over and nobody took yet, and tells how all of them stand. */
export async function lookAfter(worker: string, names: AttemptName[], leaseSeconds: number): Promise<HandedOver[]> {
  const { rows } = await pool().query<HandedOver>({
    name: 'penstock_look_after',
    text: `with mine as (select * from jsonb_to_recordset($1::jsonb) as m(run uuid, ordinal int, fence int)), renewed as (
        update attempt a set lease_until = clock_timestamp() + make_interval(secs => $3) from mine m
        where a.run_id = m.run and a.ordinal = m.ordinal and a.number = m.fence and a.worker_id = $2 and a.lease_until is not null
      )
      select m.run, m.ordinal, m.fence, a.worker_id as worker, a.lease_until is not null as open, a.state, r.cancel_requested as cancel
      from mine m join attempt a on a.run_id = m.run and a.ordinal = m.ordinal and a.number = m.fence join run r on r.id = m.run`,
    values: [JSON.stringify(names), worker, leaseSeconds],
  });
  return rows;
}

/** standingOf tells by what an attempt competes: its lane's number and its workspace's weight. */
export async function standingOf(run: string, ordinal: number): Promise<{ lane: number; weight: number }> {
  const { rows } = await pool().query<{ lane: number; weight: number }>({
    name: 'penstock_standing',
    text: `select t.lane::int, w.weight::float8 from task_run t join workspace w on w.id = t.workspace_id where t.run_id = $1 and t.ordinal = $2`,
    values: [run, ordinal],
  });
  return rows[0] ?? { lane: 1, weight: 1 };
}

/**
 * giveBack undoes the claim of attempts that have not begun: their tasks are ready again, and no attempt is left of it. Those of a run that is
 * being stopped stay with their worker. The next claim has the same number, so a worker that does not know the answer may not begin any of them.
 * @returns the ones given back
 */
export async function giveBack(worker: string, names: AttemptName[]): Promise<AttemptName[]> {
  const { rows } = await pool().query<AttemptName>({
    name: 'penstock_give_back',
    text: `with mine as (select * from jsonb_to_recordset($2::jsonb) as m(run uuid, ordinal int, fence int)), going as materialized (
        select r.id from run r where r.id in (select m.run from mine m) and not r.cancel_requested order by r.id for no key update
      ), held as materialized (
        select a.run_id, a.ordinal, a.number, a.charged_seconds from attempt a join mine m on a.run_id = m.run and a.ordinal = m.ordinal and a.number = m.fence
        where a.worker_id = $1 and a.state = 'dispatching' and a.lease_until is not null and a.run_id in (select g.id from going g)
        order by a.run_id, a.ordinal, a.number for update
      ), back as (
        update task_run t set state = 'ready', attempt = t.attempt - 1, updated_at = clock_timestamp(),
          started_at = case when t.attempt > 1 then t.started_at end
        from held h where t.run_id = h.run_id and t.ordinal = h.ordinal and t.attempt = h.number and t.state = 'running'
        returning t.run_id, t.ordinal, t.workspace_id, t.lane, h.number, h.charged_seconds
      ), uncharged as (
        insert into share_entry (workspace_id, lane, seconds, virtual_time)
        select b.workspace_id, b.lane, -sum(b.charged_seconds), -sum(b.charged_seconds) / max(w.weight)
        from back b join workspace w on w.id = b.workspace_id where b.charged_seconds is not null group by b.workspace_id, b.lane
      ), gone as (
        delete from attempt a using back b where a.run_id = b.run_id and a.ordinal = b.ordinal and a.number = b.number
      )
      select b.run_id as run, b.ordinal, b.number as fence from back b`,
    values: [worker, JSON.stringify(names)],
  });
  return rows;
}
