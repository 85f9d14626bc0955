-- What a quick command costs the database. A set of plain ends may say what commands leave besides their success: exit codes, what was resolved,
-- what took how long (`facts`, one [code, resolved, timings] for each end; empty: none does). And the claim of one kind of work that nothing
-- limits takes the first rows of its index.
create or replace function penstock_finish_plain(runs uuid[], places integer[], fences integer[], worker uuid, hand_limit integer, lease_seconds double precision, facts jsonb)
returns jsonb language plpgsql as $$
#variable_conflict use_column
declare
  done_runs uuid[]; done int[]; told_runs uuid[]; told int[]; taker uuid; flowed record; counted record;
  flow_runs uuid[]; flow_finals int[]; readied int := 0; undecided uuid[] := '{}'; handed jsonb := '[]'; refused jsonb := '[]';
  exits int[]; config jsonb[]; took jsonb[];
begin
  if jsonb_array_length(facts) > 0 then
    select array_agg((f ->> 0)::int order by n), array_agg(nullif(f -> 1, 'null') order by n), array_agg(nullif(f -> 2, 'null') order by n)
    into exits, config, took from jsonb_array_elements(facts) with ordinality as e(f, n);
  end if;
  perform 1 from run where id = any(runs) order by id for no key update;
  with ended as (
    update attempt a set state = 'succeeded', finished_at = clock_timestamp(), lease_until = null, started_at = coalesce(a.started_at, a.claimed_at),
      exit_code = coalesce(i.exit_code, a.exit_code), resolved = coalesce(i.resolved, a.resolved), timings = coalesce(i.timings, a.timings)
    from unnest(runs, places, fences, coalesce(exits, '{}'), coalesce(config, '{}'), coalesce(took, '{}')) as i(run_id, ordinal, fence, exit_code, resolved, timings)
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

create or replace function penstock_step(items jsonb, runs uuid[], places integer[], fences integer[], worker uuid, tags text[], inline_limit integer, process_limit integer, lease_seconds double precision, look boolean DEFAULT true)
returns json language plpgsql as $$
declare
  finished jsonb;
  handed jsonb := '[]';
  fanned record;
  more record;
begin
  if cardinality(places) > 0 then
    finished := penstock_finish_plain(runs, places, fences, worker, inline_limit, lease_seconds, items);
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

drop function penstock_finish_plain(uuid[], int[], int[], uuid, int, float8);

create or replace function penstock_pick(have text[], wanted integer, OUT runs uuid[], OUT ordinals integer[], OUT charges real[], OUT crowded boolean)
returns record language plpgsql as $$
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

  -- one kind of work, which asks for nothing and which nothing limits: the first ones of its index
  if cardinality(lanes) = 1 and lanes[1] < 2 and gates[1] = ''
    and exists (select 1 from workspace w where w.id = spaces[1] and w.max_active_tasks is null and w.tag_limits = '{}')
    and exists (select 1 from pipeline p where p.id = pipelines[1] and p.max_active_tasks is null) then
    select coalesce(array_agg(x.run_id), '{}'), coalesce(array_agg(x.ordinal), '{}') into runs, ordinals from (
      select t.run_id, t.ordinal from task_run t
      where t.standing = 'ready' and not t.inline and t.lane = lanes[1] and t.workspace_id = spaces[1] and t.pipeline_id = pipelines[1] and t.gate = ''
      order by t.priority desc, t.due_at, t.run_id, t.ordinal limit wanted for update skip locked) x;
    charges := array_fill(null::real, array[cardinality(runs)]);
    return;
  end if;

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
