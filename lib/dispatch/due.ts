/**
 * What tells, by one probe of a partial index each, whether a duty of the engine has something to do. An interval until then (zero or
 * less: now), null: nothing. `$1` is domain time; leases go by the database's clock.
 */

/** Tasks whose retry delay ends. */
export const RETRIES_DUE = `(select min(not_before) - $1::timestamptz from task_run where standing = 'up_for_retry')`;

/** Attempts whose lease runs out. */
export const LEASES_DUE = `(select min(lease_until) - clock_timestamp() from attempt where state in ('dispatching', 'running'))`;

/** Parked sensors that look again. */
export const PARKED_DUE = `(select min(not_before) - $1::timestamptz from task_run where standing in ('deferred', 'awaiting_approval') and standing = 'deferred')`;

/** Tasks that somebody could take. */
export const READY_WORK = `case when exists (select from task_run where standing = 'ready' and inline)
    or exists (select from task_run where standing = 'ready' and not inline) or exists (select from fan_out where opened_at is not null)
    then interval '0' end`;

/** So old is a fan-out told, in milliseconds, of which nobody has taken all. */
export const FAN_OUT_MS = 2_000;

/** Fan-outs that nobody takes. */
export const FAN_OUTS_DUE = `(select min(opened_at) + interval '${FAN_OUT_MS} ms' - clock_timestamp() from fan_out where opened_at is not null)`;

/** A ledger of fair shares that is open. */
export const SHARES_OPEN = `case when exists (select from share) then interval '0' end`;

/** Somebody holds a slot or waits for one. */
export const SLOTS_WANTED = `case when exists (select from task_run where standing = 'running')
    or exists (select from task_run where standing = 'ready' and not inline) then interval '0' end`;
