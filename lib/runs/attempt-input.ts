import os from 'node:os';
import { type Scope } from '@/lib/core/expressions';
import { type Json, type JsonObject } from '@/lib/core/json';
import { readsDatasets, readTables, type Column, type TableRef } from '@/lib/datasets/server';
import { type ClaimedTask } from '@/lib/dispatch/server';
import { inputTables, type InputTable, type Plan, type Spec, type StallPolicy, type Task } from '@/lib/pipeline';
import { resumePoint, waitingSince } from './attempt-store';
import { partItem } from './map-store';
import { compiledRun } from './plan-cache';
import { runFacts, type RunFacts } from './run-facts';
import { paramTypes } from './scope';
import { endingOf } from './states';
import { findWorkspaceSlug, lastGoodTable, lastSchema, pinnedReads, taskRowsAt, type TaskRow } from './store';

/** Memory of an attempt that does not say how much it needs, in MB: a share of the machine, within reason. */
const DEFAULT_MEMORY_MB = Math.min(4096, Math.max(512, Math.floor(os.totalmem() / 1024 / 1024 / 6)));
/** DuckDB threads of one attempt. */
const THREADS = Math.max(1, Math.floor(os.cpus().length / 2));
/** An attempt that does not say how long it may take is stopped after a day, in seconds. */
const DEFAULT_TIMEOUT_SECONDS = 86_400;

/** Everything an attempt needs, read from rows: the executor's AttemptInput. */
export type AttemptWork = {
  workspaceId: string;
  workspaceSlug: string;
  runId: string;
  ordinal: number;
  taskId: string;
  mapIndex: number;
  /** of a mapped task's own row: how many parts its list has; null before it is made */
  mapCount: number | null;
  /** the item of a part */
  item?: Json;
  attempt: number;
  pipelineSlug: string;
  task: Task;
  params: JsonObject;
  paramTypes: NonNullable<Scope['paramTypes']>;
  run: { id: string; pipeline: string; version: number | null; logicalDate: Date | null; intervalStart: Date | null; intervalEnd: Date | null };
  inputs: { name: string; from: string; table: TableRef }[];
  reads: { name: string; table: TableRef }[];
  upstream: Record<string, { state: string; output: Json }>;
  runCreatedAt: Date;
  waitingSince: Date;
  checkpoint: Json | null;
  external: Json | null;
  limits: { memoryMb: number; threads: number; timeoutSeconds: number };
  sampleRows: number | null;
  /** after how much silence it is called stalled, and what happens then */
  stalled: StallPolicy;
};

type Indexed = { tasks: Map<string, Task>; planned: Map<string, Plan['tasks'][number]>; inputs: Map<string, InputTable[]>; paramTypes: AttemptWork['paramTypes'] };

const indexes = new WeakMap<Plan, Indexed>();

/** A pipeline's tasks by id, so that an attempt of a large one looks none of the others up. */
function indexed({ spec, plan }: { spec: Spec; plan: Plan }): Indexed {
  let known = indexes.get(plan);
  if (!known) {
    known = { tasks: new Map(spec.tasks.map((t) => [t.id, t])), planned: new Map(plan.tasks.map((t) => [t.taskId, t])), inputs: inputTables(spec), paramTypes: paramTypes(spec) };
    indexes.set(plan, known);
  }
  return known;
}

/**
 * attemptInput gathers what a claimed task needs. A skipped or failed upstream gives an empty table with its last good schema.
 * @throws Error with a sentence when an upstream has no table and never had one, or a dataset has no good version
 */
export async function attemptInput(claimed: ClaimedTask): Promise<{ work: AttemptWork; run: RunFacts; spec: Spec }> {
  const run = await runFacts(claimed.run_id);
  if (!run) throw new Error('The run of this attempt is gone.');
  const compiled = await compiledRun(run);
  const { spec } = compiled;
  const { tasks, planned: places, inputs: tables, paramTypes: types } = indexed(compiled);
  const task = tasks.get(claimed.task_id);
  if (!task) throw new Error(`The pipeline has no task "${claimed.task_id}" any more.`);
  const incoming = tables.get(task.id) ?? [];
  const providers = incoming.map((i) => places.get(i.from)!.ordinal);
  const planned = places.get(task.id)!;
  // one that depends on nothing needs no row
  const rows = await taskRowsAt(run.id, [...new Set([...(claimed.kind === 'map' ? [planned.ordinal] : []), ...providers, ...planned.upstream])]);
  const byOrdinal = new Map(rows.map((r) => [r.ordinal, r]));
  const inputs: AttemptWork['inputs'] = [];
  for (const [i, input] of incoming.entries()) {
    const table = await tableOf(run, byOrdinal.get(providers[i]!)!);
    if (table) inputs.push({ name: input.name, from: input.from, table });
  }
  const interval = run.interval_start && run.interval_end ? { start: run.interval_start, end: run.interval_end } : null;
  const resume = claimed.attempt > claimed.cleared_at_attempt + 1 ? await resumePoint(run.id, claimed.ordinal, claimed.cleared_at_attempt) : null;
  const options = run.try_options as { sampleRows?: number } | null;
  return {
    run,
    spec,
    work: {
      workspaceId: run.workspace_id,
      workspaceSlug: await workspaceSlug(run.workspace_id),
      runId: run.id,
      ordinal: claimed.ordinal,
      taskId: claimed.task_id,
      mapIndex: claimed.map_index,
      mapCount: byOrdinal.get(planned.ordinal)?.map_count ?? null,
      ...(claimed.map_index < 0 ? {} : { item: await partItem(run.id, claimed.ordinal) }),
      attempt: claimed.attempt,
      pipelineSlug: run.pipeline_slug,
      task,
      params: run.params,
      paramTypes: types,
      run: {
        id: run.id,
        pipeline: run.pipeline_slug,
        version: run.version_number,
        logicalDate: run.logical_date,
        intervalStart: run.interval_start,
        intervalEnd: run.interval_end,
      },
      inputs,
      reads: task.kind !== 'sensor' && readsDatasets(task) ? await readTables(run.workspace_id, await pinnedReads(run.id), task, interval) : [],
      upstream: Object.fromEntries(
        planned.upstream.map((up) => {
          const row = byOrdinal.get(up)!;
          return [row.task_id, { state: row.state, output: row.output }];
        }),
      ),
      runCreatedAt: run.created_at,
      waitingSince: task.kind === 'sensor' ? await waitingSince(run.id, claimed.ordinal, claimed.cleared_at_attempt) : run.created_at,
      checkpoint: resume?.checkpoint ?? null,
      external: resume?.external ?? null,
      limits: {
        memoryMb: task.memoryMb ?? DEFAULT_MEMORY_MB,
        threads: THREADS,
        timeoutSeconds: task.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS,
      },
      sampleRows: options?.sampleRows ?? null,
      stalled: planned.stalled,
    },
  };
}

const slugs = new Map<string, Promise<string>>();

/** A workspace's slug never changes, so it is asked once a process. */
function workspaceSlug(id: string): Promise<string> {
  let slug = slugs.get(id);
  if (!slug) {
    slug = findWorkspaceSlug(id);
    slugs.set(id, slug);
    slug.catch(() => slugs.delete(id));
  }
  return slug;
}

/** The table that a provider gives: its own, the last good one when a person marked it succeeded, else an empty one with the schema it had last. */
async function tableOf(run: RunFacts, row: TaskRow): Promise<TableRef | null> {
  if (endingOf(row.state) === 's' && row.table_output) return row.table_output as unknown as TableRef;
  if (row.state === 'succeeded' && row.marked) {
    const good = (await lastGoodTable(run.pipeline_id, row.task_id)) as unknown as TableRef | null;
    if (good) return good;
  }
  const schema = (await lastSchema(run.pipeline_id, row.task_id)) as Column[] | null;
  if (schema) return { files: [], schema, rowCount: 0, bytes: 0 };
  // it succeeded and simply makes no table (a script that only acts)
  if (endingOf(row.state) === 's') return null;
  throw new Error(
    `Upstream "${row.task_id}" ended ${row.state.replace('_', ' ')} and never gave a table before, so its columns are not known. Run it once, or make this task depend on it for order only.`,
  );
}
