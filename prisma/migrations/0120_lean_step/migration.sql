-- The step with fewer statements: the run is counted down by the same statement that locks it, the successor is judged, made ready and
-- handed over by one, and nothing is looked for in the queue when an end has handed its successor over and nobody said that more waits.

-- An enforced check is parsed from its text again in every statement that writes the row: 7 of 30 microseconds of an update of task_run, 4 of
-- 17 of attempt. States are written by the functions of these migrations and by typed code; the constraints stay as what they say.
alter table run drop constraint run_state_known, add constraint run_state_known
  check (state in ('queued','running','succeeded','failed','cancelled')) not enforced;
alter table task_run drop constraint task_run_state_known, add constraint task_run_state_known
  check (state in ('pending','ready','running','succeeded','failed', 'up_for_retry','skipped','upstream_failed','cancelled','deferred','awaiting_approval','restored')) not enforced;
alter table attempt drop constraint attempt_state_known, add constraint attempt_state_known
  check (state in ('dispatching','running','succeeded','failed', 'cancelled','timed_out','lost','skipped')) not enforced;

create or replace function penstock_finish_one(item jsonb, worker uuid, hand_limit int, lease_seconds float8) returns jsonb language plpgsql as $$
declare
  the_run uuid := (item ->> 'run')::uuid;
  place int := (item ->> 'ordinal')::int;
  fence int := (item ->> 'fence')::int;
  rest int; was_state text; was_started timestamptz; told int[]; t task_run; verdict text; at int; hands boolean;
  left_over int[] := '{}';
  finals int := 0; readied int := 0; handed jsonb := '[]'; flowed record; counted record; undecided uuid[] := '{}';
  ended jsonb := '[]'; unjudged uuid[] := '{}';
begin
  -- takes the run's lock; taken back below if this end does not count
  update run set unfinished = unfinished - 1, state = case when state = 'queued' then 'running' else state end,
    started_at = coalesce(started_at, clock_timestamp()), updated_at = clock_timestamp()
  where id = the_run returning unfinished, old.state, old.started_at into rest, was_state, was_started;
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
    update run set unfinished = unfinished + 1, state = was_state, started_at = was_started where id = the_run;
    return jsonb_build_object('accepted', '[]'::jsonb, 'readied', 0, 'undecided', '[]'::jsonb, 'ended', '[]'::jsonb, 'unjudged', '[]'::jsonb, 'handed', handed);
  end if;
  -- row by row pays for a few; more are told together
  if cardinality(told) > 8 then
    left_over := told;
    told := '{}';
  end if;
  hands := hand_limit >= cardinality(told);
  foreach at in array told loop
    if hands then
      update task_run s set n_pending = s.n_pending - 1, n_succeeded = s.n_succeeded + 1, state = 'running', attempt = s.attempt + 1,
        ready_at = clock_timestamp(), started_at = coalesce(s.started_at, clock_timestamp()), updated_at = clock_timestamp()
      where s.run_id = the_run and s.ordinal = at and s.inline and s.state = 'pending' and not s.decides
        and penstock_judge(s.rule, s.n_pending - 1, s.n_succeeded + 1, s.n_failed, s.n_upstream_failed, s.n_skipped) = 'ready'
        and not exists (select 1 from task_run where state = 'ready' and inline)
      returning * into t;
      if found then
        insert into attempt (run_id, ordinal, number, worker_id, state, lease_until, claimed_at, started_at)
        values (the_run, at, t.attempt, worker, 'running', clock_timestamp() + make_interval(secs => lease_seconds), clock_timestamp(), clock_timestamp());
        handed := handed || jsonb_build_object('run_id', the_run, 'ordinal', at, 'task_id', t.task_id, 'map_index', t.map_index,
          'workspace_id', t.workspace_id, 'pipeline_id', t.pipeline_id, 'kind', t.kind, 'attempt', t.attempt, 'retries', t.retries,
          'lost_count', t.lost_count, 'cleared_at_attempt', t.cleared_at_attempt, 'run_state', 'running', 'inline', true);
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

drop function penstock_step(jsonb, uuid, text[], int, int, float8);

-- Finish and claim in one round trip and one commit. look: there may be work that these ends do not make ready themselves.
create function penstock_step(items jsonb, worker uuid, tags text[], inline_limit int, process_limit int, lease_seconds float8, look boolean default true)
returns jsonb language plpgsql as $$
declare
  finished jsonb;
  claimed jsonb := '[]';
  more jsonb;
  crowded boolean := false;
begin
  if jsonb_array_length(items) > 0 then
    if jsonb_array_length(items) = 1 and items -> 0 ->> 'task' = 'succeeded' then
      finished := penstock_finish_one(items -> 0, worker, inline_limit, lease_seconds);
    else
      finished := penstock_finish(items, worker, inline_limit, lease_seconds);
    end if;
    claimed := finished -> 'handed';
    inline_limit := inline_limit - jsonb_array_length(claimed);
    look := look or (finished ->> 'readied')::int > 0;
  end if;
  if look and (inline_limit > 0 or process_limit > 0) then
    select coalesce(jsonb_agg(to_jsonb(c)) filter (where not c.crowded), '[]'), coalesce(bool_or(c.crowded), false) into more, crowded
    from penstock_claim(worker, tags, inline_limit, process_limit, lease_seconds) c;
    claimed := claimed || more;
  end if;
  return jsonb_build_object('finished', finished - 'handed', 'claimed', claimed, 'crowded', crowded);
end $$;
