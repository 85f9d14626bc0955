-- penstock_take_fan_out of 0154, answering by columns. taken: what all tasks of the piece share, and an array for each thing in which they differ.
create or replace function penstock_take_fan_out(worker uuid, wanted int, lease_seconds float8, out taken json, out n int, out again boolean, out crowded boolean)
language plpgsql as $$
declare
  fan fan_out;
  piece int[];
  space uuid;
  pipeline uuid;
begin
  n := 0;
  again := false;
  select * into fan from fan_out f where f.opened_at is not null order by f.opened_at limit 1 for update skip locked;
  crowded := not found;
  if crowded then return; end if;
  if (select count(*) from (select from fan_out f where f.opened_at is not null limit 2) x) > 1 or exists (select 1 from task_run where standing = 'ready' and inline) then
    perform penstock_tell_fan_out(fan);
    for fan in select * from fan_out f where f.opened_at is not null for update skip locked loop
      perform penstock_tell_fan_out(fan);
    end loop;
    return;
  end if;
  select p.downstream[fan.told + 1:fan.told + wanted], fan.told + wanted < cardinality(p.downstream), p.workspace_id, p.pipeline_id
  into piece, again, space, pipeline
  from task_run p where p.run_id = fan.run_id and p.ordinal = fan.ordinal;
  with held as (
    update task_run t set state = 'running', n_pending = t.n_pending - 1, n_succeeded = t.n_succeeded + 1, attempt = t.attempt + 1,
      ready_at = fan.opened_at, started_at = coalesce(t.started_at, clock_timestamp()), updated_at = clock_timestamp()
    where t.run_id = fan.run_id and t.ordinal = any(piece) and t.state = 'pending'
    returning t.ordinal, t.task_id, t.kind, t.attempt, t.retries, t.lost_count, t.cleared_at_attempt,
      case when cardinality(t.downstream) = 1 then t.downstream[1] end as next
  ), leased as (
    insert into attempt (run_id, ordinal, number, worker_id, state, lease_until, claimed_at, started_at)
    select fan.run_id, h.ordinal, h.attempt, worker, 'running', clock_timestamp() + make_interval(secs => lease_seconds), clock_timestamp(), clock_timestamp()
    from held h
  )
  select json_build_object('run', fan.run_id, 'workspace', space, 'pipeline', pipeline, 'ordinals', array_agg(h.ordinal),
      'tasks', array_agg(h.task_id), 'kinds', array_agg(h.kind), 'attempts', array_agg(h.attempt), 'retries', array_agg(h.retries),
      'lost', array_agg(h.lost_count), 'cleared', array_agg(h.cleared_at_attempt),
      'next', array_agg(h.next)), count(*)
  into taken, n from held h;
  if n < cardinality(piece) then
    -- those that a person gave a state meanwhile only count it
    update task_run t set n_pending = t.n_pending - 1, n_succeeded = t.n_succeeded + 1, updated_at = clock_timestamp()
    where t.run_id = fan.run_id and t.ordinal = any(piece) and t.n_pending > 0;
  end if;
  if again then update fan_out f set told = fan.told + wanted where f.run_id = fan.run_id and f.ordinal = fan.ordinal;
  else update fan_out f set opened_at = null where f.run_id = fan.run_id and f.ordinal = fan.ordinal;
  end if;
end $$;
