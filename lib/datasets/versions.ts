import { AppError, conflict } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids';
import { notify } from '@/lib/db/notify';
import { type Sql } from '@/lib/db/sql';
import { inTransaction, type Tx } from '@/lib/db/transaction';
import { type Check, type Spec, type Task } from '@/lib/pipeline';
import { filesInWindow, nextManifest, type Interval, type ManifestFile, type WriteMode } from './manifest';
import * as rows from './store';
import { store } from './storage';
import { type Column, type TableRef } from './table-ref';

/** Files that lie where a version's own files lie, before the version is recorded. */
export type PlacedFiles = { versionId: string; files: { path: string; rows: number; bytes: number }[] };

/** What a task's output becomes when the task writes a dataset. */
export type Staging = {
  workspaceId: string;
  dataset: string;
  mode: WriteMode;
  table: TableRef;
  /** what placeFiles gave for the table */
  placed: PlacedFiles;
  runId: string;
  taskId: string;
  attempt: number;
  pipelineSlug: string;
  interval: Interval | null;
  now: Date;
};

/** writeOf reads a task's `writes` in its two forms; null when it writes no dataset. */
export function writeOf(task: Pick<Task, 'writes'>): { dataset: string; mode: WriteMode } | null {
  if (task.writes === undefined) return null;
  return typeof task.writes === 'string' ? { dataset: task.writes, mode: 'replace' } : { dataset: task.writes.dataset, mode: task.writes.mode ?? 'replace' };
}

/**
 * placeFiles gives an output's files names of the dataset's own, so that they outlive the run's outputs. It is called before the
 * transaction of stageVersion, since the store may be far away; doing it again with the same id changes nothing.
 */
export async function placeFiles(workspaceId: string, dataset: string, table: TableRef, versionId = newId()): Promise<PlacedFiles> {
  const files: PlacedFiles['files'] = [];
  for (const [i, from] of table.files.entries()) {
    const path = `datasets/${workspaceId}/${dataset}/${versionId}/part-${i}.parquet`;
    await store().link(from, path);
    const stat = await store().stat(path);
    files.push({ path, rows: i === 0 ? table.rowCount : 0, bytes: stat?.bytes ?? 0 });
  }
  return { versionId, files };
}

/** withdrawFiles takes placed files away again, unless a version of them was recorded after all. */
export async function withdrawFiles(workspaceId: string, { versionId, files }: PlacedFiles): Promise<void> {
  if ((await rows.versionsByIds(workspaceId, [versionId])).length === 0) await store().delete(...files.map(({ path }) => path));
}

/** stageVersion makes a version of a dataset that nobody reads yet: its checks come first. */
export async function stageVersion(tx: Tx, staging: Staging): Promise<{ versionId: string; number: number }> {
  const { versionId: id, files } = staging.placed;
  const dataset = await rows.ensureDataset(tx, staging.workspaceId, staging.dataset, staging.now);
  const number = (await rows.maxNumber(tx, dataset.id)) + 1;
  await rows.insertVersion(tx, {
    id,
    workspaceId: staging.workspaceId,
    datasetId: dataset.id,
    number,
    mode: staging.mode,
    files,
    schema: staging.table.schema,
    rowCount: staging.table.rowCount,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    runId: staging.runId,
    taskId: staging.taskId,
    attempt: staging.attempt,
    pipelineSlug: staging.pipelineSlug,
    interval: staging.interval,
    createdAt: staging.now,
  });
  await rows.attachResults(tx, staging.workspaceId, { runId: staging.runId, taskId: staging.taskId, attempt: staging.attempt, versionId: id });
  return { versionId: id, number };
}

/** How a staged version ends. */
export type Settlement = { state: 'good' } | { state: 'quarantined'; reason: string };

export type Settled = { versionId: string; dataset: string; number: number; state: 'good' | 'quarantined'; schemaChanged: boolean };

/**
 * settleVersion makes a staged version good, on top of what is newest at this moment, or holds it back. It works under the
 * dataset's row lock, so versions settle one after the other. Settling twice changes nothing. Call `announceVersion` after
 * the commit. A version that does not fit on what is there (an interval that would cut a file, or none at all) is held back
 * too, with the reason.
 */
export async function settleVersion(tx: Tx, workspaceId: string, versionId: string, settlement: Settlement, now: Date): Promise<Settled | null> {
  const dataset = await rows.lockDatasetOf(tx, workspaceId, versionId);
  const version = dataset && (await rows.versionById(tx, workspaceId, versionId));
  if (!dataset || !version) return null;
  const told = { versionId, dataset: dataset.name, number: version.number, schemaChanged: false };
  if (version.state !== 'staged') return version.state === 'good' || version.state === 'quarantined' ? { ...told, state: version.state } : null;
  if (settlement.state === 'quarantined') {
    await rows.markQuarantined(tx, versionId, settlement.reason, now);
    return { ...told, state: 'quarantined' };
  }
  try {
    return await publishVersion(tx, { ...version, dataset }, { now, reason: null, releasedBy: null });
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'conflict')) throw error;
    await rows.markQuarantined(tx, versionId, error.message, now);
    return { ...told, state: 'quarantined' };
  }
}

type Held = NonNullable<Awaited<ReturnType<typeof rows.versionById>>>;

/**
 * publishVersion puts a version's files on top of the newest good ones. The caller holds the dataset's lock.
 * @throws AppError conflict, before it changed anything, when the version does not fit on them
 */
export async function publishVersion(
  tx: Tx,
  version: Omit<Held, 'dataset'> & { dataset: { id: string; name: string; currentVersion: number | null } },
  given: { now: Date; reason: string | null; releasedBy: string | null },
): Promise<Settled> {
  const { dataset } = version;
  const current = await rows.currentFiles(tx, dataset.id, dataset.currentVersion);
  const own = version.manifest as ManifestFile[];
  const next = nextManifest(current.files, {
    mode: version.mode as WriteMode,
    versionId: version.id,
    runId: version.runId,
    taskId: version.taskId,
    interval: version.intervalStart && version.intervalEnd ? { start: version.intervalStart, end: version.intervalEnd } : null,
    files: own.map(({ path, rows: count, bytes }) => ({ path, rows: count, bytes })),
  });
  if (!next.ok) throw conflict(`Dataset "${dataset.name}" was not written. ${next.message}`);
  const schema = next.files.length > own.length ? unionSchema(current.schema, version.schema as Column[]) : (version.schema as Column[]);
  // a version that waited longer than a later one is the newest all the same
  const number = (dataset.currentVersion ?? 0) > version.number ? (await rows.maxNumber(tx, dataset.id)) + 1 : version.number;
  await rows.markGood(tx, { id: version.id, datasetId: dataset.id }, {
    number,
    files: next.files,
    schema,
    rowCount: next.files.reduce((sum, file) => sum + file.rows, 0),
    bytes: next.files.reduce((sum, file) => sum + file.bytes, 0),
    ...given,
  });
  const schemaChanged = dataset.currentVersion !== null && JSON.stringify(current.schema) !== JSON.stringify(schema);
  return { versionId: version.id, dataset: dataset.name, number, state: 'good', schemaChanged };
}

/** unionSchema is what a reader sees of old and new files together: all columns by name, the newer type where they differ. */
export function unionSchema(older: Column[], newer: Column[]): Column[] {
  const types = new Map(newer.map((column) => [column.name, column]));
  const known = new Set(older.map((column) => column.name));
  return [...older.map((column) => types.get(column.name) ?? column), ...newer.filter((column) => !known.has(column.name))];
}

/** announceVersion hints at a settled version to whoever listens. Call it after the commit. */
export function announceVersion(workspaceId: string, settled: Pick<Settled, 'dataset'>): void {
  notify({ topic: 'dataset', id: settled.dataset, workspaceId });
}

/** readNames lists the datasets that a spec's tasks read, by `reads` or as a source. */
export function readNames(spec: Pick<Spec, 'tasks'>): string[] {
  const names = spec.tasks.flatMap((task) => [
    ...(task.reads ?? []).map((read) => (typeof read === 'string' ? read : read.dataset)),
    ...(task.kind === 'source' && task.config.dataset ? [task.config.dataset] : []),
  ]);
  return [...new Set(names)];
}

/**
 * pinReads fixes, at a run's creation, which version of each dataset it reads.
 * @returns version id by dataset name; null where there is no good version yet
 */
export async function pinReads(tx: Sql, workspaceId: string, spec: Pick<Spec, 'tasks'>, _interval: Interval | null): Promise<Record<string, string | null>> {
  const names = readNames(spec);
  if (names.length === 0) return {};
  const found = await rows.currentVersions(tx, workspaceId, names);
  return Object.fromEntries(names.map((name) => [name, found.get(name) ?? null]));
}

/** readsDatasets tells whether readTables gives a task anything. */
export const readsDatasets = (task: Task): boolean => (task.reads?.length ?? 0) > 0 || (task.kind === 'source' && Boolean(task.config.dataset));

/**
 * readTables gives the tables of a task's `reads` (a source's dataset included, under the dataset's name).
 * @param pinned version id by dataset name, from pinReads
 * @throws AppError unavailable when a dataset had no good version when the run was created
 */
export async function readTables(workspaceId: string, pinned: Record<string, string | null>, task: Task, interval: Interval | null): Promise<{ name: string; table: TableRef }[]> {
  const wanted = (task.reads ?? []).map((read) => (typeof read === 'string' ? { dataset: read, as: read, window: 'all' as const } : { dataset: read.dataset, as: read.as ?? read.dataset, window: read.window ?? ('all' as const) }));
  if (task.kind === 'source' && task.config.dataset) wanted.push({ dataset: task.config.dataset, as: task.config.dataset, window: 'all' });
  if (wanted.length === 0) return [];
  const ids = wanted.map(({ dataset }) => pinned[dataset] ?? null);
  const found = new Map((await rows.versionsByIds(workspaceId, ids.filter((id) => id !== null))).map((row) => [row.id, row]));
  return wanted.map(({ dataset, as, window }, i) => {
    const row = found.get(ids[i] ?? '');
    if (!row) throw new AppError('unavailable', `Dataset "${dataset}" had no good version when this run was created. Run the pipeline that writes it first.`);
    return { name: as, table: tableOf({ manifest: filesInWindow(row.manifest as ManifestFile[], window, interval), schema: row.schema as Column[] }) };
  });
}

/** readsNow gives the tables of a task's `reads` as they are at this moment: a sensor looks at the world, not at what its run pinned. */
export async function readsNow(workspaceId: string, task: Task, run: { intervalStart: Date | null; intervalEnd: Date | null }): Promise<{ name: string; table: TableRef }[]> {
  const interval = run.intervalStart && run.intervalEnd ? { start: run.intervalStart, end: run.intervalEnd } : null;
  const pinned = await inTransaction((tx) => pinReads(tx, workspaceId, { tasks: [task] }, interval));
  return readTables(workspaceId, pinned, task, interval);
}

/** newestGood is a dataset's newest good version: its number and when it became good; null when there is none. */
export const newestGood = (workspaceId: string, dataset: string): Promise<{ number: number; settledAt: Date } | null> => rows.newestGood(workspaceId, dataset);

/** tableOf is a version's files as one table. */
export function tableOf(version: { manifest: ManifestFile[]; schema: Column[] }): TableRef {
  return {
    files: version.manifest.map((file) => file.path),
    schema: version.schema,
    rowCount: version.manifest.reduce((sum, file) => sum + file.rows, 0),
    bytes: version.manifest.reduce((sum, file) => sum + file.bytes, 0),
  };
}

/** A dataset that is held back by a check. */
export type Hold = { dataset: string; version: number; text: string };

/**
 * holdsOn says which of the named datasets are held: their newest version is quarantined, so runs that need them wait
 * (semantics §7) until a passing version or a release.
 */
export async function holdsOn(tx: Sql, workspaceId: string, names: string[]): Promise<Hold[]> {
  if (names.length === 0) return [];
  const found = await rows.newestQuarantines(tx, workspaceId, names);
  return found.map((each) => ({
    dataset: each.dataset,
    version: each.version,
    text: `Held by a check of dataset "${each.dataset}": version ${each.version} is quarantined${each.reason ? ` (${each.reason})` : ''}. It goes on with the next passing version, or when a person releases this one.`,
  }));
}

/** checksOfDataset lists the checks that stand on a dataset itself. */
export async function checksOfDataset(workspaceId: string, name: string): Promise<Check[]> {
  const dataset = await rows.datasetByName(workspaceId, name);
  return (dataset?.checks as Check[] | undefined) ?? [];
}

/** recordChecks stores what checks found, in the transaction that acts on it. */
export const recordChecks = rows.insertCheckResults;
