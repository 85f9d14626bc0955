import { pipeline, type Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createReadStream } from 'node:fs';
import { isId } from '@/lib/core/ids';
import { AppError, conflict, notFound } from '@/lib/core/errors';
import {
  exportTable,
  previewTable,
  profileTable,
  store,
  type ExportFormat,
  type TableRef,
} from '@/lib/datasets/server';
import type { Preview, Sort, TableProfile } from '@/lib/datasets';
import { auditSearchSchema } from '@/lib/tenancy';
import { createMasker, maskLines, type Masker } from '@/lib/observability/server';
import { listAudit, resolveSecret, secretNames, type Context } from '@/lib/tenancy/server';
import { artifactRows, attemptMoments, type ArtifactRow, type AttemptMoment } from './result-store';
import { runEvents, type RunEventRow } from './pace-store';
import { findTask, getRunSpec, getRunState } from './service';
import { isFinalTask } from './states';

/** The story of a run tells of at most this many attempts. */
const MOMENTS = 5000;

async function tableOfTask(
  ctx: Context,
  runId: string,
  taskId: string,
  mapIndex: number | undefined,
): Promise<TableRef> {
  const { task } = await findTask(ctx, runId, taskId, mapIndex);
  const table = task.table_output as TableRef | null;
  if (table) return table;
  if (!isFinalTask(task.state))
    throw conflict(`Task "${taskId}" has not ended, so its table is not there yet. Wait until it has.`, {
      state: task.state,
    });
  throw new AppError(
    'not_found',
    `Task "${taskId}" gave no table: it ${task.state === 'succeeded' || task.state === 'restored' ? 'makes none of its own' : `ended ${task.state.replaceAll('_', ' ')}`}.`,
  );
}

/** maskerOf hides the secrets that a run's spec names, wherever a task wrote them into its table. */
async function maskerOf(ctx: Context, runId: string): Promise<Masker> {
  const masker = createMasker();
  const text = JSON.stringify(await getRunSpec(ctx, runId));
  const named = [...(await secretNames(ctx.workspaceId))].filter((name) => text.includes(name));
  for (const value of await Promise.all(named.map((name) => resolveSecret(ctx.workspaceId, name)))) if (value !== null) masker.add(value);
  return masker;
}

/**
 * previewOutput reads a page of the table that a task of a run gave.
 * @throws AppError conflict while the task has not ended, not_found when it gave no table
 */
export async function previewOutput(
  ctx: Context,
  runId: string,
  taskId: string,
  page: { limit: number; offset: number; sort: Sort | null; profile: boolean; mapIndex?: number },
): Promise<Preview & { profile?: TableProfile }> {
  const table = await tableOfTask(ctx, runId, taskId, page.mapIndex);
  const [preview, profile, masker] = await Promise.all([previewTable(table, page), page.profile ? profileTable(table) : undefined, maskerOf(ctx, runId)]);
  return { ...preview, rows: masker.json(preview.rows), ...(profile ? { profile: masker.json(profile) } : {}) };
}

/**
 * exportOutput streams the whole table of a task, without the secrets that its run's spec names; `bytes` is null when they were looked
 * for on the way. In Parquet they cannot be hidden.
 * @throws AppError as previewOutput; conflict when the table holds a secret and is asked for as Parquet
 */
export async function exportOutput(
  ctx: Context,
  runId: string,
  taskId: string,
  format: ExportFormat,
  mapIndex?: number,
): Promise<{ stream: Readable; bytes: number | null; type: string }> {
  const table = await tableOfTask(ctx, runId, taskId, mapIndex);
  const masker = await maskerOf(ctx, runId);
  if (!masker.knows()) return exportTable(table, format);
  if (format === 'parquet') {
    if (await holdsSecret(table, masker)) {
      throw conflict(`The table of task "${taskId}" holds a secret that its pipeline names, which Parquet would show. Download it as CSV, where it is hidden, or keep the secret out of the table.`);
    }
    return exportTable(table, format);
  }
  const { stream, type } = await exportTable(table, format);
  return { stream: pipeline(stream, maskLines(masker), () => undefined), bytes: null, type };
}

/** holdsSecret tells whether a masker would hide something of a table. */
async function holdsSecret(table: TableRef, masker: Masker): Promise<boolean> {
  let found = false;
  const { stream } = await exportTable(table, 'csv');
  await finished(stream.pipe(maskLines(masker, () => (found = true))).resume());
  return found;
}

export type ArtifactView = Omit<ArtifactRow, 'key'>;

/** listArtifacts gives the files that a task's attempts kept, oldest first. */
export async function listArtifacts(
  ctx: Context,
  runId: string,
  taskId: string,
  mapIndex?: number,
): Promise<ArtifactView[]> {
  const { task } = await findTask(ctx, runId, taskId, mapIndex);
  return (await artifactRows(runId, task.ordinal)).map(({ key: _key, ...view }) => view);
}

/** openArtifact streams one artifact's bytes. @throws AppError not_found */
export async function openArtifact(
  ctx: Context,
  runId: string,
  taskId: string,
  artifactId: string,
): Promise<{ stream: Readable; bytes: number; type: string; name: string }> {
  const { task } = await findTask(ctx, runId, taskId);
  const found = isId(artifactId)
    ? (await artifactRows(runId, task.ordinal)).find(({ id }) => id === artifactId)
    : undefined;
  if (!found) throw notFound('artifact of this task', artifactId);
  // never a type that a browser would run in our origin
  return {
    stream: createReadStream(await store().get(found.key)),
    bytes: found.bytes,
    type: 'application/octet-stream',
    name: found.name,
  };
}

export type RunStory = {
  attempts: AttemptMoment[];
  /** tasks that stalled or resumed */
  events: RunEventRow[];
  acts: { id: string; at: Date; actor: string; verb: string; before: unknown; after: unknown }[];
};

/** runStory gives what happened in a run beside its own times: its attempts, its tasks' stalls, and what people did to it, oldest first. */
export async function runStory(ctx: Context, runId: string): Promise<RunStory> {
  await getRunState(ctx, runId);
  const [attempts, events, audit] = await Promise.all([
    attemptMoments(runId, MOMENTS),
    runEvents(runId, MOMENTS),
    listAudit(ctx, auditSearchSchema.parse({ target: runId, limit: 200 })),
  ]);
  const acts = audit.items.filter((row) => row.targetId === runId).reverse();
  return {
    attempts,
    events,
    acts: acts.map(({ id, at, actor, verb, before, after }) => ({
      id,
      at,
      actor: actor.name,
      verb,
      before,
      after,
    })),
  };
}
