import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { invalid, notFound } from '@/lib/core/errors';
import { type Json, type JsonObject } from '@/lib/core/json';
import { prisma } from '@/lib/db/client';
import { store, type TableRef } from '@/lib/datasets/server';
import { didYouMean } from '@/lib/core/suggest';
import { compile, specSchema, structureProblems, taskSchema, type DraftSpec, type Plan, type Spec } from '@/lib/pipeline';
import { authorize, type Context } from '@/lib/tenancy/server';
import { insertTry, type Restored } from './create';
import { refuseWhenDiskFull } from './disk';
import { resolveParams } from './resolve-params';
import { fingerprinted, type RunRow } from './store';
import { ancestors } from './reset';

/** Rows of each source that a try looks at, unless it says otherwise. */
const SAMPLE_ROWS = 100_000;

export type TryRequest = { pipelineSlug: string; spec: DraftSpec; taskId: string; upTo?: boolean; sampleRows?: number; params?: JsonObject };

/**
 * createTry runs one task of a draft on a sample, with what it needs before it: results of earlier tries whose code, params and
 * inputs were the same are taken over, unless `upTo` asks to run everything up to here anew. Nothing is published or written.
 * @throws AppError not_found (pipeline, task), invalid (this part of the draft is not finished, params)
 */
export async function createTry(ctx: Context, request: TryRequest): Promise<RunRow> {
  authorize(ctx, 'run:write');
  await refuseWhenDiskFull();
  const pipeline = await prisma().pipeline.findUnique({
    where: { workspaceId_slug: { workspaceId: ctx.workspaceId, slug: request.pipelineSlug } },
    select: { id: true, slug: true },
  });
  if (!pipeline) throw notFound('pipeline', request.pipelineSlug);
  const spec = tryPart(request.spec, request.taskId);
  const plan = compile(spec);
  const { values, issues } = resolveParams(spec.params, request.params ?? {});
  if (issues.length > 0) throw invalid(issues.map((i) => i.message).join(' '), issues);
  const sampleRows = request.sampleRows ?? SAMPLE_ROWS;
  const fingerprints = fingerprintsOf(spec, plan, values, sampleRows, await fileStamps(ctx.workspaceId, spec));
  const restore = request.upTo ? new Map<string, Restored>() : await reusable(pipeline.id, plan, fingerprints, request.taskId);
  return insertTry(ctx, {
    pipeline,
    spec,
    plan,
    params: values,
    options: { taskId: request.taskId, upTo: request.upTo ?? false, sampleRows },
    restore,
    fingerprints,
  });
}

/** tryPart cuts a draft down to a task and everything before it, and requires only that part to be complete. */
function tryPart(draft: DraftSpec, taskId: string): Spec {
  const target = draft.tasks.find((t) => t.id === taskId);
  if (!target) {
    const message = `There is no task "${taskId}" in this draft.${didYouMean(taskId, draft.tasks.map((t) => t.id))}`;
    throw invalid(message, [{ path: 'taskId', message, value: taskId }]);
  }
  const keep = new Set([taskId]);
  for (let grew = true; grew; ) {
    const before = keep.size;
    for (const edge of draft.edges) if (keep.has(edge.to)) keep.add(edge.from);
    grew = keep.size > before;
  }
  const part = {
    ...draft,
    tasks: draft.tasks.filter((t) => keep.has(t.id)).map(({ writes: _writes, ...task }) => task),
    edges: draft.edges.filter((e) => keep.has(e.from) && keep.has(e.to)),
    triggers: [],
    settings: {},
  };
  const parsed = specSchema.safeParse(part);
  if (parsed.success) return parsed.data;
  const kept = draft.tasks.filter((t) => keep.has(t.id));
  const issues = structureProblems(specSchema, part, []).map(({ path, message }) => {
    const at = kept[Number(/^tasks\[(\d+)\]/.exec(path)?.[1] ?? -1)];
    return at ? { path: path.replace(/^tasks\[\d+\]/, `tasks[${draft.tasks.indexOf(at)}]`), message: `${at.name ?? at.id}: ${message}` } : { path, message };
  });
  throw invalid(`This part of the draft is not finished. ${issues[0]?.message ?? ''}`.trim(), issues);
}

/** What a source's file is now: a changed file is another input. */
async function fileStamps(workspaceId: string, spec: Spec): Promise<Map<string, string>> {
  const paths = spec.tasks.flatMap((t) => (t.kind === 'source' && t.config.path ? [t.config.path] : []));
  if (paths.length === 0) return new Map();
  const rows = await prisma().workspaceFile.findMany({ where: { workspaceId, path: { in: paths } }, select: { path: true, sha256: true } });
  return new Map(rows.map((r) => [r.path, r.sha256]));
}

/** fingerprintsOf gives each task the hash of everything its result depends on, its upstreams' fingerprints included. */
function fingerprintsOf(spec: Spec, plan: Plan, params: JsonObject, sampleRows: number, files: Map<string, string>): Map<string, string> {
  const result = new Map<string, string>();
  for (const planned of plan.tasks) {
    const task = taskSchema.parse(spec.tasks.find((t) => t.id === planned.taskId));
    const { name: _name, description: _description, ...rest } = task;
    const file = task.kind === 'source' && task.config.path ? (files.get(task.config.path) ?? null) : null;
    const incoming = spec.edges.filter((e) => e.to === task.id).map((e) => ({ ...e, from: result.get(e.from) }));
    const text = canonicalize({ rest, params, sampleRows, file, incoming: incoming as unknown as Json });
    result.set(task.id, createHash('sha256').update(text ?? '').digest('hex'));
  }
  return result;
}

/** Results of earlier tries that can be taken over: same fingerprint, all upstreams taken over too, files still there. */
async function reusable(pipelineId: string, plan: Plan, fingerprints: Map<string, string>, taskId: string): Promise<Map<string, Restored>> {
  const target = plan.tasks.find((t) => t.taskId === taskId)!;
  const before = ancestors(plan.tasks, [target.ordinal]);
  before.delete(target.ordinal);
  const rows = await fingerprinted(pipelineId, [...before].map((o) => fingerprints.get(plan.tasks[o]!.taskId)!));
  const found = new Map(rows.map((r) => [r.fingerprint, r]));
  const restore = new Map<string, Restored>();
  for (const ordinal of [...before].sort((a, b) => a - b)) {
    const { taskId: id, upstream } = plan.tasks[ordinal]!;
    const row = found.get(fingerprints.get(id)!);
    if (!row || upstream.some((up) => !restore.has(plan.tasks[up]!.taskId)) || !(await filesAreThere(row.table_output))) continue;
    restore.set(id, {
      output: row.output,
      tableOutput: row.table_output,
      fingerprint: row.fingerprint,
      from: { runId: row.run_id, attempt: row.attempt, at: row.finished_at?.toISOString() ?? null },
    });
  }
  return restore;
}

/** filesAreThere tells whether the store still has every file of a table. */
export async function filesAreThere(table: Json): Promise<boolean> {
  const files = (table as unknown as TableRef | null)?.files ?? [];
  const stats = await Promise.all(files.map((key) => store().stat(key)));
  return stats.every((s) => s !== null);
}
