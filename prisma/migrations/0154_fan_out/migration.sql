-- A fan-out is told as it is taken. When a task ends that many tasks wait for and each of them for it alone, its run's row in fan_out is
-- opened in the same commit, and whoever claims next takes its successors by pieces: from pending to running in one update that touches no
-- index. Without it each of them was written as ready first, entered the queue and left it: a third of a fan-out of 5,000, all of it before the
-- first could begin. A fan-out is told at once, so that its tasks stand in the queue, as soon as something else waits there or a second one is
-- open (nobody is passed over), when somebody locks its run to change it, and after two seconds.
create table fan_out (
  run_id uuid not null,
  -- the task that all of them wait for
  ordinal int not null,
  -- how many of its successors have been told since it ended
  told int not null default 0,
  -- when it ended, while not all of them are told
  opened_at timestamptz(3),
  constraint fan_out_pkey primary key (run_id, ordinal),
  constraint fan_out_run_id_fkey foreign key (run_id) references run (id) on delete cascade on update cascade
);
create index fan_out_open on fan_out (opened_at) where opened_at is not null;

-- Tells all that is left of an open fan-out, so that its tasks stand in the queue. The caller holds its row.
create function penstock_tell_fan_out(fan fan_out) returns void language plpgsql as $$
begin
  update task_run t set n_pending = t.n_pending - 1, n_succeeded = t.n_succeeded + 1, updated_at = clock_timestamp(),
    state = case when t.state = 'pending' then 'ready' else t.state end, ready_at = case when t.state = 'pending' then fan.opened_at else t.ready_at end
  where t.run_id = fan.run_id
    and t.ordinal = any((select p.downstream[fan.told + 1:] from task_run p where p.run_id = fan.run_id and p.ordinal = fan.ordinal)::int[]);
  update fan_out f set opened_at = null where f.run_id = fan.run_id and f.ordinal = fan.ordinal;
end $$;

-- Takes up to `wanted` tasks of the one open fan-out, each with an attempt under a lease. Tells all that are open instead while something waits
-- in the queue, or when there are several. n: how many it took. again: more of it is left. crowded: somebody else is taking of it now.
create function penstock_take_fan_out(worker uuid, wanted int, lease_seconds float8, out taken json, out n int, out again boolean, out crowded boolean)
language plpgsql as $$
declare
  fan fan_out;
  piece int[];
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
  select p.downstream[fan.told + 1:fan.told + wanted], fan.told + wanted < cardinality(p.downstream) into piece, again
  from task_run p where p.run_id = fan.run_id and p.ordinal = fan.ordinal;
  with held as (
    update task_run t set state = 'running', n_pending = t.n_pending - 1, n_succeeded = t.n_succeeded + 1, attempt = t.attempt + 1,
      ready_at = fan.opened_at, started_at = coalesce(t.started_at, clock_timestamp()), updated_at = clock_timestamp()
    where t.run_id = fan.run_id and t.ordinal = any(piece) and t.state = 'pending'
    returning t.run_id, t.ordinal, t.task_id, t.map_index, t.workspace_id, t.pipeline_id, t.kind, t.attempt, t.retries, t.lost_count,
      t.cleared_at_attempt, t.downstream
  ), leased as (
    insert into attempt (run_id, ordinal, number, worker_id, state, lease_until, claimed_at, started_at)
    select h.run_id, h.ordinal, h.attempt, worker, 'running', clock_timestamp() + make_interval(secs => lease_seconds), clock_timestamp(), clock_timestamp()
    from held h
  )
  select json_agg(json_build_array(h.run_id, h.ordinal, h.task_id, h.map_index, h.workspace_id, h.pipeline_id, h.kind, h.attempt, h.retries,
      h.lost_count, h.cleared_at_attempt, true, case when cardinality(h.downstream) = 1 then h.downstream[1] end)), count(*)
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

-- Takes a run's lock, which makes every change inside the run serial, for somebody who reads and changes its tasks: none is left half told.
create function penstock_lock_run(the_run uuid, space uuid) returns setof run language plpgsql as $$
declare
  fan fan_out;
begin
  return query select r.* from run r where r.id = the_run and (space is null or r.workspace_id = space) for no key update;
  if not found then return; end if;
  for fan in select * from fan_out f where f.run_id = the_run and f.opened_at is not null for update loop
    perform penstock_tell_fan_out(fan);
  end loop;
end $$;

-- Tells fan-outs of which nobody has taken all for so long.
create function penstock_tell_old_fan_outs(older_than interval) returns int language plpgsql as $$
declare
  fan fan_out;
  n int := 0;
begin
  for fan in select * from fan_out f where f.opened_at is not null and f.opened_at < clock_timestamp() - older_than order by f.opened_at for update skip locked loop
    perform penstock_tell_fan_out(fan);
    n := n + 1;
  end loop;
  return n;
end $$;

-- penstock_finish_one and penstock_step of 0123, with fan-outs.
create or replace function penstock_finish_one(item jsonb, worker uuid, hand_limit int, lease_seconds float8) returns jsonb language plpgsql as $$
declare
  the_run uuid := (item ->> 'run')::uuid;
  place int := (item ->> 'ordinal')::int;
  fence int := (item ->> 'fence')::int;
  rest int; was_state text; told int[]; t task_run; verdict text; at int; hands boolean;
  left_over int[] := '{}';
  finals int := 0; readied int := 0; handed jsonb := '[]'; flowed record; counted record; undecided uuid[] := '{}';
  ended jsonb := '[]'; unjudged uuid[] := '{}';
begin
  -- takes the run's lock; taken back below if this end does not count. The state is named only when it changes: what hangs on it is asked then
  update run set unfinished = unfinished - 1, updated_at = clock_timestamp() where id = the_run returning unfinished, state into rest, was_state;
  update attempt a set state = item ->> 'attempt', finished_at = clock_timestamp(), lease_until = null,
    exit_code = (item ->> 'exit_code')::int, error = nullif(item -> 'error', 'null'), output = coalesce(item -> 'output', a.output),
    table_output = item -> 'table_output', resolved = item -> 'resolved', timings = item -> 'timings',
    started_at = coalesce(a.started_at, a.claimed_at)
  where a.run_id = the_run and a.ordinal = place and a.number = fence and a.lease_until is not null;
  if found then
    update task_run set state = 'succeeded', not_before = null, finished_at = clock_timestamp(), output = coalesce(item -> 'output', output),
      table_output = coalesce(item -> 'table_output', table_output), reason = nullif(item -> 'reason', 'null'), updated_at = clock_timestamp()
    where run_id = the_run and ordinal = place and attempt = fence and state = 'running' returning downstream into told;
  end if;
  if told is null then
    update run set unfinished = unfinished + 1 where id = the_run;
    return jsonb_build_object('accepted', '[]'::jsonb, 'readied', 0, 'undecided', '[]'::jsonb, 'ended', '[]'::jsonb, 'unjudged', '[]'::jsonb, 'handed', handed);
  end if;
  if was_state = 'queued' then
    update run set state = 'running', started_at = coalesce(started_at, clock_timestamp()) where id = the_run;
  end if;
  -- row by row pays for a few; more are told together
  if cardinality(told) > 8 then
    update fan_out f set told = 0, opened_at = clock_timestamp() where f.run_id = the_run and f.ordinal = place;
    if found then
      readied := cardinality(told);
    else
      left_over := told;
    end if;
    told := '{}';
  end if;
  hands := hand_limit >= cardinality(told);
  foreach at in array told loop
    if hands then
      update task_run s set n_pending = s.n_pending - 1, n_succeeded = s.n_succeeded + 1, state = 'running', attempt = s.attempt + 1,
        ready_at = clock_timestamp(), started_at = coalesce(s.started_at, clock_timestamp()), updated_at = clock_timestamp()
      where s.run_id = the_run and s.ordinal = at and s.inline and s.state = 'pending' and not s.decides
        and penstock_judge(s.rule, s.n_pending - 1, s.n_succeeded + 1, s.n_failed, s.n_upstream_failed, s.n_skipped) = 'ready'
        and not exists (select 1 from task_run where standing = 'ready' and inline)
      returning * into t;
      if found then
        insert into attempt (run_id, ordinal, number, worker_id, state, lease_until, claimed_at, started_at)
        values (the_run, at, t.attempt, worker, 'running', clock_timestamp() + make_interval(secs => lease_seconds), clock_timestamp(), clock_timestamp());
        handed := handed || jsonb_build_array(jsonb_build_array(the_run, at, t.task_id, t.map_index,
          t.workspace_id, t.pipeline_id, t.kind, t.attempt, t.retries, t.lost_count, t.cleared_at_attempt, true,
          case when cardinality(t.downstream) = 1 then t.downstream[1] end));
        continue;
      end if;
    end if;
    select * into t from task_run where run_id = the_run and ordinal = at;
    verdict := case when t.state = 'pending' and not t.decides then
      penstock_judge(t.rule, t.n_pending - 1, t.n_succeeded + 1, t.n_failed, t.n_upstream_failed, t.n_skipped) end;
    if t.decides or verdict in ('skipped', 'upstream_failed') then
      left_over := left_over || at;
    else
      update task_run set n_pending = n_pending - 1, n_succeeded = n_succeeded + 1, state = coalesce(verdict, state),
        ready_at = case when verdict = 'ready' then clock_timestamp() else ready_at end, updated_at = clock_timestamp()
      where run_id = the_run and ordinal = at;
      readied := readied + (verdict is not null)::int;
    end if;
  end loop;
  if cardinality(left_over) > 0 then
    for flowed in select * from penstock_tell(array_fill(the_run, array[cardinality(left_over)]), left_over,
                                              array_fill('s'::text, array[cardinality(left_over)]), null, null) loop
      finals := finals + flowed.finals;
      readied := readied + flowed.readied;
      if flowed.undecided > 0 then undecided := array[the_run]; end if;
    end loop;
  end if;
  if finals > 0 or rest <= 0 then
    select * into counted from penstock_count_down(array[the_run], array[finals]);
    ended := counted.ended;
    unjudged := counted.unjudged;
  end if;
  return jsonb_build_object('accepted', jsonb_build_array(jsonb_build_array(the_run, place, fence, 'succeeded')), 'readied', readied,
                            'undecided', to_jsonb(undecided), 'ended', ended, 'unjudged', to_jsonb(unjudged), 'handed', handed);
end $$;

create or replace function penstock_step(items jsonb, runs uuid[], places int[], fences int[], worker uuid, tags text[], inline_limit int, process_limit int,
                              lease_seconds float8, look boolean default true)
returns json language plpgsql as $$
declare
  finished jsonb;
  handed jsonb := '[]';
  fanned record;
  more record;
begin
  if cardinality(places) > 0 then
    finished := penstock_finish_plain(runs, places, fences, worker, inline_limit, lease_seconds);
  elsif jsonb_array_length(items) = 1 and items -> 0 ->> 'task' = 'succeeded' then
    finished := penstock_finish_one(items -> 0, worker, inline_limit, lease_seconds);
  elsif jsonb_array_length(items) > 0 then
    finished := penstock_finish(items, worker, inline_limit, lease_seconds);
  end if;
  if finished is not null then
    handed := finished -> 'handed';
    inline_limit := inline_limit - jsonb_array_length(handed);
    look := look or (finished ->> 'readied')::int > 0;
  end if;
  if look and inline_limit > 0 and exists (select 1 from fan_out where opened_at is not null) then
    select * into fanned from penstock_take_fan_out(worker, inline_limit, lease_seconds);
    inline_limit := inline_limit - fanned.n;
  else
    select null::json as taken, 0 as n, false as again, false as crowded into fanned;
  end if;
  if look and (inline_limit > 0 or process_limit > 0) then
    select * into more from penstock_claim(worker, tags, inline_limit, process_limit, lease_seconds);
  else
    select null::json as claimed, null::uuid[] as queued, false as crowded into more;
  end if;
  return json_build_object('finished', finished - 'handed', 'handed', handed, 'fanned', fanned.taken, 'claimed', more.claimed,
    'queued', more.queued, 'crowded', more.crowded or fanned.crowded, 'again', fanned.again);
end $$;
