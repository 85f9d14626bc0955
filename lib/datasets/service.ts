import { type Readable } from 'node:stream';
import { conflict, invalid, notFound } from '@/lib/core/errors';
import { isId } from '@/lib/core/ids';
import { inTransaction } from '@/lib/db/transaction';
import { checkSchema, type Check } from '@/lib/pipeline';
import { audit, authorize, type Context } from '@/lib/tenancy/server';
import { z } from 'zod';
import { type ManifestFile, type WriteMode } from './manifest';
import { exportTable, previewTable, type ExportFormat } from './preview';
import { profileTable } from './profile';
import {
  type CheckResultView,
  type DatasetSummary,
  type DatasetVersionView,
  type DatasetView,
  type Preview,
  type Sort,
  type Stands,
  type TableProfile,
  type VersionState,
} from './schema';
import * as rows from './store';
import { type Column, type TableRef } from './table-ref';
import { announceVersion, publishVersion, tableOf } from './versions';

type VersionRow = NonNullable<Awaited<ReturnType<typeof rows.versionByNumber>>>;

function viewOf(row: VersionRow): DatasetVersionView {
  return {
    id: row.id,
    number: row.number,
    state: row.state as VersionState,
    mode: row.mode as WriteMode,
    schema: row.schema as Column[],
    rowCount: Number(row.rowCount),
    bytes: Number(row.bytes),
    files: (row.manifest as ManifestFile[]).length,
    runId: row.runId,
    taskId: row.taskId,
    pipeline: row.pipelineSlug,
    interval: row.intervalStart && row.intervalEnd ? { start: row.intervalStart, end: row.intervalEnd } : null,
    createdAt: row.createdAt,
    settledAt: row.settledAt,
    reason: row.reason,
    releasedBy: row.releasedBy,
  };
}

type DatasetRow = { id: string; name: string; currentVersion: number | null; createdAt: Date };

async function summaries(workspaceId: string, found: DatasetRow[]): Promise<DatasetSummary[]> {
  const names = found.map(({ name }) => name);
  const [versions, uses, held] = await Promise.all([
    rows.versionsByNumber(found.flatMap(({ id, currentVersion }) => (currentVersion === null ? [] : [{ datasetId: id, number: currentVersion }]))),
    rows.datasetUses(workspaceId, names),
    rows.quarantinesOf(workspaceId, names),
  ]);
  const byDataset = new Map(versions.map((version) => [version.datasetId, version]));
  return found.map((dataset) => {
    const version = byDataset.get(dataset.id);
    const quarantine = held.find((each) => each.dataset === dataset.name);
    const of = (use: 'reads' | 'writes') => uses.filter((each) => each.name === dataset.name && each.use === use).map((each) => each.reference);
    return {
      name: dataset.name,
      currentVersion: dataset.currentVersion,
      rowCount: version ? Number(version.rowCount) : null,
      bytes: version ? Number(version.bytes) : null,
      columns: version ? (version.schema as Column[]).length : null,
      updatedAt: version?.settledAt ?? dataset.createdAt,
      quarantined: quarantine ? { version: quarantine.version, reason: quarantine.reason } : null,
      writers: of('writes'),
      readers: of('reads'),
    };
  });
}

/** listDatasets lists the workspace's datasets by name, with what writes and reads them. @param given.cursor the last name of the page before */
export async function listDatasets(ctx: Context, given: { limit: number; cursor?: string; q?: string }): Promise<{ items: DatasetSummary[]; nextCursor: string | null }> {
  authorize(ctx, 'dataset:read');
  const found = await rows.datasetPage(ctx.workspaceId, { after: given.cursor ?? null, limit: given.limit + 1, q: given.q ?? null });
  const page = found.slice(0, given.limit);
  return { items: await summaries(ctx.workspaceId, page), nextCursor: found.length > given.limit ? (page.at(-1)?.name ?? null) : null };
}

async function required(ctx: Context, name: string) {
  const dataset = await rows.datasetByName(ctx.workspaceId, name);
  if (!dataset) throw notFound('dataset', name);
  return dataset;
}

/** getDataset gives a dataset with its newest good version's schema and statistics. */
export async function getDataset(ctx: Context, name: string): Promise<DatasetView> {
  authorize(ctx, 'dataset:read');
  const dataset = await required(ctx, name);
  const [summary] = await summaries(ctx.workspaceId, [dataset]);
  if (!summary) throw notFound('dataset', name);
  const current = dataset.currentVersion === null ? null : await rows.versionByNumber(ctx.workspaceId, dataset.id, dataset.currentVersion);
  const statistics = current?.statistics as TableProfile | Record<string, never> | undefined;
  return {
    ...summary,
    checks: parseChecks(dataset.checks),
    schema: (current?.schema ?? []) as Column[],
    statistics: statistics && 'columns' in statistics ? (statistics as TableProfile) : null,
    newest: current ? viewOf(current) : null,
  };
}

const parseChecks = (stored: unknown): Check[] => z.array(checkSchema).catch([]).parse(stored);

/** listVersions lists a dataset's versions, newest first, quarantined and staged ones too. */
export async function listVersions(ctx: Context, name: string, given: { limit: number; cursor?: string }): Promise<{ items: DatasetVersionView[]; nextCursor: string | null }> {
  authorize(ctx, 'dataset:read');
  const dataset = await required(ctx, name);
  const before = given.cursor === undefined ? null : Number(given.cursor);
  if (before !== null && !Number.isSafeInteger(before)) throw invalid('The cursor is not one that this list gave.', [{ path: 'cursor', message: 'Leave it out to begin at the start.', value: given.cursor }]);
  const found = await rows.versionPage(ctx.workspaceId, dataset.id, { before, limit: given.limit + 1 });
  const items = found.slice(0, given.limit).map(viewOf);
  return { items, nextCursor: found.length > given.limit ? String(items.at(-1)?.number ?? '') : null };
}

async function requiredVersion(ctx: Context, name: string, number: number): Promise<VersionRow> {
  const dataset = await required(ctx, name);
  const version = Number.isSafeInteger(number) && number > 0 && number < 2 ** 31 ? await rows.versionByNumber(ctx.workspaceId, dataset.id, number) : null;
  if (!version) throw notFound('version', `${name} ${number}`);
  return version;
}

const stored = (version: VersionRow): TableRef => tableOf({ manifest: version.manifest as ManifestFile[], schema: version.schema as Column[] });

/** getVersion gives one version. */
export async function getVersion(ctx: Context, name: string, number: number): Promise<DatasetVersionView> {
  authorize(ctx, 'dataset:read');
  return viewOf(await requiredVersion(ctx, name, number));
}

/** previewVersion reads a page of a version's rows; of a version that is not good, only what it would add. */
export async function previewVersion(ctx: Context, name: string, number: number, page: { limit?: number; offset?: number; sort?: Sort | null }): Promise<Preview> {
  authorize(ctx, 'dataset:read');
  return previewTable(stored(await requiredVersion(ctx, name, number)), page);
}

/** exportVersion streams a whole version. */
export async function exportVersion(ctx: Context, name: string, number: number, format: ExportFormat): Promise<{ stream: Readable; bytes: number; type: string }> {
  authorize(ctx, 'dataset:read');
  return exportTable(stored(await requiredVersion(ctx, name, number)), format);
}

/** profileVersion gives a version's statistics; the first time they are computed and kept. */
export async function profileVersion(ctx: Context, name: string, number: number): Promise<TableProfile> {
  authorize(ctx, 'dataset:read');
  const version = await requiredVersion(ctx, name, number);
  const known = version.statistics as TableProfile | Record<string, never>;
  if ('columns' in known) return known as TableProfile;
  const profile = await profileTable(stored(version));
  // a staged version's files change when it settles
  if (version.state !== 'staged') await rows.saveStatistics(version.id, profile);
  return profile;
}

/** listCheckResults lists what checks found on a dataset, newest first. */
export async function listCheckResults(ctx: Context, name: string, limit = 200): Promise<CheckResultView[]> {
  authorize(ctx, 'dataset:read');
  const dataset = await required(ctx, name);
  return resultsOf(await rows.checkResultsOf(ctx.workspaceId, { datasetId: dataset.id }, limit));
}

/** listRunChecks lists what checks found in a run, or in one of its tasks. */
export async function listRunChecks(ctx: Context, runId: string, taskId?: string): Promise<CheckResultView[]> {
  authorize(ctx, 'run:read');
  if (!isId(runId)) return [];
  return resultsOf(await rows.checkResultsOf(ctx.workspaceId, { runId, ...(taskId === undefined ? {} : { taskId }) }, 1000));
}

function resultsOf(found: Awaited<ReturnType<typeof rows.checkResultsOf>>): CheckResultView[] {
  return found.map(({ row, version }) => {
    const check = row.check as Check;
    return {
      id: row.id,
      stands: row.stands as Stands,
      type: check.type,
      check,
      severity: row.severity === 'warn' ? 'warn' : 'block',
      passed: row.passed,
      observed: row.observed,
      message: row.message,
      version,
      runId: row.runId,
      taskId: row.taskId,
      at: row.createdAt,
    };
  });
}

/** putChecks sets the checks that stand on a dataset; the next version must pass them. */
export async function putChecks(ctx: Context, name: string, checks: Check[]): Promise<{ checks: Check[] }> {
  authorize(ctx, 'dataset:write');
  const dataset = await required(ctx, name);
  await inTransaction(async (tx) => {
    await rows.setChecks(tx, dataset.id, checks);
    await audit(tx, ctx, { verb: 'set checks', target: 'dataset', targetId: name, before: parseChecks(dataset.checks), after: checks });
  });
  announceVersion(ctx.workspaceId, { dataset: name });
  return { checks };
}

/**
 * releaseVersion makes a quarantined version good by a person's decision; what waited for the dataset goes on.
 * @throws AppError conflict when the version is not quarantined
 */
export async function releaseVersion(ctx: Context, name: string, number: number, reason: string): Promise<DatasetVersionView> {
  authorize(ctx, 'dataset:release');
  const found = await requiredVersion(ctx, name, number);
  await inTransaction(async (tx) => {
    const dataset = await rows.lockDatasetOf(tx, ctx.workspaceId, found.id);
    const version = await rows.versionById(tx, ctx.workspaceId, found.id);
    if (!dataset || !version) throw notFound('version', `${name} ${number}`);
    if (version.state !== 'quarantined') {
      throw conflict(`Version ${number} of dataset "${name}" is ${version.state}; only a quarantined version can be released.`, { state: version.state });
    }
    const settled = await publishVersion(tx, { ...version, dataset }, { now: ctx.now, reason, releasedBy: ctx.actor.name });
    await audit(tx, ctx, {
      verb: 'release',
      target: 'dataset',
      targetId: name,
      before: { version: number, state: 'quarantined', reason: version.reason },
      after: { version: settled.number, state: 'good', reason },
    });
  });
  announceVersion(ctx.workspaceId, { dataset: name });
  const versions = await rows.versionsByIds(ctx.workspaceId, [found.id]);
  const [released] = versions;
  if (!released) throw notFound('version', `${name} ${number}`);
  return viewOf(released);
}
