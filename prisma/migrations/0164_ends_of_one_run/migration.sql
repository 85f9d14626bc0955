-- penstock_finish_plain of 0160, with a short way for ends of one run that leave nothing: their rows are found by one walk over the keys.
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
  if exits is null and runs[1] = all(runs) and fences[1] = all(fences) then
    -- by one walk over the keys in place of one for each
    with ended as (
      update attempt a set state = 'succeeded', finished_at = clock_timestamp(), lease_until = null, started_at = coalesce(a.started_at, a.claimed_at)
      where a.run_id = runs[1] and a.ordinal = any(places) and a.number = fences[1] and a.lease_until is not null
      returning a.ordinal
    ), settled as (
      update task_run t set state = 'succeeded', not_before = null, finished_at = clock_timestamp(), reason = null, updated_at = clock_timestamp()
      where t.run_id = runs[1] and t.ordinal = any((select array_agg(e.ordinal) from ended e)::int[]) and t.attempt = fences[1] and t.state = 'running'
      returning t.ordinal, t.downstream
    )
    select (select array_agg(s.ordinal) from settled s), (select array_agg(d.ordinal) from settled s cross join lateral unnest(s.downstream) as d(ordinal))
    into done, told;
    done_runs := array_fill(runs[1], array[coalesce(cardinality(done), 0)]);
    told_runs := array_fill(runs[1], array[coalesce(cardinality(told), 0)]);
  else
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
  end if;
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
