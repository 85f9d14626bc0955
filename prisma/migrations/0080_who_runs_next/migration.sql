-- Who runs next (semantics 5): lanes, fair shares of workspaces, pools and limits, judged inside the claim.
--
-- Ready tasks that no limit tells apart stand in one group: (lane, workspace), and for tasks that need a process slot also the
-- pipeline and the gate (pool and worker tags). The claim walks the groups by the index, looks at no more of each than it wants to take,
-- and so is never held up by a flood or by a crowded pool.
alter table task_run add column gate text not null default '';
-- what the fair share was charged for this attempt at dispatch, in slot-seconds; null when nobody else waited, or when it is settled
alter table attempt add column charged_seconds real;
alter table pipeline add column max_active_tasks int, add column max_active_runs int;

drop index task_run_queue;
create index task_run_queue_inline on task_run (lane, workspace_id, priority desc, due_at, run_id, ordinal) where state = 'ready' and inline;
create index task_run_queue on task_run (lane, workspace_id, pipeline_id, gate, priority desc, due_at, run_id, ordinal) where state = 'ready' and not inline;
create index task_run_holds on task_run (workspace_id, pipeline_id) where state = 'running' and not inline;
-- runs that wait until fewer of their pipeline run (settings.maxActiveRuns)
create index task_run_run_limit on task_run (pipeline_id, run_id) where state = 'deferred' and reason ->> 'code' = 'pipeline_limit';
create index run_active on run (pipeline_id) where state in ('queued', 'running');
create index attempt_charged on attempt (run_id, ordinal, number) where charged_seconds is not null;

-- Virtual time of the workspaces that compete now; one that stops competing leaves, and comes back at the least of those who stayed.
create table share (
  workspace_id uuid primary key,
  virtual_time double precision not null,
  -- what one of its attempts took lately, slot-seconds: the estimate of the next
  seconds double precision not null default 1
);
-- Append-only, folded into share and lane_use; so no claim waits for another's hot row.
create table share_entry (
  id bigint generated always as identity primary key,
  workspace_id uuid not null,
  lane smallint not null,
  seconds double precision not null,
  virtual_time double precision not null
);
create index share_entry_workspace_id_idx on share_entry (workspace_id);
-- Slot-seconds by lane, halved every minute: who is below the guaranteed minimum.
create table lane_use (
  lane smallint primary key,
  seconds double precision not null,
  at timestamptz(3) not null default clock_timestamp()
);
insert into lane_use (lane, seconds) values (0, 0), (1, 0), (2, 0), (3, 0);

-- Settles what attempts really took, folds the ledger, and forgets workspaces that have nothing waiting or running. One at a time;
-- whoever comes second leaves it to the first.
create function penstock_fold_shares() returns void language plpgsql as $$
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
      exists (select 1 from task_run t where t.state = 'ready' and t.inline and t.lane = l.lane and t.workspace_id = s.workspace_id)
      or exists (select 1 from task_run t where t.state = 'ready' and not t.inline and t.lane = l.lane and t.workspace_id = s.workspace_id)
  ) and not exists (select 1 from task_run t where t.state = 'running' and not t.inline and t.workspace_id = s.workspace_id);
end $$;

-- Lets the given workspaces compete: newcomers start at the least virtual time of those who compete already. Folds what lies about.
create function penstock_compete(spaces uuid[]) returns void language plpgsql as $$
begin
  if (select min(at) from lane_use) < clock_timestamp() - interval '1 second' then perform penstock_fold_shares(); end if;
  insert into share (workspace_id, seconds, virtual_time)
  select x, coalesce((select avg(s.seconds) from share s), 1), coalesce((select min(s.virtual_time + coalesce((select sum(e.virtual_time) from share_entry e where e.workspace_id = s.workspace_id), 0)) from share s), 0)
  from unnest(spaces) x where not exists (select 1 from share s where s.workspace_id = x)
  group by x order by x
  on conflict do nothing;
end $$;

-- Picks up to `wanted` ready tasks that need no process, and locks them. In each lane but the last a tenth of the batch is kept for it;
-- then lane, virtual time of the workspace, priority, due. Cost of one: a thousandth of a slot-second.
create function penstock_pick_inline(wanted int, out runs uuid[], out ordinals int[], out charges real[]) language plpgsql as $$
declare
  lanes smallint[];
  spaces uuid[];
begin
  with recursive g as (
    (select t.lane, t.workspace_id from task_run t where t.state = 'ready' and t.inline order by t.lane, t.workspace_id limit 1)
    union all
    select n.lane, n.workspace_id from g cross join lateral (
      select t.lane, t.workspace_id from task_run t
      where t.state = 'ready' and t.inline and (t.lane, t.workspace_id) > (g.lane, g.workspace_id)
      order by t.lane, t.workspace_id limit 1) n
  )
  select array_agg(g.lane), array_agg(g.workspace_id) into lanes, spaces from g;
  if lanes is null then return; end if;
  if cardinality(lanes) = 1 then
    select array_agg(x.run_id), array_agg(x.ordinal) into runs, ordinals from (
      select t.run_id, t.ordinal from task_run t
      where t.state = 'ready' and t.inline and t.lane = lanes[1] and t.workspace_id = spaces[1]
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
            where r.state = 'ready' and r.inline and r.lane = g.lane and r.workspace_id = g.workspace_id
            order by r.priority desc, r.due_at, r.run_id, r.ordinal limit wanted) q
        ) b
      ) c
    ) d join task_run t on t.run_id = d.run_id and t.ordinal = d.ordinal
    where t.state = 'ready'
    order by d.rank limit wanted for update of t skip locked
  ) x;
end $$;

-- What limits concern some ready groups, with what of each is taken now. The caller may hold their locks.
-- key: 'pool <workspace> <name>', 'pipeline <id>', 'workspace <id>', 'tag <workspace> <tag>', 'lanes' (backfill and exploratory together).
create function penstock_limits(spaces uuid[], pipelines uuid[], pools text[]) returns table (key text, code text, cap int, used int)
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
    where t.state = 'running' and not t.inline and t.workspace_id = l.workspace_id
      and (l.pipeline_id is null or t.pipeline_id = l.pipeline_id)
      and (l.pool is null or t.pool = l.pool)
      and (l.tag is null or exists (select 1 from pipeline p where p.id = t.pipeline_id and l.tag = any(p.tags)))), 0)
  from limits l
$$;

-- Slots that backfill and exploratory may hold together, and what they hold (semantics 5).
create function penstock_lane_limit(out cap int, out used int) language sql stable as $$
  select greatest(1, s.slots - greatest(1, ceil(0.25 * s.slots)::int)),
    (select count(*)::int from task_run t where t.state = 'running' and not t.inline and t.lane >= 2)
  from (select coalesce(sum(w.slots), 0)::int as slots from worker w
        where 'executor' = any(w.roles) and not w.draining and w.heartbeat_at > clock_timestamp() - interval '1 minute') s
$$;

-- Picks up to `wanted` ready tasks that need a process slot, and locks them. Order: a lane below its tenth of the slot-seconds, lane,
-- virtual time, priority, due. A limit is judged by who takes its lock first; whoever comes second passes it over and says so (crowded).
-- In a pool nobody overtakes a task that needs more slots than are free, so that it gets them.
create function penstock_pick(have text[], wanted int, out runs uuid[], out ordinals int[], out charges real[], out crowded boolean)
language plpgsql as $$
declare
  lanes smallint[]; spaces uuid[]; pipelines uuid[]; gates text[];
  pools text[]; room jsonb := '{}'; late smallint[] := '{}'; contended boolean; l record; c record; k text; fits boolean; keys text[];
begin
  runs := '{}'; ordinals := '{}'; charges := '{}'; crowded := false;
  with recursive g as (
    (select t.lane, t.workspace_id, t.pipeline_id, t.gate from task_run t where t.state = 'ready' and not t.inline
     order by t.lane, t.workspace_id, t.pipeline_id, t.gate limit 1)
    union all
    select n.* from g cross join lateral (
      select t.lane, t.workspace_id, t.pipeline_id, t.gate from task_run t
      where t.state = 'ready' and not t.inline and (t.lane, t.workspace_id, t.pipeline_id, t.gate) > (g.lane, g.workspace_id, g.pipeline_id, g.gate)
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
        where r.state = 'ready' and not r.inline and r.lane = g.lane and r.workspace_id = g.workspace_id and r.pipeline_id = g.pipeline_id and r.gate = g.gate
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

drop function penstock_claim(uuid, text[], int, int, float8);

-- Takes up to inline_limit tasks that need no process and process_limit that do, makes an attempt row for each under a lease, and
-- returns them in the order they were picked.
create function penstock_claim(worker uuid, tags text[], inline_limit int, process_limit int, lease_seconds float8)
returns table (run_id uuid, ordinal int, task_id text, map_index int, workspace_id uuid, pipeline_id uuid, kind text,
  attempt int, retries int, lost_count int, cleared_at_attempt int, run_state text, inline boolean, crowded boolean)
language plpgsql as $$
#variable_conflict use_column
declare
  quick record;
  heavy record;
begin
  if inline_limit > 0 then select * into quick from penstock_pick_inline(inline_limit);
  else select null::uuid[] as runs, null::int[] as ordinals, null::real[] as charges into quick; end if;
  if process_limit > 0 then select * into heavy from penstock_pick(tags, process_limit);
  else select null::uuid[] as runs, null::int[] as ordinals, null::real[] as charges, false as crowded into heavy; end if;
  if heavy.crowded then
    return query select null::uuid, null::int, null::text, null::int, null::uuid, null::uuid, null::text, null::int, null::int, null::int, null::int, null::text, null::boolean, true;
  end if;
  if quick.runs is null and coalesce(cardinality(heavy.runs), 0) = 0 then return; end if;
  return query
  with picked as (
    select u.run_id, u.ordinal, u.charge, u.n from unnest(
      coalesce(quick.runs, '{}') || coalesce(heavy.runs, '{}'), coalesce(quick.ordinals, '{}') || coalesce(heavy.ordinals, '{}'),
      coalesce(quick.charges, array_fill(null::real, array[coalesce(cardinality(quick.runs), 0)])) || coalesce(heavy.charges, '{}')
    ) with ordinality as u(run_id, ordinal, charge, n)
  ), taken as (
    update task_run t
    set state = 'running', attempt = t.attempt + 1, started_at = coalesce(t.started_at, clock_timestamp()),
        reason = null, updated_at = clock_timestamp()
    from picked p where t.run_id = p.run_id and t.ordinal = p.ordinal
    returning t.*, p.charge, p.n
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
  select k.run_id, k.ordinal, k.task_id, k.map_index, k.workspace_id, k.pipeline_id, k.kind, k.attempt, k.retries,
         k.lost_count, k.cleared_at_attempt, r.state, k.inline, false
  from taken k join run r on r.id = k.run_id
  order by k.n;
end $$;

-- penstock_tell and penstock_finish_one of 0006: what they hand over says that it is inline, and inline tasks name no worker tags now.
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
           array_agg(jsonb_build_object('run_id', d.run_id, 'ordinal', d.ordinal, 'task_id', d.task_id, 'map_index', d.map_index,
             'workspace_id', d.workspace_id, 'pipeline_id', d.pipeline_id, 'kind', d.kind, 'attempt', d.attempt, 'retries', d.retries,
             'lost_count', d.lost_count, 'cleared_at_attempt', d.cleared_at_attempt, 'run_state', 'running', 'inline', true)) filter (where d.verdict = 'running')
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

create or replace function penstock_finish_one(item jsonb, worker uuid, hand_limit int, lease_seconds float8) returns jsonb language plpgsql as $$
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
    elsif verdict = 'ready' and hands and t.inline then
      update task_run set n_pending = n_pending - 1, n_succeeded = n_succeeded + 1, state = 'running', attempt = t.attempt + 1,
        ready_at = clock_timestamp(), started_at = coalesce(started_at, clock_timestamp()), updated_at = clock_timestamp()
      where run_id = the_run and ordinal = at;
      insert into attempt (run_id, ordinal, number, worker_id, state, lease_until, claimed_at, started_at)
      values (the_run, at, t.attempt + 1, worker, 'running', clock_timestamp() + make_interval(secs => lease_seconds), clock_timestamp(), clock_timestamp());
      handed := handed || jsonb_build_object('run_id', the_run, 'ordinal', at, 'task_id', t.task_id, 'map_index', t.map_index,
        'workspace_id', t.workspace_id, 'pipeline_id', t.pipeline_id, 'kind', t.kind, 'attempt', t.attempt + 1, 'retries', t.retries,
        'lost_count', t.lost_count, 'cleared_at_attempt', t.cleared_at_attempt, 'run_state', 'running', 'inline', true);
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
  end if;
  if inline_limit > 0 or process_limit > 0 then
    select coalesce(jsonb_agg(to_jsonb(c)) filter (where not c.crowded), '[]'), coalesce(bool_or(c.crowded), false) into more, crowded
    from penstock_claim(worker, tags, inline_limit, process_limit, lease_seconds) c;
    claimed := claimed || more;
  end if;
  return jsonb_build_object('finished', finished - 'handed', 'claimed', claimed, 'crowded', crowded);
end $$;
