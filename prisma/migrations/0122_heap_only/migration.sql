-- A task's usual updates touch no index. PostgreSQL writes a new row version into the heap alone (HOT) when no column changed that an
-- index names, in its key or in its predicate; while `state` stood in the predicates of nine partial indexes, each of the two or three
-- updates of a task's life put an entry into the primary key and into task_run_task_id_run_id_map_index_key besides.
--
-- standing says in which line a task stands: ready, deferred, awaiting_approval, up_for_retry, or running while it holds a process slot;
-- null: in none. It changes only when a task enters or leaves a line, so pending to running by hand-over and running to succeeded of
-- a task without a process leave it alone. Whatever searches for tasks by their state names standing; whoever holds a task's key may ask state.
--
-- A function and not an expression: the expression of a column is read from its text again in every statement that writes the row. Written
-- out it cost all that is saved, 6 of an update's 22 microseconds; a call is a short text, and plpgsql keeps what it parsed (1.6).
create function penstock_standing(state text, inline boolean) returns text language plpgsql immutable parallel safe as $$
begin
  return case when state in ('pending', 'succeeded') then null
              when state in ('ready', 'deferred', 'awaiting_approval', 'up_for_retry') or (state = 'running' and not inline) then state end;
end $$;
alter table task_run add column standing text generated always as (penstock_standing(state, inline)) stored;
-- room for two versions of a row and some: with 70, a sixth of the updates that could stay on their page found no place (fan-out of 5,000)
alter table task_run set (fillfactor = 60);

drop index task_run_queue_inline, task_run_queue, task_run_holds, task_run_retry, task_run_parked, task_run_awaits, task_run_held, task_run_run_limit,
  task_run_impatient, task_run_fingerprint;
create index task_run_queue_inline on task_run (lane, workspace_id, priority desc, due_at, run_id, ordinal) where standing = 'ready' and inline;
create index task_run_queue on task_run (lane, workspace_id, pipeline_id, gate, priority desc, due_at, run_id, ordinal) where standing = 'ready' and not inline;
create index task_run_holds on task_run (workspace_id, pipeline_id) where standing = 'running';
create index task_run_retry on task_run (not_before) where standing = 'up_for_retry';
create index task_run_parked on task_run (not_before) where standing in ('deferred', 'awaiting_approval');
create index task_run_awaits on task_run (workspace_id, awaits) where standing = 'deferred' and awaits is not null;
create index task_run_held on task_run (run_id) where standing = 'deferred' and not_before is null;
create index task_run_run_limit on task_run (pipeline_id, run_id) where standing = 'deferred' and reason ->> 'code' = 'pipeline_limit';
-- by its run: ready_at changes with every hand-over, and the time out is judged row by row anyway
create index task_run_impatient on task_run (run_id) where standing = 'ready' and queue_timeout_seconds is not null;
-- equal fingerprints are few, whatever their state
create index task_run_fingerprint on task_run (pipeline_id, fingerprint) where fingerprint is not null;

-- From here on the functions of before, verbatim but for standing in their searches.


create or replace function penstock_fold_shares() returns void language plpgsql as $$
begin
  if not pg_try_advisory_xact_lock(hashtextextended('penstock shares', 0)) then return; end if;
  with settled as (
    update attempt a set charged_seconds = null
    from task_run t, workspace w
    where a.charged_seconds is not null and a.lease_until is null
      and t.run_id = a.run_id and t.ordinal = a.ordinal and w.id = t.workspace_id
    returning t.workspace_id, t.lane, w.weight, old.charged_seconds as charged,
      case when t.inline then old.charged_seconds
           else t.pool_slots * greatest(0, extract(epoch from coalesce(a.finished_at, clock_timestamp()) - a.claimed_at)) end as took
  ), gone as (
    delete from share_entry returning workspace_id, lane, seconds, virtual_time, null::float8 as took
  ), entry as (
    select workspace_id, lane, seconds, virtual_time, took from gone
    union all
    select workspace_id, lane, took - charged, (took - charged) / weight, took from settled
  ), spaces as (
    update share s set virtual_time = s.virtual_time + e.virtual_time,
      seconds = case when e.took is null then s.seconds else 0.7 * s.seconds + 0.3 * e.took end
    from (select workspace_id, sum(virtual_time) as virtual_time, avg(took) as took from entry group by workspace_id) e
    where s.workspace_id = e.workspace_id
  )
  update lane_use u set at = clock_timestamp(),
    seconds = greatest(0, u.seconds * power(0.5, extract(epoch from clock_timestamp() - u.at) / 60)
                          + coalesce((select sum(e.seconds) from entry e where e.lane = u.lane), 0));
  delete from share s where not exists (
    select 1 from unnest('{0,1,2,3}'::smallint[]) l(lane) where
      exists (select 1 from task_run t where t.standing = 'ready' and t.inline and t.lane = l.lane and t.workspace_id = s.workspace_id)
      or exists (select 1 from task_run t where t.standing = 'ready' and not t.inline and t.lane = l.lane and t.workspace_id = s.workspace_id)
  ) and not exists (select 1 from task_run t where t.standing = 'running' and t.workspace_id = s.workspace_id);
end $$;

create or replace function penstock_pick_inline(wanted int, out runs uuid[], out ordinals int[], out charges real[]) language plpgsql as $$
declare
  lanes smallint[];
  spaces uuid[];
begin
  with recursive g as (
    (select t.lane, t.workspace_id from task_run t where t.standing = 'ready' and t.inline order by t.lane, t.workspace_id limit 1)
    union all
    select n.lane, n.workspace_id from g cross join lateral (
      select t.lane, t.workspace_id from task_run t
      where t.standing = 'ready' and t.inline and (t.lane, t.workspace_id) > (g.lane, g.workspace_id)
      order by t.lane, t.workspace_id limit 1) n
  )
  select array_agg(g.lane), array_agg(g.workspace_id) into lanes, spaces from g;
  if lanes is null then return; end if;
  if cardinality(lanes) = 1 then
    select array_agg(x.run_id), array_agg(x.ordinal) into runs, ordinals from (
      select t.run_id, t.ordinal from task_run t
      where t.standing = 'ready' and t.inline and t.lane = lanes[1] and t.workspace_id = spaces[1]
      order by t.priority desc, t.due_at, t.run_id, t.ordinal
      limit wanted for update skip locked) x;
    return;
  end if;
  perform penstock_compete(spaces);
  select array_agg(x.run_id), array_agg(x.ordinal), array_agg(0.001) into runs, ordinals, charges from (
    select t.run_id, t.ordinal from (
      select c.*, row_number() over (order by
        case when c.lane < 3 and c.in_lane <= ceil(0.1 * wanted) then 0 else 1 end,
        c.lane, c.start, c.priority desc, c.due_at, c.run_id, c.ordinal) as rank
      from (
        select b.*, row_number() over (partition by b.lane order by b.start, b.priority desc, b.due_at, b.run_id, b.ordinal) as in_lane
        from (
          select g.lane, q.run_id, q.ordinal, q.priority, q.due_at, s.virtual_time
            + (row_number() over (partition by g.workspace_id order by g.lane, q.priority desc, q.due_at, q.run_id, q.ordinal) - 1) * 0.001 / w.weight as start
          from unnest(lanes, spaces) as g(lane, workspace_id)
          join workspace w on w.id = g.workspace_id
          cross join lateral (
            select h.virtual_time + coalesce((select sum(e.virtual_time) from share_entry e where e.workspace_id = g.workspace_id), 0) as virtual_time
            from share h where h.workspace_id = g.workspace_id) s
          cross join lateral (
            select r.run_id, r.ordinal, r.priority, r.due_at from task_run r
            where r.standing = 'ready' and r.inline and r.lane = g.lane and r.workspace_id = g.workspace_id
            order by r.priority desc, r.due_at, r.run_id, r.ordinal limit wanted) q
        ) b
      ) c
    ) d join task_run t on t.run_id = d.run_id and t.ordinal = d.ordinal
    where t.state = 'ready'
    order by d.rank limit wanted for update of t skip locked
  ) x;
end $$;

create or replace function penstock_limits(spaces uuid[], pipelines uuid[], pools text[]) returns table (key text, code text, cap int, used int)
language sql stable as $$
  with limits as (
    select 'pool ' || p.workspace_id || ' ' || p.name as key, 'pool' as code, p.slots as cap, p.workspace_id, null::uuid as pipeline_id, p.name as pool, null::text as tag
    from pool p where p.workspace_id = any(spaces) and p.name = any(pools)
    union all
    select 'pipeline ' || p.id, 'pipeline_limit', p.max_active_tasks, p.workspace_id, p.id, null, null
    from pipeline p where p.id = any(pipelines) and p.max_active_tasks is not null
    union all
    select 'workspace ' || w.id, 'workspace_limit', w.max_active_tasks, w.id, null, null, null
    from workspace w where w.id = any(spaces) and w.max_active_tasks is not null
    union all
    select 'tag ' || w.id || ' ' || l.key, 'tag_limit', l.value::int, w.id, null, null, l.key
    from workspace w cross join lateral jsonb_each_text(w.tag_limits) l
    where w.id = any(spaces) and w.tag_limits <> '{}'
      and exists (select 1 from pipeline p where p.id = any(pipelines) and p.workspace_id = w.id and l.key = any(p.tags))
  )
  select l.key, l.code, l.cap, coalesce((
    select sum(case when l.pool is null then 1 else t.pool_slots end)::int from task_run t
    where t.standing = 'running' and t.workspace_id = l.workspace_id
      and (l.pipeline_id is null or t.pipeline_id = l.pipeline_id)
      and (l.pool is null or t.pool = l.pool)
      and (l.tag is null or exists (select 1 from pipeline p where p.id = t.pipeline_id and l.tag = any(p.tags)))), 0)
  from limits l
$$;

create or replace function penstock_lane_limit(out cap int, out used int) language sql stable as $$
  select greatest(1, s.slots - greatest(1, ceil(0.25 * s.slots)::int)),
    (select count(*)::int from task_run t where t.standing = 'running' and t.lane >= 2)
  from (select coalesce(sum(w.slots), 0)::int as slots from worker w
        where 'executor' = any(w.roles) and not w.draining and w.heartbeat_at > clock_timestamp() - interval '1 minute') s
$$;

create or replace function penstock_pick(have text[], wanted int, out runs uuid[], out ordinals int[], out charges real[], out crowded boolean)
language plpgsql as $$
declare
  lanes smallint[]; spaces uuid[]; pipelines uuid[]; gates text[];
  pools text[]; room jsonb := '{}'; late smallint[] := '{}'; contended boolean; l record; c record; k text; fits boolean; keys text[];
begin
  runs := '{}'; ordinals := '{}'; charges := '{}'; crowded := false;
  with recursive g as (
    (select t.lane, t.workspace_id, t.pipeline_id, t.gate from task_run t where t.standing = 'ready' and not t.inline
     order by t.lane, t.workspace_id, t.pipeline_id, t.gate limit 1)
    union all
    select n.* from g cross join lateral (
      select t.lane, t.workspace_id, t.pipeline_id, t.gate from task_run t
      where t.standing = 'ready' and not t.inline and (t.lane, t.workspace_id, t.pipeline_id, t.gate) > (g.lane, g.workspace_id, g.pipeline_id, g.gate)
      order by t.lane, t.workspace_id, t.pipeline_id, t.gate limit 1) n
  )
  select array_agg(g.lane), array_agg(g.workspace_id), array_agg(g.pipeline_id), array_agg(g.gate) into lanes, spaces, pipelines, gates from g;
  if lanes is null then return; end if;

  -- the gate begins with the pool's name; names hold no line break
  select array_agg(distinct split_part(x, E'\n', 1)) filter (where split_part(x, E'\n', 1) <> '') into pools from unnest(gates) x;
  contended := (select count(distinct (x, y)) > 1 from unnest(lanes, spaces) as u(x, y));

  for l in
    select key from penstock_limits(spaces, pipelines, coalesce(pools, '{}'))
    union all select 'lanes' where 3 = any(lanes) or 2 = any(lanes)
    order by 1
  loop
    if not pg_try_advisory_xact_lock(hashtextextended('penstock limit ' || l.key, 0)) then
      room := room || jsonb_build_object(l.key, 0);
      crowded := true;
    end if;
  end loop;
  -- under the locks, so that nobody takes what is counted free here
  select room || coalesce(jsonb_object_agg(x.key, x.cap - x.used), '{}') into room from penstock_limits(spaces, pipelines, coalesce(pools, '{}')) x where not room ? x.key;
  if (3 = any(lanes) or 2 = any(lanes)) and not room ? 'lanes' then
    select room || jsonb_build_object('lanes', x.cap - x.used) into room from penstock_lane_limit() x;
  end if;

  if contended then
    perform penstock_compete(spaces);
    select coalesce(array_agg(u.lane), '{}') into late from (
      select u.lane, u.seconds + coalesce((select sum(e.seconds) from share_entry e where e.lane = u.lane), 0) as seconds from lane_use u
    ) u where u.lane < 3 and u.seconds < 0.1 * (select sum(a.seconds) + coalesce((select sum(e.seconds) from share_entry e), 0) from lane_use a);
  end if;

  for c in
    select b.* from (
      select g.lane, g.workspace_id, g.pipeline_id, q.run_id, q.ordinal, q.priority, q.due_at, q.pool, q.pool_slots, q.worker_tags,
        coalesce(s.seconds, 1) as seconds, coalesce(w.weight, 1) as weight, p.tags as labels, w.tag_limits,
        coalesce(s.virtual_time, 0) + (row_number() over (partition by g.workspace_id order by g.lane, q.priority desc, q.due_at, q.run_id, q.ordinal) - 1)
          * coalesce(s.seconds, 1) / coalesce(w.weight, 1) as start
      from unnest(lanes, spaces, pipelines, gates) as g(lane, workspace_id, pipeline_id, gate)
      left join workspace w on w.id = g.workspace_id
      left join pipeline p on p.id = g.pipeline_id
      left join lateral (
        select h.seconds, h.virtual_time + coalesce((select sum(e.virtual_time) from share_entry e where e.workspace_id = g.workspace_id), 0) as virtual_time
        from share h where contended and h.workspace_id = g.workspace_id) s on true
      cross join lateral (
        select r.run_id, r.ordinal, r.priority, r.due_at, r.pool, r.pool_slots, r.worker_tags from task_run r
        where r.standing = 'ready' and not r.inline and r.lane = g.lane and r.workspace_id = g.workspace_id and r.pipeline_id = g.pipeline_id and r.gate = g.gate
        order by r.priority desc, r.due_at, r.run_id, r.ordinal limit wanted + 8) q
      where q.worker_tags <@ have
    ) b
    order by case when b.lane = any(late) then 0 else 1 end, b.lane, b.start, b.priority desc, b.due_at, b.run_id, b.ordinal
  loop
    exit when cardinality(runs) >= wanted;
    keys := '{}';
    if room <> '{}' then
      keys := array['pipeline ' || c.pipeline_id, 'workspace ' || c.workspace_id];
      if c.lane >= 2 then keys := keys || 'lanes'::text; end if;
      if c.tag_limits <> '{}' then
        keys := keys || array(select 'tag ' || c.workspace_id || ' ' || x from unnest(c.labels) x where c.tag_limits ? x);
      end if;
      fits := true;
      foreach k in array keys loop
        if (room ->> k)::int < 1 then fits := false; end if;
      end loop;
      k := 'pool ' || c.workspace_id || ' ' || c.pool;
      if fits and (room ->> k)::int < c.pool_slots then
        fits := false;
        room := room || jsonb_build_object(k, 0);
      end if;
      continue when not fits;
    end if;
    perform 1 from task_run t where t.run_id = c.run_id and t.ordinal = c.ordinal and t.state = 'ready' for update skip locked;
    continue when not found;
    runs := runs || c.run_id;
    ordinals := ordinals || c.ordinal;
    charges := charges || case when contended then (c.seconds * c.pool_slots)::real end;
    if room <> '{}' then
      foreach k in array keys loop
        if room ? k then room := room || jsonb_build_object(k, (room ->> k)::int - 1); end if;
      end loop;
      k := 'pool ' || c.workspace_id || ' ' || c.pool;
      if room ? k then room := room || jsonb_build_object(k, (room ->> k)::int - c.pool_slots); end if;
    end if;
  end loop;
end $$;

create or replace function penstock_take_parked(worker uuid, upto int, now_is timestamptz, lease_seconds float8)
returns table (run_id uuid, ordinal int, task_id text, map_index int, workspace_id uuid, pipeline_id uuid, kind text,
  attempt int, retries int, lost_count int, cleared_at_attempt int, run_state text, waits text)
language plpgsql as $$
#variable_conflict use_column
begin
  return query
  with due as (
    select t.run_id, t.ordinal from task_run t
    where t.standing in ('deferred', 'awaiting_approval') and t.standing = 'deferred' and t.not_before <= now_is
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

create or replace function penstock_finish(items jsonb, worker uuid default null, hand_limit int default 0, lease_seconds float8 default 0)
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
    if array_length(told, 1) <= hand_limit and not exists (select 1 from task_run where standing = 'ready' and inline) then
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
        and not exists (select 1 from task_run where standing = 'ready' and inline)
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
