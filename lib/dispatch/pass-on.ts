import pg from 'pg';
import { hotPool } from '@/lib/db/pool';
import { engineMetrics } from './metrics';
import type { ClaimedTask, PassingTask } from './schema';

/** Raised by `penstock_not_plain`: something moved between the look and the lock, and nothing was written. */
const NOT_PLAIN = 'PN001';

/**
 * One statement for the commonest step of a chain, in the order of penstock_finish_one: the run's lock and its count, the attempt's end, the
 * task's end and its successor's beginning, the successor's attempt. It takes nothing but that: `fits` is looked at first and is asked again
 * of each row as it is locked. The rules left out are those that one success does not make ready. The attempt must be this worker's own:
 * along a line (line.ts) its number is foretold, and another worker's may have the same.
 * @param counts what is set of the run beside its count, and in which state it must be; a state is named only to change it, because a trigger hangs on it
 */
const passOnText = (counts: { set: string; state: string }): string => `
with fits as (
  select from task_run s where s.run_id = $1::uuid and s.ordinal = $4::int and s.state = 'pending' and s.attempt = 0 and s.inline and not s.decides
    and s.n_pending = 1 and s.n_failed + s.n_upstream_failed + s.n_skipped = 0 and s.rule <> all('{all_failed,all_skipped,one_failed}')
    and not exists (select 1 from task_run q where q.standing = 'ready' and q.inline)
), counted as (
  update run set unfinished = unfinished - 1, updated_at = clock_timestamp()${counts.set}
  where id = $1 and state = '${counts.state}' and exists (select from fits) returning unfinished
), ended as (
  update attempt a set state = 'succeeded', finished_at = clock_timestamp(), lease_until = null, started_at = coalesce(a.started_at, a.claimed_at)
  from counted c where a.run_id = $1 and a.ordinal = $2::int and a.number = $3::int and a.worker_id = $5::uuid and a.lease_until is not null and c.unfinished > 0
  returning a.number
), moved as (
  update task_run t set state = case when t.ordinal = $2 then 'succeeded' else 'running' end, not_before = null, reason = null,
    finished_at = case when t.ordinal = $2 then clock_timestamp() end, updated_at = clock_timestamp(),
    n_pending = t.n_pending - (t.ordinal <> $2)::int, n_succeeded = t.n_succeeded + (t.ordinal <> $2)::int,
    attempt = t.attempt + (t.ordinal <> $2)::int, ready_at = case when t.ordinal = $2 then t.ready_at else clock_timestamp() end,
    started_at = coalesce(t.started_at, clock_timestamp())
  from ended where t.run_id = $1 and t.ordinal = any(array[$2, $4]) and case
    when t.ordinal = $2 then t.attempt = $3 and t.state = 'running' and t.downstream = array[$4]
    else t.state = 'pending' and t.attempt = 0 and not t.decides and t.n_pending = 1 and t.n_failed + t.n_upstream_failed + t.n_skipped = 0 end
  returning t.ordinal, t.task_id, t.map_index, t.kind, t.attempt, t.downstream
), held as (
  insert into attempt (run_id, ordinal, number, worker_id, state, lease_until, claimed_at, started_at)
  select $1, m.ordinal, m.attempt, $5, 'running', clock_timestamp() + make_interval(secs => $6::float8), clock_timestamp(), clock_timestamp()
  from moved m where m.ordinal = $4
)
select case when (select count(*) from moved) = 2 then m.task_id else penstock_not_plain() end as task_id, m.map_index, m.kind,
  case when cardinality(m.downstream) = 1 then m.downstream[1] end as next, cardinality(m.downstream) = 0 as last
from counted left join moved m on m.ordinal = $4`;

const PASS_ON = { name: 'penstock_pass_on', text: passOnText({ set: '', state: 'running' }) };
const BEGIN = { name: 'penstock_begin', text: passOnText({ set: ", state = 'running', started_at = coalesce(started_at, clock_timestamp())", state: 'queued' }) };

/** What a task that nobody tried before was not through yet. */
const FIRST_TRY = { attempt: 1, retries: 0, lost_count: 0, cleared_at_attempt: 0 };

/**
 * passOn records that a task ended plainly and hands its one successor over: a chain's step as one statement, three quarters of what `step`
 * takes for it.
 * @param held a claimed task with one successor; `begins`: its run is still queued and runs from now on
 * @returns the successor, held by the worker, or null when it is not so simple; then nothing was written and `step` is to be asked
 */
export async function passOn(held: PassingTask, workerId: string, leaseSeconds: number, on: Pick<pg.Pool, 'query'> = hotPool()): Promise<ClaimedTask | null> {
  const began = performance.now();
  const { run_id, ordinal, attempt, next, workspace_id, pipeline_id, begins } = held;
  try {
    const { rows } = await on.query<Pick<ClaimedTask, 'task_id' | 'map_index' | 'kind' | 'next' | 'last'>>({ ...(begins ? BEGIN : PASS_ON), values: [run_id, ordinal, attempt, next, workerId, leaseSeconds] });
    const [row] = rows;
    if (!row) return null;
    count(began, 1);
    return { ...FIRST_TRY, run_id, ordinal: next, ...row, workspace_id, pipeline_id, inline: true };
  } catch (error) {
    return unlessPlain(error);
  }
}

/**
 * The last end of a run that went well, as one statement. Whether all else went well is asked of the rows as they stood when the run had one
 * task left, so nothing of them can change but by somebody who makes more tasks unfinished, and then the count does not fit.
 */
const END_RUN = `
with counted as (
  update run r set unfinished = 0, state = 'succeeded', finished_at = clock_timestamp(), updated_at = clock_timestamp()
  where r.id = $1::uuid and r.state = 'running' and r.unfinished = 1 and not r.cancel_requested and not exists (
    select from task_run t where t.run_id = $1 and (t.state in ('upstream_failed', 'cancelled') or (t.state = 'failed' and not t.failure_allowed)))
  returning r.id
), ended as (
  update attempt a set state = 'succeeded', finished_at = clock_timestamp(), lease_until = null, started_at = coalesce(a.started_at, a.claimed_at)
  from counted where a.run_id = $1 and a.ordinal = $2::int and a.number = $3::int and a.worker_id = $4::uuid and a.lease_until is not null
  returning a.number
), moved as (
  update task_run t set state = 'succeeded', not_before = null, reason = null, finished_at = clock_timestamp(), updated_at = clock_timestamp()
  from ended where t.run_id = $1 and t.ordinal = $2 and t.attempt = $3 and t.state = 'running' and t.downstream = '{}'
  returning t.ordinal
)
select case when exists (select from moved) then 'succeeded' else penstock_not_plain() end as state from counted`;

/**
 * endRun records the plain end of a run's last task, which ends the run.
 * @returns whether it did; if not, nothing was written and `step` is to be asked
 */
export async function endRun({ run_id, ordinal, attempt }: Pick<ClaimedTask, 'run_id' | 'ordinal' | 'attempt'>, workerId: string, on: Pick<pg.Pool, 'query'> = hotPool()): Promise<boolean> {
  const began = performance.now();
  try {
    const { rowCount } = await on.query({ name: 'penstock_end_run', text: END_RUN, values: [run_id, ordinal, attempt, workerId] });
    if (rowCount !== 1) return false;
    count(began, 0);
    return true;
  } catch (error) {
    return unlessPlain(error) !== null;
  }
}

/** A statement that did not fit is no error. */
function unlessPlain(error: unknown): null {
  if (error instanceof pg.DatabaseError && error.code === NOT_PLAIN) return null;
  throw error;
}

/** Counted while the next statement is under way. */
function count(began: number, claims: number): void {
  const took = (performance.now() - began) / 1000;
  setImmediate(() => {
    engineMetrics.step().observe(took);
    engineMetrics.claims().inc(claims);
    engineMetrics.finishes().inc({ task: 'succeeded' });
  });
}
