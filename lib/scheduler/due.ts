/**
 * What tells whether schedules or backfills have something to do: an interval until then (zero or less: now), null: nothing. `$1` is
 * domain time, `$2` the shares of the pipelines that the asking process schedules.
 */

/** Versions that schedules do not follow yet, intervals that wait for a run to end, schedules whose time comes. */
export const SCHEDULES_DUE = `(select case
    when exists (select from pipeline where current_version is not null and current_version is distinct from scheduled_version) then interval '0'
    when exists (select from schedule where cardinality(waiting) > 0 and penstock_partition(pipeline_id) = any($2::int[])) then interval '0'
    else (select s.next_due - $1::timestamptz from schedule s join pipeline p on p.id = s.pipeline_id
          where s.enabled and s.next_due is not null and not p.paused and p.archived_at is null and penstock_partition(s.pipeline_id) = any($2::int[])
          order by s.next_due limit 1)
    end)`;

/** Backfills that are not finished. */
export const BACKFILLS_OPEN = `case when exists (select from backfill where state in ('running', 'paused')) then interval '0' end`;

/** Events that nobody looked at, and those that waited for a pipeline that is on again. */
export const EVENTS_DUE = `case when exists (select from event_delivery where state = 'new' and penstock_partition(pipeline_id) = any($2::int[]))
    or exists (select from event_delivery d join pipeline p on p.id = d.pipeline_id
               where d.state = 'waiting' and not p.paused and penstock_partition(d.pipeline_id) = any($2::int[]))
    then interval '0' end`;
