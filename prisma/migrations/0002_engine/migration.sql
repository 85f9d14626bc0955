-- The engine's hot statements. Run rows are the queue; finishing a task readies its successors in the same transaction.
-- Lock order: finish, cancel, clear and settle take the run's row first, so all changes inside one run are serial and cannot
-- deadlock. Claim takes ready task rows with SKIP LOCKED and waits for nothing.

alter table run add constraint run_state_known check (state in ('queued','running','succeeded','failed','cancelled'));
alter table task_run add constraint task_run_state_known check (state in ('pending','ready','running','succeeded','failed',
  'up_for_retry','skipped','upstream_failed','cancelled','deferred','awaiting_approval','restored'));
alter table attempt add constraint attempt_state_known check (state in ('dispatching','running','succeeded','failed',
  'cancelled','timed_out','lost','skipped'));

-- Finished rows are in none of these, so history costs a claim nothing.
create index task_run_queue on task_run (inline, lane, priority desc, due_at, run_id, ordinal) where state = 'ready';
create index task_run_retry on task_run (not_before) where state = 'up_for_retry';
create index task_run_undecided on task_run (run_id) where undecided;
create index attempt_lease on attempt (lease_until) where state in ('dispatching', 'running');
create index task_run_fingerprint on task_run (pipeline_id, fingerprint) where fingerprint is not null and state = 'succeeded';
create index run_open on run (workspace_id, created_at) where state in ('queued', 'running');
create index outbox_due on outbox_message (not_before) where delivered_at is null and failed_at is null;

-- The hot rows are updated several times each: leave room for HOT updates on the page.
alter table task_run set (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
alter table attempt set (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
alter table run set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);

-- The trigger rules, generated from lib/runs/trigger-rules.ts (a test compares). p pending, s succeeded, f failed,
-- u upstream_failed, k skipped. The state the task takes, or null to wait.
create function penstock_judge(rule text, p int, s int, f int, u int, k int) returns text
language sql immutable parallel safe as $$
  select
  case when p + s + f + u + k = 0 then 'ready' else case rule
      when 'all_success' then case when f + u > 0 then 'upstream_failed' when p > 0 then null when k > 0 then 'skipped' else 'ready' end
      when 'all_failed' then case when s + k > 0 then 'skipped' when p > 0 then null else 'ready' end
      when 'all_done' then case when p > 0 then null else 'ready' end
      when 'all_done_min_one_success' then case when p > 0 then null when s > 0 then 'ready' when f + u > 0 then 'upstream_failed' else 'skipped' end
      when 'all_skipped' then case when s + f + u > 0 then 'skipped' when p > 0 then null else 'ready' end
      when 'one_success' then case when s > 0 then 'ready' when p > 0 then null when f + u > 0 then 'upstream_failed' else 'skipped' end
      when 'one_failed' then case when f + u > 0 then 'ready' when p > 0 then null else 'skipped' end
      when 'one_done' then case when s + f > 0 then 'ready' when p > 0 then null else 'skipped' end
      when 'none_failed' then case when f + u > 0 then 'upstream_failed' when p > 0 then null else 'ready' end
      when 'none_failed_min_one_success' then case when f + u > 0 then 'upstream_failed' when p > 0 then null when s > 0 then 'ready' else 'skipped' end
      when 'none_skipped' then case when k > 0 then 'skipped' when p > 0 then null else 'ready' end
      when 'always' then 'ready'
    end end
$$;

-- Takes up to inline_limit tasks that need no process and process_limit that do, makes an attempt row for each under a lease,
-- and returns them. Order: lane, priority, due.
create function penstock_claim(worker uuid, tags text[], inline_limit int, process_limit int, lease_seconds float8)
returns table (run_id uuid, ordinal int, task_id text, map_index int, workspace_id uuid, pipeline_id uuid, kind text,
  attempt int, retries int, lost_count int, cleared_at_attempt int, run_state text)
language plpgsql as $$
#variable_conflict use_column
begin
  return query
  with inline as (
    select t.run_id, t.ordinal from task_run t
    where t.state = 'ready' and t.inline and t.worker_tags <@ tags
    order by t.lane, t.priority desc, t.due_at, t.run_id, t.ordinal
    limit inline_limit for update skip locked
  ), process as (
    select t.run_id, t.ordinal from task_run t
    where t.state = 'ready' and not t.inline and t.worker_tags <@ tags
    order by t.lane, t.priority desc, t.due_at, t.run_id, t.ordinal
    limit process_limit for update skip locked
  ), picked as (
    select * from inline union all select * from process
  ), taken as (
    update task_run t
    set state = 'running', attempt = t.attempt + 1, started_at = coalesce(t.started_at, clock_timestamp()),
        reason = null, updated_at = clock_timestamp()
    from picked p where t.run_id = p.run_id and t.ordinal = p.ordinal
    returning t.*
  ), held as (
    insert into attempt (run_id, ordinal, number, worker_id, state, lease_until, claimed_at, started_at)
    select k.run_id, k.ordinal, k.attempt, worker, case when k.inline then 'running' else 'dispatching' end,
           clock_timestamp() + make_interval(secs => lease_seconds), clock_timestamp(),
           case when k.inline then clock_timestamp() end
    from taken k
  )
  select k.run_id, k.ordinal, k.task_id, k.map_index, k.workspace_id, k.pipeline_id, k.kind, k.attempt, k.retries,
         k.lost_count, k.cleared_at_attempt, r.state
  from taken k join run r on r.id = k.run_id
  order by k.lane, k.priority desc, k.due_at, k.run_id, k.ordinal;
end $$;

-- Tells successors that tasks ended: counts them down, applies the rules, and goes on while skips and upstream failures flow.
-- The caller holds the runs' row locks, so pending rows cannot change meanwhile. Parallel arrays: run, ordinal, ending (s f u k).
-- Returns per run how many further tasks became final, how many became ready, and how many wait for a decision in TypeScript.
create function penstock_propagate(runs uuid[], ordinals int[], endings text[])
returns table (run_id uuid, finals int, readied int, undecided int) language plpgsql as $$
#variable_conflict use_column
declare
  final_runs uuid[] := '{}';
  ready_runs uuid[] := '{}';
  open_runs uuid[] := '{}';
  more uuid[];
  open uuid[];
begin
  while coalesce(array_length(runs, 1), 0) > 0 loop
    with told as (
      select e.run_id, d.ordinal, count(*)::int as n,
        (count(*) filter (where e.ending = 's'))::int as s, (count(*) filter (where e.ending = 'f'))::int as f,
        (count(*) filter (where e.ending = 'u'))::int as u, (count(*) filter (where e.ending = 'k'))::int as k
      from unnest(runs, ordinals, endings) as e(run_id, ordinal, ending)
      join task_run t on t.run_id = e.run_id and t.ordinal = e.ordinal
      cross join lateral unnest(t.downstream) as d(ordinal)
      group by e.run_id, d.ordinal
    ), judged as (
      select o.*, case when t.state = 'pending' and not t.decides then
          penstock_judge(t.rule, t.n_pending - o.n, t.n_succeeded + o.s, t.n_failed + o.f, t.n_upstream_failed + o.u,
                         t.n_skipped + o.k) end as verdict
      from told o join task_run t on t.run_id = o.run_id and t.ordinal = o.ordinal
    ), moved as (
      update task_run t set
        n_pending = t.n_pending - j.n, n_succeeded = t.n_succeeded + j.s, n_failed = t.n_failed + j.f,
        n_upstream_failed = t.n_upstream_failed + j.u, n_skipped = t.n_skipped + j.k,
        undecided = t.undecided or (t.decides and t.state = 'pending'),
        state = coalesce(j.verdict, t.state),
        ready_at = case when j.verdict = 'ready' then clock_timestamp() else t.ready_at end,
        finished_at = case when j.verdict in ('skipped', 'upstream_failed') then clock_timestamp() else t.finished_at end,
        updated_at = clock_timestamp()
      from judged j where t.run_id = j.run_id and t.ordinal = j.ordinal
      returning t.run_id, t.ordinal, j.verdict, t.undecided
    )
    select array_agg(m.run_id) filter (where m.verdict <> 'ready'), array_agg(m.ordinal) filter (where m.verdict <> 'ready'),
           array_agg(case m.verdict when 'skipped' then 'k' else 'u' end) filter (where m.verdict <> 'ready'),
           array_agg(m.run_id) filter (where m.verdict = 'ready'), array_agg(m.run_id) filter (where m.undecided)
    into runs, ordinals, endings, more, open
    from moved m where m.verdict is not null or m.undecided;
    final_runs := final_runs || coalesce(runs, '{}');
    ready_runs := ready_runs || coalesce(more, '{}');
    open_runs := open_runs || coalesce(open, '{}');
  end loop;
  return query
    select x.r, (count(*) filter (where x.what = 'final'))::int, (count(*) filter (where x.what = 'ready'))::int,
           (count(*) filter (where x.what = 'open'))::int
    from (select unnest(final_runs) as r, 'final' as what union all select unnest(ready_runs), 'ready'
          union all select unnest(open_runs), 'open') x group by x.r;
end $$;

-- Counts finals off their runs and ends those that have none left. A run with a failure in it is left for the verdict in
-- TypeScript (unjudged). Caller holds the runs' locks.
create function penstock_count_down(runs uuid[], finals int[], out ended jsonb, out unjudged uuid[])
language plpgsql as $$
begin
  with counted as (
    update run r set unfinished = r.unfinished - c.n, updated_at = clock_timestamp(),
      started_at = coalesce(r.started_at, clock_timestamp()),
      state = case when r.state = 'queued' then 'running' else r.state end
    from (select u.id, sum(u.n)::int as n from unnest(runs, finals) as u(id, n) group by u.id) c
    where r.id = c.id
    returning r.id, r.unfinished, r.cancel_requested
  ), verdict as (
    select c.id, case when c.cancel_requested then 'cancelled'
      when exists (select 1 from task_run t where t.run_id = c.id
                   and (t.state in ('upstream_failed', 'cancelled') or (t.state = 'failed' and not t.failure_allowed)))
      then null else 'succeeded' end as state
    from counted c where c.unfinished <= 0
  ), closed as (
    select v.id, v.state from verdict v where v.state is not null
  )
  select coalesce(jsonb_agg(jsonb_build_object('id', v.id, 'state', v.state)) filter (where v.state is not null), '[]'),
         coalesce(array_agg(v.id) filter (where v.state is null), '{}')
  into ended, unjudged from verdict v;
  if jsonb_array_length(ended) > 0 then
    update run r set state = e.state, finished_at = clock_timestamp(), updated_at = clock_timestamp()
    from jsonb_to_recordset(ended) as e(id uuid, state text) where r.id = e.id;
  end if;
end $$;

-- Records attempts' ends, each only if its fence is still the newest and its lease was not taken away; then readies successors
-- and ends runs. One item: {run, ordinal, fence, task, attempt, not_before, spends, lost, output, table_output, error, reason,
-- exit_code, resolved, timings}; task is succeeded | skipped | failed | cancelled | retry.
create function penstock_finish(items jsonb) returns jsonb language plpgsql as $$
#variable_conflict use_column
declare
  runs uuid[]; ordinals int[]; endings text[]; accepted jsonb; flowed record;
  flow_runs uuid[]; flow_finals int[]; readied int; undecided uuid[] := '{}'; counted record;
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
    where a.run_id = i.run and a.ordinal = i.ordinal and a.number = i.fence and a.state in ('dispatching', 'running')
    returning a.run_id, a.ordinal, a.number
  ), settled as (
    update task_run t set
      state = case when i.task <> 'retry' then i.task when r.cancel_requested then 'cancelled'
                   when i.not_before is null then 'ready' else 'up_for_retry' end,
      not_before = i.not_before,
      ready_at = case when i.task = 'retry' and i.not_before is null then clock_timestamp() else t.ready_at end,
      retries = t.retries + case when i.spends then 1 else 0 end,
      lost_count = t.lost_count + case when i.lost then 1 else 0 end,
      finished_at = case when i.task <> 'retry' or r.cancel_requested then clock_timestamp() end,
      output = coalesce(i.output, t.output), table_output = coalesce(i.table_output, t.table_output),
      reason = i.reason, updated_at = clock_timestamp()
    from ended e join item i on i.run = e.run_id and i.ordinal = e.ordinal and i.fence = e.number join run r on r.id = e.run_id
    where t.run_id = e.run_id and t.ordinal = e.ordinal and t.attempt = e.number and t.state = 'running'
    returning t.run_id, t.ordinal, t.attempt, t.state, t.failure_allowed
  )
  select array_agg(s.run_id) filter (where s.state not in ('ready', 'up_for_retry')),
         array_agg(s.ordinal) filter (where s.state not in ('ready', 'up_for_retry')),
         array_agg(case when s.state = 'succeeded' or (s.state = 'failed' and s.failure_allowed) then 's'
                        when s.state = 'skipped' then 'k' else 'f' end) filter (where s.state not in ('ready', 'up_for_retry')),
         coalesce(jsonb_agg(jsonb_build_array(s.run_id, s.ordinal, s.attempt, s.state)), '[]'),
         coalesce((count(*) filter (where s.state = 'ready'))::int, 0)
  into runs, ordinals, endings, accepted, readied from settled s;

  if runs is null then
    return jsonb_build_object('accepted', accepted, 'readied', readied, 'undecided', '[]'::jsonb, 'ended', '[]'::jsonb,
                              'unjudged', '[]'::jsonb);
  end if;
  flow_runs := runs;
  flow_finals := array_fill(1, array[array_length(runs, 1)]);
  for flowed in select * from penstock_propagate(runs, ordinals, endings) loop
    flow_runs := flow_runs || flowed.run_id;
    flow_finals := flow_finals || flowed.finals;
    readied := readied + flowed.readied;
    if flowed.undecided > 0 then undecided := undecided || flowed.run_id; end if;
  end loop;
  select * into counted from penstock_count_down(flow_runs, flow_finals);
  return jsonb_build_object('accepted', accepted, 'readied', readied, 'undecided', to_jsonb(undecided),
                            'ended', counted.ended, 'unjudged', to_jsonb(counted.unjudged));
end $$;

-- Finish and claim in one round trip and one commit: a freed worker gets its next task with the acknowledgement.
create function penstock_step(items jsonb, worker uuid, tags text[], inline_limit int, process_limit int, lease_seconds float8)
-- One plan for all calls: planning anew was about a third of a step (chain of 40: 105 ms before, 71 ms after, least of 12).
returns jsonb language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  finished jsonb;
  claimed jsonb;
begin
  if jsonb_array_length(items) > 0 then finished := penstock_finish(items); end if;
  if inline_limit > 0 or process_limit > 0 then
    select jsonb_agg(to_jsonb(c)) into claimed
    from penstock_claim(worker, tags, inline_limit, process_limit, lease_seconds) c;
  end if;
  return jsonb_build_object('finished', finished, 'claimed', coalesce(claimed, '[]'::jsonb));
end $$;
