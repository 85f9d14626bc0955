/**
 * What tells, by one probe of a partial index each, whether runs need somebody. An interval until then (zero or less: now), null:
 * nothing. `$1` is domain time.
 */

/** Tasks that no worker takes within their queue timeout. */
export const QUEUE_TIMEOUTS_DUE = `(select min(ready_at + make_interval(secs => queue_timeout_seconds)) - $1::timestamptz from task_run
    where standing = 'ready' and queue_timeout_seconds is not null)`;

/** Ended runs whose channels have not heard of it. */
export const ENDS_TO_TELL = `case when exists (select from run where notifies and finished_at is not null and (told_at is null or told_at < finished_at))
    then interval '0' end`;

/** Runs that a crash left undecided or unjudged. */
export const LEFT_OVERS = `case when exists (select from task_run where undecided)
    or exists (select from run where state in ('queued', 'running') and unfinished <= 0) then interval '0' end`;

/** Approvals that nobody decides in time. */
export const APPROVALS_DUE = `(select min(not_before) - $1::timestamptz from task_run
    where standing in ('deferred', 'awaiting_approval') and standing = 'awaiting_approval')`;

/** Tasks that wait for a dataset to be released. */
export const HELD_TASKS = `case when exists (select from task_run where standing = 'deferred' and not_before is null and reason ->> 'code' = 'held_by_check')
    then interval '0' end`;

/** Runs that wait for a place in their pipeline. */
export const RUNS_OVER_LIMIT = `case when exists (select from task_run where standing = 'deferred' and reason ->> 'code' = 'pipeline_limit') then interval '0' end`;

/** Runs that wait for the one of the interval before. */
export const RUNS_BEHIND_PAST = `case when exists (select from task_run where standing = 'deferred' and reason ->> 'code' = 'depends_on_past') then interval '0' end`;
