-- Sets without JSON where it is not needed. What a claim takes is answered as arrays in place of objects (their places are named in
-- lib/dispatch/claimed.ts), and ends that say "succeeded" and nothing else come as three arrays.
drop function penstock_step(jsonb, uuid, text[], int, int, float8, boolean);
drop function penstock_claim(uuid, text[], int, int, float8);

-- Takes up to inline_limit tasks that need no process and process_limit that do, makes an attempt row for each under a lease, and
-- answers them in the order they were picked. queued: their runs that had not begun. crowded: somebody else was judging the same limits.
create function penstock_claim(worker uuid, tags text[], inline_limit int, process_limit int, lease_seconds float8,
                               out claimed json, out queued uuid[], out crowded boolean) language plpgsql as $$
declare
  quick record;
  heavy record;
begin
  if inline_limit > 0 then select * into quick from penstock_pick_inline(inline_limit);
  else select null::uuid[] as runs, null::int[] as ordinals, null::real[] as charges into quick; end if;
  if process_limit > 0 then select * into heavy from penstock_pick(tags, process_limit);
  else select null::uuid[] as runs, null::int[] as ordinals, null::real[] as charges, false as crowded into heavy; end if;
  crowded := coalesce(heavy.crowded, false);
  if quick.runs is null and coalesce(cardinality(heavy.runs), 0) = 0 then return; end if;
  with picked as (
    select u.run_id, u.ordinal, u.charge from unnest(
      coalesce(quick.runs, '{}') || coalesce(heavy.runs, '{}'), coalesce(quick.ordinals, '{}') || coalesce(heavy.ordinals, '{}'),
      coalesce(quick.charges, array_fill(null::real, array[coalesce(cardinality(quick.runs), 0)])) || coalesce(heavy.charges, '{}')
    ) as u(run_id, ordinal, charge)
  ), taken as (
    update task_run t
    set state = 'running', attempt = t.attempt + 1, started_at = coalesce(t.started_at, clock_timestamp()),
        reason = null, updated_at = clock_timestamp()
    from picked p where t.run_id = p.run_id and t.ordinal = p.ordinal
    returning t.run_id, t.ordinal, t.task_id, t.map_index, t.workspace_id, t.pipeline_id, t.kind, t.attempt, t.retries, t.lost_count,
      t.cleared_at_attempt, t.inline, t.lane, t.downstream, p.charge
  ), held as (
    insert into attempt (run_id, ordinal, number, worker_id, state, lease_until, claimed_at, started_at, charged_seconds)
    select k.run_id, k.ordinal, k.attempt, worker, case when k.inline then 'running' else 'dispatching' end,
           clock_timestamp() + make_interval(secs => lease_seconds), clock_timestamp(),
           case when k.inline then clock_timestamp() end, k.charge
    from taken k
  ), charged as (
    insert into share_entry (workspace_id, lane, seconds, virtual_time)
    select k.workspace_id, k.lane, sum(k.charge), sum(k.charge) / max(w.weight)
    from taken k join workspace w on w.id = k.workspace_id where k.charge is not null group by k.workspace_id, k.lane
  )
  select json_agg(json_build_array(k.run_id, k.ordinal, k.task_id, k.map_index, k.workspace_id, k.pipeline_id, k.kind, k.attempt, k.retries,
      k.lost_count, k.cleared_at_attempt, k.inline, case when cardinality(k.downstream) = 1 then k.downstream[1] end)),
    (select array_agg(r.id) from run r where r.id in (select x.run_id from taken x) and r.state = 'queued')
  into claimed, queued from taken k;
end $$;

-- penstock_finish for ends that say "succeeded" and nothing else: fewer columns are written, and nothing is JSON on the way in.
-- refused: those that did not count, as [run, ordinal, fence].
create function penstock_finish_plain(runs uuid[], places int[], fences int[], worker uuid, hand_limit int, lease_seconds float8) returns jsonb
language plpgsql as $$
#variable_conflict use_column
declare
  done_runs uuid[]; done int[]; told_runs uuid[]; told int[]; taker uuid; flowed record; counted record;
  flow_runs uuid[]; flow_finals int[]; readied int := 0; undecided uuid[] := '{}'; handed jsonb := '[]'; refused jsonb := '[]';
begin
  perform 1 from run where id = any(runs) order by id for no key update;
  with ended as (
    update attempt a set state = 'succeeded', finished_at = clock_timestamp(), lease_until = null, started_at = coalesce(a.started_at, a.claimed_at)
    from unnest(runs, places, fences) as i(run_id, ordinal, fence)
    where a.run_id = i.run_id and a.ordinal = i.ordinal and a.number = i.fence and a.lease_until is not null
    returning a.run_id, a.ordinal, a.number
  ), settled as (
    update task_run t set state = 'succeeded', not_before = null, finished_at = clock_timestamp(), reason = null, updated_at = clock_timestamp()
    from ended e where t.run_id = e.run_id and t.ordinal = e.ordinal and t.attempt = e.number and t.state = 'running'
    returning t.run_id, t.ordinal, t.downstream
  ), flow as (
    select s.run_id, d.ordinal from settled s cross join lateral unnest(s.downstream) as d(ordinal)
  )
  select (select array_agg(s.run_id) from settled s), (select array_agg(s.ordinal) from settled s),
         (select array_agg(f.run_id) from flow f), (select array_agg(f.ordinal) from flow f)
  into done_runs, done, told_runs, told;
  if coalesce(cardinality(done), 0) < cardinality(places) then
    select coalesce(jsonb_agg(jsonb_build_array(i.run_id, i.ordinal, i.fence)), '[]') into refused
    from unnest(runs, places, fences) as i(run_id, ordinal, fence)
    where (i.run_id, i.ordinal) not in (select * from unnest(done_runs, done));
  end if;
  if done is null then
    return jsonb_build_object('refused', refused, 'readied', 0, 'undecided', '[]'::jsonb, 'ended', '[]'::jsonb, 'unjudged', '[]'::jsonb, 'handed', handed);
  end if;
  select array_agg(c.run_id), array_agg(c.n) into flow_runs, flow_finals
  from (select d.run_id, count(*)::int as n from unnest(done_runs) as d(run_id) group by d.run_id) c;
  if told is not null then
    if cardinality(told) <= hand_limit and not exists (select 1 from task_run where standing = 'ready' and inline) then taker := worker; end if;
    for flowed in select * from penstock_tell(told_runs, told, array_fill('s'::text, array[cardinality(told)]), taker, lease_seconds) loop
      handed := handed || flowed.handed;
      flow_runs := flow_runs || flowed.run_id;
      flow_finals := flow_finals || flowed.finals;
      readied := readied + flowed.readied;
      if flowed.undecided > 0 then undecided := undecided || flowed.run_id; end if;
    end loop;
  end if;
  select * into counted from penstock_count_down(flow_runs, flow_finals);
  return jsonb_build_object('refused', refused, 'readied', readied, 'undecided', to_jsonb(undecided),
                            'ended', counted.ended, 'unjudged', to_jsonb(counted.unjudged), 'handed', handed);
end $$;

-- penstock_tell and penstock_finish_one as before; what they hand over is answered like what a claim takes.
create or replace function penstock_tell(runs uuid[], told int[], endings text[], worker uuid, lease_seconds float8)
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
          from (select v.verdict, v.verdict = 'ready' and worker is not null and t.inline as hand
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
           array_agg(jsonb_build_array(d.run_id, d.ordinal, d.task_id, d.map_index, d.workspace_id,
             d.pipeline_id, d.kind, d.attempt, d.retries, d.lost_count, d.cleared_at_attempt, true, case when cardinality(d.downstream) = 1 then d.downstream[1] end)) filter (where d.verdict = 'running')
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
           coalesce((select jsonb_agg(h) from unnest(taken) h where (h ->> 0)::uuid = x.run_id), '[]')
    from unnest(touched_runs, touched) as x(run_id, verdict) group by x.run_id;
end $$;

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

-- Finish and claim in one round trip and one commit: plain ends as three arrays, or any ends as items. look: there may be work that these
-- ends do not make ready themselves.
create function penstock_step(items jsonb, runs uuid[], places int[], fences int[], worker uuid, tags text[], inline_limit int, process_limit int,
                              lease_seconds float8, look boolean default true)
returns json language plpgsql as $$
declare
  finished jsonb;
  handed jsonb := '[]';
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
  if look and (inline_limit > 0 or process_limit > 0) then
    select * into more from penstock_claim(worker, tags, inline_limit, process_limit, lease_seconds);
  else
    select null::json as claimed, null::uuid[] as queued, false as crowded into more;
  end if;
  return json_build_object('finished', finished - 'handed', 'handed', handed, 'claimed', more.claimed, 'queued', more.queued, 'crowded', more.crowded);
end $$;

-- An end by which a task hands over to its one successor was not as plain as the statement in lib/dispatch/pass-on.ts takes it.
create function penstock_not_plain() returns text language plpgsql as $$
begin
  raise exception 'this end is not one that only hands over' using errcode = 'PN001';
end $$;
