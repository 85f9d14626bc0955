-- Floods: what 5,000 tasks cost as they are written and as they are made ready.

-- A task's row is made only by statements that make or hold its run's, so asking for that row again at every insert proves nothing; it was
-- a fifth of the insert. What the key did for deletes a trigger does, as for attempts (0121).
alter table task_run drop constraint task_run_run_id_fkey;

create function penstock_delete_tasks() returns trigger language plpgsql as $$
begin
  delete from task_run where run_id = old.id;
  return null;
end $$;
create trigger run_tasks after delete on run for each row execute function penstock_delete_tasks();

-- penstock_tell of 0123, with a short way for many successes.
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
  readied_runs uuid[] := '{}';
begin
  -- many that one success each makes ready: few columns, no verdict to look up, and only keys are kept of them
  if worker is null and array_length(told, 1) > 50 and 's' = all(endings) then
    with moved as (
      update task_run t set n_pending = 0, n_succeeded = t.n_succeeded + 1, state = 'ready', ready_at = clock_timestamp(), updated_at = clock_timestamp()
      from (select u.run_id, u.ordinal from unnest(runs, told) as u(run_id, ordinal) group by u.run_id, u.ordinal having count(*) = 1) g
      where t.run_id = g.run_id and t.ordinal = g.ordinal and t.state = 'pending' and not t.decides and t.n_pending = 1
        and t.n_failed + t.n_upstream_failed + t.n_skipped = 0 and t.rule <> all('{all_failed,all_skipped,one_failed}')
      returning t.run_id, t.ordinal
    )
    select (select array_agg(m.run_id) from moved m), array_agg(u.run_id), array_agg(u.ordinal) into readied_runs, runs, told
    from unnest(runs, told) as u(run_id, ordinal) where (u.run_id, u.ordinal) not in (select m.run_id, m.ordinal from moved m);
    endings := array_fill('s'::text, array[coalesce(array_length(told, 1), 0)]);
  end if;
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
    from unnest(touched_runs, touched) as x(run_id, verdict) group by x.run_id
    union all
    select y.run_id, 0, count(*)::int, 0, '[]'::jsonb from unnest(readied_runs) as y(run_id) group by y.run_id;
end $$;
