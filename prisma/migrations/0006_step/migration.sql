-- The engine's step with fewer writes: an ended task's own row says whom to tell, a told task is judged in the update itself, and
-- one that becomes ready while no other of its sort waits is handed to the worker that freed it, in that same update.
-- A live attempt is known by its lease, not its state: by state the planner walks the index of leases, once for every item, past every
-- lease that ended since the last vacuum.

-- By task first: beginning with the run, the planner took this index for the primary key while statistics were young and walked the
-- whole run for every row (fan-out of 1,000: 1,200 tasks/s, by the key 3,900).
drop index task_run_run_id_task_id_map_index_key;
create unique index task_run_task_id_run_id_map_index_key on task_run (task_id, run_id, map_index);

-- Tells tasks that direct upstreams ended, applies the rules, and goes on while skips and upstream failures flow. The caller holds
-- the runs' row locks, so pending rows cannot change meanwhile. Parallel arrays: run, told ordinal, ending (s f u k) of one upstream.
-- A worker given takes what becomes ready and needs no process, under a lease; the caller has seen that nothing of the sort waits, so
-- nobody is passed over. Returns per run how many tasks became final, how many wait as ready, how many wait for a decision in
-- TypeScript, and what was handed over (as penstock_claim gives it).
create function penstock_tell(runs uuid[], told int[], endings text[], worker uuid, lease_seconds float8)
returns table (run_id uuid, finals int, readied int, undecided int, handed jsonb) language plpgsql as $$
#variable_conflict use_column
declare
  touched_runs uuid[] := '{}';
  touched text[] := '{}';
  taken jsonb[] := '{}';
  more uuid[];
  what text[];
  gave jsonb[];
begin
  while coalesce(array_length(runs, 1), 0) > 0 loop
    with counted as (
      select e.run_id, e.ordinal, count(*)::int as n,
        (count(*) filter (where e.ending = 's'))::int as s, (count(*) filter (where e.ending = 'f'))::int as f,
        (count(*) filter (where e.ending = 'u'))::int as u, (count(*) filter (where e.ending = 'k'))::int as k
      from unnest(runs, told, endings) as e(run_id, ordinal, ending)
      group by e.run_id, e.ordinal
    ), moved as (
      update task_run t set
        n_pending = t.n_pending - c.n, n_succeeded = t.n_succeeded + c.s, n_failed = t.n_failed + c.f,
        n_upstream_failed = t.n_upstream_failed + c.u, n_skipped = t.n_skipped + c.k,
        undecided = t.undecided or (t.decides and t.state = 'pending'),
        (state, ready_at, finished_at, attempt, started_at) = (
          select case when j.hand then 'running' else coalesce(j.verdict, t.state) end,
                 case when j.verdict = 'ready' then clock_timestamp() else t.ready_at end,
                 case when j.verdict in ('skipped', 'upstream_failed') then clock_timestamp() else t.finished_at end,
                 case when j.hand then t.attempt + 1 else t.attempt end,
                 case when j.hand then coalesce(t.started_at, clock_timestamp()) else t.started_at end
          from (select v.verdict, v.verdict = 'ready' and worker is not null and t.inline and t.worker_tags = '{}' as hand
                from (select case when t.state = 'pending' and not t.decides then
                  penstock_judge(t.rule, t.n_pending - c.n, t.n_succeeded + c.s, t.n_failed + c.f, t.n_upstream_failed + c.u,
                                 t.n_skipped + c.k) end as verdict) v) j),
        updated_at = clock_timestamp()
      from counted c where t.run_id = c.run_id and t.ordinal = c.ordinal
      returning new.*, case when old.state = 'pending' and new.state <> 'pending' then new.state when new.undecided then 'undecided' end as verdict
    ), held as (
      insert into attempt (run_id, ordinal, number, worker_id, state, lease_until, claimed_at, started_at)
      select m.run_id, m.ordinal, m.attempt, worker, 'running', clock_timestamp() + make_interval(secs => lease_seconds),
             clock_timestamp(), clock_timestamp()
      from moved m where m.verdict = 'running'
    )
    select array_agg(d.run_id) filter (where d.told is not null), array_agg(d.told) filter (where d.told is not null),
           array_agg(d.ending) filter (where d.told is not null), array_agg(d.run_id) filter (where d.first),
           array_agg(d.verdict) filter (where d.first),
           array_agg(jsonb_build_object('run_id', d.run_id, 'ordinal', d.ordinal, 'task_id', d.task_id, 'map_index', d.map_index,
             'workspace_id', d.workspace_id, 'pipeline_id', d.pipeline_id, 'kind', d.kind, 'attempt', d.attempt, 'retries', d.retries,
             'lost_count', d.lost_count, 'cleared_at_attempt', d.cleared_at_attempt, 'run_state', 'running')) filter (where d.verdict = 'running')
    into runs, told, endings, more, what, gave
    from (
      select m.*, x.told, x.n is null or x.n = 1 as first, case m.verdict when 'skipped' then 'k' else 'u' end as ending
      from moved m left join lateral unnest(case when m.verdict in ('skipped', 'upstream_failed') then m.downstream else '{}' end)
        with ordinality as x(told, n) on true
      where m.verdict is not null
    ) d;
    touched_runs := touched_runs || coalesce(more, '{}');
    touched := touched || coalesce(what, '{}');
    taken := taken || coalesce(gave, '{}');
  end loop;
  return query
    select x.run_id, (count(*) filter (where x.verdict in ('skipped', 'upstream_failed')))::int,
           (count(*) filter (where x.verdict = 'ready'))::int, (count(*) filter (where x.verdict = 'undecided'))::int,
           coalesce((select jsonb_agg(h) from unnest(taken) h where (h ->> 'run_id')::uuid = x.run_id), '[]')
    from unnest(touched_runs, touched) as x(run_id, verdict) group by x.run_id;
end $$;

-- penstock_tell for callers that know which tasks ended, not whom that concerns.
create or replace function penstock_propagate(runs uuid[], ordinals int[], endings text[])
returns table (run_id uuid, finals int, readied int, undecided int) language sql as $$
  select p.run_id, p.finals, p.readied, p.undecided from (
    select array_agg(t.run_id) as runs, array_agg(d.ordinal) as told, array_agg(e.ending) as endings
    from unnest(runs, ordinals, endings) as e(run_id, ordinal, ending)
    join task_run t on t.run_id = e.run_id and t.ordinal = e.ordinal
    cross join lateral unnest(t.downstream) as d(ordinal)
  ) x cross join lateral penstock_tell(x.runs, x.told, x.endings, null, null) p
$$;

-- penstock_finish of 0002, which also hands over (see penstock_tell) when a worker asks for it; the handed tasks are in `handed`.
drop function penstock_finish(jsonb);
create function penstock_finish(items jsonb, worker uuid default null, hand_limit int default 0, lease_seconds float8 default 0)
returns jsonb language plpgsql as $$
#variable_conflict use_column
declare
  runs uuid[]; told_runs uuid[]; told int[]; endings text[]; accepted jsonb; flowed record;
  flow_runs uuid[]; flow_finals int[]; readied int; undecided uuid[] := '{}'; counted record;
  handed jsonb := '[]'; taker uuid;
begin
  perform 1 from run where id in (select (i ->> 'run')::uuid from jsonb_array_elements(items) i) order by id for no key update;
  with item as (
    select * from jsonb_to_recordset(items) as i(run uuid, ordinal int, fence int, task text, attempt text,
      not_before timestamptz, spends boolean, lost boolean, output jsonb, table_output jsonb, error jsonb, reason jsonb,
      exit_code int, resolved jsonb, timings jsonb)
  ), ended as (
    update attempt a set state = i.attempt, finished_at = clock_timestamp(), lease_until = null, exit_code = i.exit_code,
      error = i.error, output = coalesce(i.output, a.output), table_output = i.table_output, resolved = i.resolved,
      timings = i.timings, started_at = coalesce(a.started_at, a.claimed_at)
    from item i
    where a.run_id = i.run and a.ordinal = i.ordinal and a.number = i.fence and a.lease_until is not null
    returning i.*
  ), settled as (
    update task_run t set
      state = case when e.task <> 'retry' then e.task when (select r.cancel_requested from run r where r.id = e.run) then 'cancelled'
                   when e.not_before is null then 'ready' else 'up_for_retry' end,
      not_before = e.not_before,
      ready_at = case when e.task = 'retry' and e.not_before is null then clock_timestamp() else t.ready_at end,
      retries = t.retries + case when e.spends then 1 else 0 end,
      lost_count = t.lost_count + case when e.lost then 1 else 0 end,
      finished_at = case when e.task <> 'retry' then clock_timestamp()
                         when (select r.cancel_requested from run r where r.id = e.run) then clock_timestamp() end,
      output = coalesce(e.output, t.output), table_output = coalesce(e.table_output, t.table_output),
      reason = e.reason, updated_at = clock_timestamp()
    from ended e
    where t.run_id = e.run and t.ordinal = e.ordinal and t.attempt = e.fence and t.state = 'running'
    returning t.run_id, t.ordinal, t.attempt, t.state, t.downstream, t.state not in ('ready', 'up_for_retry') as final,
      case when t.state = 'succeeded' or (t.state = 'failed' and t.failure_allowed) then 's'
           when t.state = 'skipped' then 'k' else 'f' end as ending
  )
  select array_agg(s.run_id) filter (where s.first and s.final),
         array_agg(s.run_id) filter (where s.final and s.told is not null), array_agg(s.told) filter (where s.final and s.told is not null),
         array_agg(s.ending) filter (where s.final and s.told is not null),
         coalesce(jsonb_agg(jsonb_build_array(s.run_id, s.ordinal, s.attempt, s.state)) filter (where s.first), '[]'),
         (count(*) filter (where s.first and s.state = 'ready'))::int
  into runs, told_runs, told, endings, accepted, readied
  from (select t.*, d.told, d.n is null or d.n = 1 as first from settled t left join lateral unnest(t.downstream) with ordinality as d(told, n) on true) s;

  if runs is null then
    return jsonb_build_object('accepted', accepted, 'readied', readied, 'undecided', '[]'::jsonb, 'ended', '[]'::jsonb,
                              'unjudged', '[]'::jsonb, 'handed', handed);
  end if;
  flow_runs := runs;
  flow_finals := array_fill(1, array[array_length(runs, 1)]);
  if told is not null then
    if array_length(told, 1) <= hand_limit and not exists (select 1 from task_run where state = 'ready' and inline) then
      taker := worker;
    end if;
    for flowed in select * from penstock_tell(told_runs, told, endings, taker, lease_seconds) loop
      handed := handed || flowed.handed;
      flow_runs := flow_runs || flowed.run_id;
      flow_finals := flow_finals || flowed.finals;
      readied := readied + flowed.readied;
      if flowed.undecided > 0 then undecided := undecided || flowed.run_id; end if;
    end loop;
  end if;
  select * into counted from penstock_count_down(flow_runs, flow_finals);
  return jsonb_build_object('accepted', accepted, 'readied', readied, 'undecided', to_jsonb(undecided),
                            'ended', counted.ended, 'unjudged', to_jsonb(counted.unjudged), 'handed', handed);
end $$;

-- The commonest finish, one task that succeeded, as plain row statements: a third of the set-based cost for the same effects.
-- Whatever is not plain (a rule that skips, an expression, the run's end) is left to the functions above.
create function penstock_finish_one(item jsonb, worker uuid, hand_limit int, lease_seconds float8) returns jsonb language plpgsql as $$
declare
  the_run uuid := (item ->> 'run')::uuid;
  place int := (item ->> 'ordinal')::int;
  fence int := (item ->> 'fence')::int;
  r run; told int[]; t task_run; verdict text; at int;
  left_over int[] := '{}';
  finals int := 1; readied int := 0; handed jsonb := '[]'; flowed record; counted record; undecided uuid[] := '{}';
  ended jsonb := '[]'; unjudged uuid[] := '{}'; hands boolean;
begin
  select * into r from run where id = the_run for no key update;
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
    return jsonb_build_object('accepted', '[]'::jsonb, 'readied', 0, 'undecided', '[]'::jsonb, 'ended', '[]'::jsonb, 'unjudged', '[]'::jsonb, 'handed', handed);
  end if;
  -- row by row pays for a few; more are told together
  if cardinality(told) > 8 then
    left_over := told;
    told := '{}';
  end if;
  hands := hand_limit >= cardinality(told) and cardinality(told) > 0 and not exists (select 1 from task_run where state = 'ready' and inline);
  foreach at in array told loop
    select * into t from task_run where run_id = the_run and ordinal = at;
    verdict := case when t.state = 'pending' and not t.decides then
      penstock_judge(t.rule, t.n_pending - 1, t.n_succeeded + 1, t.n_failed, t.n_upstream_failed, t.n_skipped) end;
    if t.decides or verdict in ('skipped', 'upstream_failed') then
      left_over := left_over || at;
    elsif verdict = 'ready' and hands and t.inline and t.worker_tags = '{}' then
      update task_run set n_pending = n_pending - 1, n_succeeded = n_succeeded + 1, state = 'running', attempt = t.attempt + 1,
        ready_at = clock_timestamp(), started_at = coalesce(started_at, clock_timestamp()), updated_at = clock_timestamp()
      where run_id = the_run and ordinal = at;
      insert into attempt (run_id, ordinal, number, worker_id, state, lease_until, claimed_at, started_at)
      values (the_run, at, t.attempt + 1, worker, 'running', clock_timestamp() + make_interval(secs => lease_seconds), clock_timestamp(), clock_timestamp());
      handed := handed || jsonb_build_object('run_id', the_run, 'ordinal', at, 'task_id', t.task_id, 'map_index', t.map_index,
        'workspace_id', t.workspace_id, 'pipeline_id', t.pipeline_id, 'kind', t.kind, 'attempt', t.attempt + 1, 'retries', t.retries,
        'lost_count', t.lost_count, 'cleared_at_attempt', t.cleared_at_attempt, 'run_state', 'running');
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
  if r.unfinished > finals then
    update run set unfinished = unfinished - finals, updated_at = clock_timestamp(), started_at = coalesce(started_at, clock_timestamp()),
      state = case when state = 'queued' then 'running' else state end where id = the_run;
  else
    select * into counted from penstock_count_down(array[the_run], array[finals]);
    ended := counted.ended;
    unjudged := counted.unjudged;
  end if;
  return jsonb_build_object('accepted', jsonb_build_array(jsonb_build_array(the_run, place, fence, 'succeeded')), 'readied', readied,
                            'undecided', to_jsonb(undecided), 'ended', ended, 'unjudged', to_jsonb(unjudged), 'handed', handed);
end $$;

create or replace function penstock_step(items jsonb, worker uuid, tags text[], inline_limit int, process_limit int, lease_seconds float8)
returns jsonb language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  finished jsonb;
  claimed jsonb := '[]';
begin
  if jsonb_array_length(items) > 0 then
    if jsonb_array_length(items) = 1 and items -> 0 ->> 'task' = 'succeeded' then
      finished := penstock_finish_one(items -> 0, worker, inline_limit, lease_seconds);
    else
      finished := penstock_finish(items, worker, inline_limit, lease_seconds);
    end if;
    claimed := finished -> 'handed';
    inline_limit := inline_limit - jsonb_array_length(claimed);
  end if;
  if inline_limit > 0 or process_limit > 0 then
    select claimed || coalesce(jsonb_agg(to_jsonb(c)), '[]') into claimed
    from penstock_claim(worker, tags, inline_limit, process_limit, lease_seconds) c;
  end if;
  return jsonb_build_object('finished', finished - 'handed', 'claimed', claimed);
end $$;
