import { findRun, type RunRow } from './store';

/** What never changes about a run. Of `trigger_kind` only whether it is a try: a run that is started again may be given another. */
export type RunFacts = Pick<
  RunRow,
  | 'id' | 'workspace_id' | 'pipeline_id' | 'pipeline_slug' | 'version_id' | 'version_number' | 'try_spec' | 'try_options' | 'trigger_kind'
  | 'params' | 'logical_date' | 'interval_start' | 'interval_end' | 'part' | 'created_at'
>;

/** Runs whose facts stay in memory: each attempt of a run asks for them. */
const KEPT = 100;
const known = new Map<string, Promise<RunFacts | null>>();

/** runFacts gives what never changes about a run, read once a process; null when there is no such run. */
export function runFacts(id: string): Promise<RunFacts | null> {
  const kept = known.get(id);
  if (kept) return kept;
  const reading = findRun(id, null).then((row) => row && factsOf(row));
  known.set(id, reading);
  reading.then(
    (facts) => facts ?? known.delete(id),
    () => known.delete(id),
  );
  if (known.size > KEPT) known.delete(known.keys().next().value!);
  return reading;
}

function factsOf(row: RunRow): RunFacts {
  const { id, workspace_id, pipeline_id, pipeline_slug, version_id, version_number, try_spec, try_options, trigger_kind, params, logical_date, interval_start, interval_end, part, created_at } = row;
  return { id, workspace_id, pipeline_id, pipeline_slug, version_id, version_number, try_spec, try_options, trigger_kind, params, logical_date, interval_start, interval_end, part, created_at };
}
