-- Tasks that wait outside the queue: sensors (deferred) and approvals. Their attempt stays open without a lease (parked): nobody holds
-- it, no slot is taken, and whoever goes on with it takes a lease on it first, under the same fence.
alter table task_run
  -- the event that wakes a parked sensor before its time: file:<path>, dataset:<name>, run:<pipeline>
  add column awaits text;

-- Due by this index, however many wait; held tasks (held_by_check) have no time.
create index task_run_parked on task_run (not_before) where state in ('deferred', 'awaiting_approval');
create index task_run_awaits on task_run (workspace_id, awaits) where state = 'deferred' and awaits is not null;
drop index task_run_deferred;
create index task_run_held on task_run (run_id) where state = 'deferred' and not_before is null;

-- Parks an attempt that its holder has nothing to do for. 'parked'; 'cancelled' when the run is being stopped, so that the holder ends
-- it instead; null when the attempt is not the holder's any more. Takes the run's lock first, as finish does.
create function penstock_park(the_run uuid, place int, fence int, waits text, why jsonb, until timestamptz, event text, config jsonb)
returns text language plpgsql as $$
declare
  stopping boolean;
begin
  select cancel_requested into stopping from run where id = the_run for no key update;
  if stopping then return 'cancelled'; end if;
  update attempt set lease_until = null, state = 'running', started_at = coalesce(started_at, claimed_at), resolved = coalesce(config, resolved)
  where run_id = the_run and ordinal = place and number = fence and lease_until is not null;
  if not found then return null; end if;
  update task_run set state = waits, reason = why, not_before = until, awaits = event, updated_at = clock_timestamp()
  where run_id = the_run and ordinal = place and attempt = fence and state = 'running';
  return 'parked';
end $$;

-- Takes parked sensors that are due, each under a lease on its open attempt; gives them as penstock_claim does.
create function penstock_take_parked(worker uuid, upto int, now_is timestamptz, lease_seconds float8)
returns table (run_id uuid, ordinal int, task_id text, map_index int, workspace_id uuid, pipeline_id uuid, kind text,
  attempt int, retries int, lost_count int, cleared_at_attempt int, run_state text, waits text)
language plpgsql as $$
#variable_conflict use_column
begin
  return query
  with due as (
    select t.run_id, t.ordinal from task_run t
    where t.state in ('deferred', 'awaiting_approval') and t.state = 'deferred' and t.not_before <= now_is
    order by t.not_before limit upto for update skip locked
  ), taken as (
    update task_run t set state = 'running', awaits = null, updated_at = clock_timestamp()
    from due d where t.run_id = d.run_id and t.ordinal = d.ordinal
    returning t.*
  ), held as (
    update attempt a set lease_until = clock_timestamp() + make_interval(secs => lease_seconds), worker_id = worker
    from taken k where a.run_id = k.run_id and a.ordinal = k.ordinal and a.number = k.attempt and a.lease_until is null and a.state = 'running'
  )
  select k.run_id, k.ordinal, k.task_id, k.map_index, k.workspace_id, k.pipeline_id, k.kind, k.attempt, k.retries, k.lost_count,
         k.cleared_at_attempt, 'running'::text, k.reason #>> '{details,what}'
  from taken k;
end $$;

-- Gives a parked attempt a lease for the moment in which somebody ends it (a decision, an expiry). False when it is not parked any more.
create function penstock_unpark(the_run uuid, place int, fence int) returns boolean language plpgsql as $$
begin
  update task_run set state = 'running', awaits = null, updated_at = clock_timestamp()
  where run_id = the_run and ordinal = place and attempt = fence and state in ('deferred', 'awaiting_approval') and not_before is not null;
  if not found then return false; end if;
  update attempt set lease_until = clock_timestamp() + interval '30 seconds'
  where run_id = the_run and ordinal = place and number = fence and lease_until is null and state = 'running';
  return found;
end $$;

-- Who started a run, as a principal (person or token): an approval may ask for somebody else.
alter table run add column created_by_id text;
