import { newId } from '@/lib/core/ids';
import { prisma } from '@/lib/db/client';
import { type Sql } from '@/lib/db/sql';
import { type Tx } from '@/lib/db/transaction';
import { type ManifestFile } from './manifest';
import { type CheckOutcome, type Stands, type TableProfile, type TaskReference } from './schema';
import { type Column } from './table-ref';

const json = (value: unknown) => JSON.parse(JSON.stringify(value)) as object;

/** ensureDataset finds or makes a dataset and locks its row until the transaction ends. */
export async function ensureDataset(tx: Tx, workspaceId: string, name: string, now: Date): Promise<{ id: string; currentVersion: number | null }> {
  await tx.$executeRaw`insert into dataset (id, workspace_id, name, created_at) values (${newId()}::uuid, ${workspaceId}::uuid, ${name}, ${now}) on conflict (workspace_id, name) do nothing`;
  const rows = await tx.$queryRaw<{ id: string; current_version: number | null }[]>`
    select id, current_version from dataset where workspace_id = ${workspaceId}::uuid and name = ${name} for update`;
  const row = rows[0];
  if (!row) throw new Error(`dataset ${name} vanished`);
  return { id: row.id, currentVersion: row.current_version };
}

/** lockDatasetOf locks the dataset row of a version. */
export async function lockDatasetOf(tx: Tx, workspaceId: string, versionId: string): Promise<{ id: string; name: string; currentVersion: number | null } | null> {
  const rows = await tx.$queryRaw<{ id: string; name: string; current_version: number | null }[]>`
    select d.id, d.name, d.current_version from dataset d
    where d.workspace_id = ${workspaceId}::uuid and d.id = (select dataset_id from dataset_version where id = ${versionId}::uuid and workspace_id = ${workspaceId}::uuid)
    for update of d`;
  const row = rows[0];
  return row ? { id: row.id, name: row.name, currentVersion: row.current_version } : null;
}

export async function maxNumber(tx: Tx, datasetId: string): Promise<number> {
  const found = await tx.datasetVersion.aggregate({ where: { datasetId }, _max: { number: true } });
  return found._max.number ?? 0;
}

export type NewVersion = {
  id: string;
  workspaceId: string;
  datasetId: string;
  number: number;
  mode: string;
  files: { path: string; rows: number; bytes: number }[];
  schema: Column[];
  rowCount: number;
  bytes: number;
  runId: string | null;
  taskId: string | null;
  attempt: number | null;
  pipelineSlug: string | null;
  interval: { start: Date; end: Date } | null;
  createdAt: Date;
};

export async function insertVersion(tx: Tx, v: NewVersion): Promise<void> {
  await tx.datasetVersion.create({
    data: {
      id: v.id,
      workspaceId: v.workspaceId,
      datasetId: v.datasetId,
      number: v.number,
      state: 'staged',
      mode: v.mode,
      // until it is settled, the manifest holds only the version's own files
      manifest: json(v.files.map((file) => ({ key: 'staged', ...file, versionId: v.id }))),
      schema: json(v.schema),
      rowCount: BigInt(v.rowCount),
      bytes: BigInt(v.bytes),
      runId: v.runId,
      taskId: v.taskId,
      attempt: v.attempt,
      pipelineSlug: v.pipelineSlug,
      intervalStart: v.interval?.start ?? null,
      intervalEnd: v.interval?.end ?? null,
      createdAt: v.createdAt,
    },
  });
}

/** versionById reads a version with its dataset's name. */
export async function versionById(tx: Tx, workspaceId: string, id: string) {
  return tx.datasetVersion.findFirst({ where: { id, workspaceId }, include: { dataset: { select: { name: true, currentVersion: true } } } });
}

/** currentFiles are the files and columns of the newest good version, as the transaction sees it. */
export async function currentFiles(tx: Tx, datasetId: string, number: number | null): Promise<{ files: ManifestFile[]; schema: Column[] }> {
  if (number === null) return { files: [], schema: [] };
  const row = await tx.datasetVersion.findUnique({ where: { datasetId_number: { datasetId, number } } });
  return { files: (row?.manifest ?? []) as ManifestFile[], schema: (row?.schema ?? []) as Column[] };
}

export async function markGood(
  tx: Tx,
  version: { id: string; datasetId: string },
  given: { number: number; files: ManifestFile[]; schema: Column[]; rowCount: number; bytes: number; now: Date; reason: string | null; releasedBy: string | null },
): Promise<void> {
  await tx.datasetVersion.update({
    where: { id: version.id },
    data: {
      state: 'good',
      number: given.number,
      manifest: json(given.files),
      schema: json(given.schema),
      rowCount: BigInt(given.rowCount),
      bytes: BigInt(given.bytes),
      settledAt: given.now,
      reason: given.reason,
      releasedBy: given.releasedBy,
    },
  });
  await tx.dataset.update({ where: { id: version.datasetId }, data: { currentVersion: given.number } });
}

export async function markQuarantined(tx: Tx, id: string, reason: string, now: Date): Promise<void> {
  await tx.datasetVersion.update({ where: { id }, data: { state: 'quarantined', settledAt: now, reason } });
}

/** currentVersions gives the newest good version's id of each named dataset. */
export async function currentVersions(tx: Sql, workspaceId: string, names: string[]): Promise<Map<string, string>> {
  const rows = await tx.$queryRawUnsafe<{ name: string; id: string }[]>(
    `select d.name, v.id from dataset d join dataset_version v on v.dataset_id = d.id and v.number = d.current_version and v.state = 'good'
     where d.workspace_id = $1::uuid and d.name = any($2::text[])`,
    workspaceId, names,
  );
  return new Map(rows.map((row) => [row.name, row.id]));
}

/** newestGood reads a dataset's newest good version. */
export async function newestGood(workspaceId: string, name: string): Promise<{ number: number; settledAt: Date } | null> {
  const found = await prisma().$queryRaw<{ number: number; settledAt: Date }[]>`
    select v.number, coalesce(v.settled_at, v.created_at) as "settledAt"
    from dataset d join dataset_version v on v.dataset_id = d.id and v.number = d.current_version and v.state = 'good'
    where d.workspace_id = ${workspaceId}::uuid and d.name = ${name}`;
  return found[0] ?? null;
}

/** newestQuarantines gives, of each named dataset, the quarantined version that is newer than its newest good one. */
export async function newestQuarantines(tx: Sql, workspaceId: string, names: string[]) {
  return tx.$queryRawUnsafe<{ dataset: string; version: number; reason: string | null; task: string | null; pipeline: string | null }[]>(
    `select distinct on (d.id) d.name as dataset, v.number as version, v.reason, v.task_id as task, v.pipeline_slug as pipeline
     from dataset d join dataset_version v on v.dataset_id = d.id
     where d.workspace_id = $1::uuid and d.name = any($2::text[]) and v.state = 'quarantined' and v.number > coalesce(d.current_version, 0)
     order by d.id, v.number desc`,
    workspaceId, names,
  );
}

export async function versionsByIds(workspaceId: string, ids: string[]) {
  return prisma().datasetVersion.findMany({ where: { workspaceId, id: { in: ids } } });
}

export async function datasetByName(workspaceId: string, name: string) {
  return prisma().dataset.findUnique({ where: { workspaceId_name: { workspaceId, name } } });
}

export async function datasetPage(workspaceId: string, given: { after: string | null; limit: number; q: string | null }) {
  return prisma().dataset.findMany({
    where: {
      workspaceId,
      ...(given.after === null ? {} : { name: { gt: given.after } }),
      ...(given.q === null ? {} : { AND: [{ name: { contains: given.q, mode: 'insensitive' as const } }] }),
    },
    orderBy: { name: 'asc' },
    take: given.limit,
  });
}

export async function versionsByNumber(pairs: { datasetId: string; number: number }[]) {
  return pairs.length === 0 ? [] : prisma().datasetVersion.findMany({ where: { OR: pairs } });
}

export async function versionPage(workspaceId: string, datasetId: string, given: { before: number | null; limit: number }) {
  return prisma().datasetVersion.findMany({
    where: { workspaceId, datasetId, ...(given.before === null ? {} : { number: { lt: given.before } }) },
    orderBy: { number: 'desc' },
    take: given.limit,
  });
}

export async function versionByNumber(workspaceId: string, datasetId: string, number: number) {
  return prisma().datasetVersion.findFirst({ where: { workspaceId, datasetId, number } });
}

/** quarantinesOf is newestQuarantines outside a transaction. */
export async function quarantinesOf(workspaceId: string, names: string[]) {
  return newestQuarantines(prisma(), workspaceId, names);
}

/** datasetUses reads which tasks of the newest published versions write and read which datasets. */
export async function datasetUses(workspaceId: string, names: string[]): Promise<{ name: string; use: 'reads' | 'writes'; reference: TaskReference }[]> {
  const rows = await prisma().$queryRaw<{ name: string; use: 'reads' | 'writes'; pipeline: string; task: string }[]>`
    with task as (
      select p.slug, t.value as task
      from pipeline p
      join pipeline_version v on v.pipeline_id = p.id and v.number = p.current_version
      cross join lateral jsonb_array_elements(v.spec -> 'tasks') t
      where p.workspace_id = ${workspaceId}::uuid and p.archived_at is null
    ), used as (
      select slug, task, 'writes' as use, coalesce(task #>> '{writes,dataset}', task ->> 'writes') as name from task where task ? 'writes'
      union all
      select slug, task, 'reads', coalesce(r.value ->> 'dataset', r.value #>> '{}') from task
        cross join lateral jsonb_array_elements(case when jsonb_typeof(task -> 'reads') = 'array' then task -> 'reads' else '[]' end) r
      union all
      select slug, task, 'reads', task #>> '{config,dataset}' from task where task ->> 'kind' = 'source' and task -> 'config' ? 'dataset'
    )
    select distinct name, use, slug as pipeline, task ->> 'id' as task from used where name = any(${names}) order by 1, 2, 3, 4`;
  return rows.map((row) => ({ name: row.name, use: row.use, reference: { pipeline: row.pipeline, task: row.task } }));
}

export async function saveStatistics(id: string, statistics: TableProfile): Promise<void> {
  await prisma().datasetVersion.update({ where: { id }, data: { statistics: json(statistics) } });
}

export async function setChecks(tx: Tx, id: string, checks: unknown): Promise<void> {
  await tx.dataset.update({ where: { id }, data: { checks: json(checks) } });
}

export type CheckPlace = { workspaceId: string; runId: string | null; taskId: string | null; attempt: number | null; datasetVersionId: string | null; stands: Stands };

/** insertCheckResults records what checks found. */
export async function insertCheckResults(tx: Tx, place: CheckPlace, outcomes: CheckOutcome[], now: Date): Promise<void> {
  if (outcomes.length === 0) return;
  await tx.checkResult.createMany({
    data: outcomes.map((outcome) => ({
      id: newId(),
      ...place,
      check: json(outcome.check),
      severity: outcome.severity,
      passed: outcome.passed,
      ...(outcome.observed === null ? {} : { observed: json(outcome.observed) }),
      message: outcome.message,
      createdAt: now,
    })),
  });
}

/** attachResults names the version that a task's checks were about. */
export async function attachResults(tx: Tx, workspaceId: string, given: { runId: string; taskId: string; attempt: number; versionId: string }): Promise<void> {
  await tx.checkResult.updateMany({ where: { workspaceId, runId: given.runId, taskId: given.taskId, attempt: given.attempt, datasetVersionId: null }, data: { datasetVersionId: given.versionId } });
}

export async function checkResultsOf(workspaceId: string, where: { datasetId: string } | { runId: string; taskId?: string }, limit: number) {
  const versions = 'datasetId' in where ? await prisma().datasetVersion.findMany({ where: { workspaceId, datasetId: where.datasetId }, select: { id: true, number: true } }) : [];
  const rows = await prisma().checkResult.findMany({
    where: { workspaceId, ...('datasetId' in where ? { datasetVersionId: { in: versions.map((v) => v.id) } } : where) },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: limit,
  });
  const numbers = new Map(versions.map((v) => [v.id, v.number]));
  return rows.map((row) => ({ row, version: row.datasetVersionId ? (numbers.get(row.datasetVersionId) ?? null) : null }));
}
