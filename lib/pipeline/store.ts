import { newId } from '@/lib/core/ids';
import { type Prisma, prisma } from '@/lib/db/client';
import { sql } from '@/lib/db/sql';
import { type Tx } from '@/lib/db/transaction';
import { type LastRun, type Owner, type PipelineRow, type VersionRow } from './schema';
import { type DraftSpec, type Spec } from './spec';

type Db = Tx | ReturnType<typeof prisma>;

export type StoredPipeline = {
  id: string;
  slug: string;
  name: string;
  tags: string[];
  ownerId: string | null;
  paused: boolean;
  archivedAt: Date | null;
  draft: unknown;
  draftRevision: number;
  draftSavedAt: Date;
  draftSavedBy: string | null;
  currentVersion: number | null;
  createdAt: Date;
};

const asJson = (value: unknown): Prisma.InputJsonValue => value as Prisma.InputJsonValue;

/** findPipeline reads one by its slug; archived ones too. */
export async function findPipeline(
  db: Db,
  workspaceId: string,
  slug: string,
): Promise<StoredPipeline | null> {
  return db.pipeline.findUnique({ where: { workspaceId_slug: { workspaceId, slug } } });
}

/** findPipelineId finds one by its slug; archived ones too. */
export async function findPipelineId(workspaceId: string, slug: string): Promise<string | null> {
  const rows = await sql().$queryRawUnsafe<{ id: string }[]>(`select id from pipeline where workspace_id = $1::uuid and slug = $2`, workspaceId, slug);
  return rows[0]?.id ?? null;
}

/** lockPipeline reads one and keeps its row to this transaction. */
export async function lockPipeline(
  tx: Tx,
  workspaceId: string,
  slug: string,
): Promise<StoredPipeline | null> {
  await tx.$queryRaw`select id from pipeline where workspace_id = ${workspaceId}::uuid and slug = ${slug} for update`;
  return findPipeline(tx, workspaceId, slug);
}

export type NewPipeline = {
  slug: string;
  name: string;
  tags: string[];
  ownerId: string | null;
  draft: DraftSpec;
  savedBy: string;
  now: Date;
};

/** insertPipeline creates one; false when the slug is taken. */
export async function insertPipeline(
  tx: Tx,
  workspaceId: string,
  given: NewPipeline,
): Promise<string | false> {
  const id = newId();
  const made = await tx.pipeline.createMany({
    data: [
      {
        id,
        workspaceId,
        slug: given.slug,
        name: given.name,
        tags: given.tags,
        ownerId: given.ownerId,
        draft: asJson(given.draft),
        draftSavedAt: given.now,
        draftSavedBy: given.savedBy,
        createdAt: given.now,
      },
    ],
    skipDuplicates: true,
  });
  return made.count === 1 ? id : false;
}

export type PipelineChange = {
  name?: string;
  tags?: string[];
  ownerId?: string | null;
  paused?: boolean;
  archivedAt?: Date | null;
};

export async function changePipeline(
  tx: Tx,
  workspaceId: string,
  id: string,
  change: PipelineChange,
): Promise<void> {
  await tx.pipeline.updateMany({ where: { id, workspaceId }, data: change });
}

/** pause pauses a pipeline that goes. @returns false when it was paused */
export async function pause(tx: Tx, workspaceId: string, id: string): Promise<boolean> {
  const { count } = await tx.pipeline.updateMany({ where: { id, workspaceId, paused: false }, data: { paused: true } });
  return count > 0;
}

/** writeDraft stores a draft as the next revision and gives its number. */
export async function writeDraft(
  tx: Tx,
  workspaceId: string,
  id: string,
  draft: DraftSpec,
  savedBy: string,
  now: Date,
): Promise<number> {
  await tx.pipeline.updateMany({
    where: { id, workspaceId },
    data: { draft: asJson(draft), draftRevision: { increment: 1 }, draftSavedAt: now, draftSavedBy: savedBy },
  });
  const row = await tx.pipeline.findFirstOrThrow({
    where: { id, workspaceId },
    select: { draftRevision: true },
  });
  return row.draftRevision;
}

export type NewVersion = {
  number: number;
  spec: Spec;
  hash: string;
  message: string;
  authorId: string | null;
  authorName: string;
  now: Date;
};

/** insertVersion adds an immutable version and makes it the pipeline's current one. */
export async function insertVersion(
  tx: Tx,
  workspaceId: string,
  pipelineId: string,
  given: NewVersion,
): Promise<void> {
  await tx.pipelineVersion.create({
    data: {
      id: newId(),
      workspaceId,
      pipelineId,
      number: given.number,
      spec: asJson(given.spec),
      hash: given.hash,
      message: given.message,
      authorId: given.authorId,
      authorName: given.authorName,
      createdAt: given.now,
    },
  });
  await tx.pipeline.updateMany({
    where: { id: pipelineId, workspaceId },
    data: { currentVersion: given.number, maxActiveTasks: given.spec.settings.maxActiveTasks ?? null, maxActiveRuns: given.spec.settings.maxActiveRuns ?? null },
  });
}

/** hasUnfinishedRuns tells whether a run of a pipeline still waits or runs. */
export async function hasUnfinishedRuns(tx: Tx, workspaceId: string, pipelineId: string): Promise<boolean> {
  return (
    (await tx.run.findFirst({
      where: { workspaceId, pipelineId, state: { in: ['queued', 'running'] } },
      select: { id: true },
    })) !== null
  );
}

/** removePipeline deletes one with its versions. Its runs stay in the history. */
export async function removePipeline(tx: Tx, workspaceId: string, id: string): Promise<void> {
  await tx.pipeline.deleteMany({ where: { id, workspaceId } });
}

const versionRow = (row: {
  number: number;
  hash: string;
  message: string;
  authorName: string;
  createdAt: Date;
}): VersionRow => ({
  version: row.number,
  hash: row.hash,
  message: row.message,
  author: row.authorName,
  createdAt: row.createdAt,
});

/** versionPage lists versions, newest first. @param before only those with a smaller number */
export async function versionPage(
  workspaceId: string,
  pipelineId: string,
  limit: number,
  before: number | null,
): Promise<VersionRow[]> {
  const rows = await prisma().pipelineVersion.findMany({
    where: { workspaceId, pipelineId, ...(before === null ? {} : { number: { lt: before } }) },
    orderBy: { number: 'desc' },
    take: limit,
    select: { number: true, hash: true, message: true, authorName: true, createdAt: true },
  });
  return rows.map(versionRow);
}

export async function findVersion(
  db: Db,
  workspaceId: string,
  pipelineId: string,
  number: number,
): Promise<(VersionRow & { spec: unknown }) | null> {
  const row = await db.pipelineVersion.findFirst({ where: { workspaceId, pipelineId, number } });
  return row && { ...versionRow(row), spec: row.spec };
}

type ListRow = {
  id: string;
  slug: string;
  name: string;
  tags: string[];
  paused: boolean;
  archived_at: Date | null;
  current_version: number | null;
  created_at: Date;
  draft_revision: number;
  draft_saved_at: Date;
  draft_saved_by: string | null;
  draft: unknown;
  owner: Owner | null;
  last_runs: {
    id: string;
    state: string;
    createdAt: string;
    startedAt: string | null;
    finishedAt: string | null;
    trigger: string;
  }[];
};

export type ListQuery = {
  q: string | null;
  tag: string | null;
  owner: string | null;
  archived: 'true' | 'false' | 'all';
  limit: number;
  after: string | null;
  slug: string | null;
  withDraft: boolean;
};

/** listPipelineRows reads pipelines by slug, each with its owner and its last 20 runs, in one query. */
export async function listPipelineRows(
  workspaceId: string,
  query: ListQuery,
): Promise<(PipelineRow & { spec: unknown })[]> {
  const like = query.q === null ? null : `%${query.q.replace(/[\\%_]/g, '\\$&')}%`;
  const rows = await prisma().$queryRaw<ListRow[]>`
    select p.id, p.slug, p.name, p.tags, p.paused, p.archived_at, p.current_version, p.created_at, p.draft_revision, p.draft_saved_at, p.draft_saved_by,
      case when ${query.withDraft} then p.draft end as draft,
      case when u.id is not null then json_build_object('id', u.id, 'name', u.name, 'email', u.email) end as owner,
      coalesce(r.runs, '[]'::json) as last_runs
    from pipeline p
    left join user_account u on u.id = p.owner_id
    left join lateral (
      select json_agg(json_build_object('id', l.id, 'state', l.state, 'createdAt', l.created_at, 'startedAt', l.started_at, 'finishedAt', l.finished_at,
        'trigger', l.trigger_kind) order by l.created_at desc, l.id desc) as runs
      from (
        select id, state, created_at, started_at, finished_at, trigger_kind from run
        where pipeline_id = p.id and trigger_kind <> 'try'
        order by created_at desc, id desc limit 20
      ) l
    ) r on true
    where p.workspace_id = ${workspaceId}::uuid
      and (${query.slug}::text is null or p.slug = ${query.slug})
      and (${query.after}::text is null or p.slug > ${query.after})
      and (${query.archived} = 'all' or (p.archived_at is not null) = (${query.archived} = 'true'))
      and (${like}::text is null or p.slug ilike ${like} or p.name ilike ${like} or exists (select from unnest(p.tags) t where t ilike ${like}))
      and (${query.tag}::text is null or ${query.tag} = any(p.tags) or exists (select from unnest(p.tags) t where split_part(t, ':', 1) = ${query.tag}))
      and (${query.owner}::text is null or u.id::text = ${query.owner} or u.email = lower(${query.owner}))
    order by p.slug
    limit ${query.limit}`;
  return rows.map((row) => ({
    id: row.id,
    slug: row.slug,
    name: row.name,
    tags: row.tags,
    owner: row.owner,
    paused: row.paused,
    archived: row.archived_at !== null,
    currentVersion: row.current_version,
    createdAt: row.created_at,
    lastRuns: row.last_runs.map(lastRun),
    draft: { revision: row.draft_revision, savedAt: row.draft_saved_at, savedBy: row.draft_saved_by },
    spec: row.draft,
  }));
}

const time = (text: string | null): Date | null => (text === null ? null : new Date(text));
const lastRun = (run: ListRow['last_runs'][number]): LastRun => ({
  id: run.id,
  state: run.state,
  createdAt: new Date(run.createdAt),
  startedAt: time(run.startedAt),
  finishedAt: time(run.finishedAt),
  trigger: run.trigger,
});

/** findOwner gives the id of a member, or of an owner of the organization, by id or e-mail. */
export async function findOwner(db: Db, workspaceId: string, who: string): Promise<string | null> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select u.id from user_account u
    where (u.id::text = ${who.toLowerCase()} or u.email = ${who.toLowerCase()}) and u.disabled_at is null
      and (u.is_owner or exists (select from member m where m.user_id = u.id and m.workspace_id = ${workspaceId}::uuid))`;
  return rows[0]?.id ?? null;
}

/** datasetNames lists the workspace's datasets that have or had a version. */
export async function datasetNames(workspaceId: string): Promise<string[]> {
  return (await prisma().dataset.findMany({ where: { workspaceId }, select: { name: true } })).map(
    (row) => row.name,
  );
}

/** calendarNames lists the workspace's calendars. */
export const calendarNames = async (workspaceId: string): Promise<string[]> =>
  (await prisma().calendar.findMany({ where: { workspaceId }, select: { name: true } })).map((row) => row.name);

/** writtenDatasets lists the datasets that published pipelines write, whether a run did it yet or not. */
export async function writtenDatasets(workspaceId: string): Promise<string[]> {
  const rows = await prisma().$queryRaw<{ name: string }[]>`
    select distinct coalesce(t->'writes'->>'dataset', t->>'writes') as name
    from pipeline p join pipeline_version v on v.pipeline_id = p.id and v.number = p.current_version, jsonb_array_elements(v.spec->'tasks') t
    where p.workspace_id = ${workspaceId}::uuid and p.archived_at is null and t->'writes' is not null`;
  return rows.map((row) => row.name);
}

/** filePaths lists the workspace's files, at most 20,000. */
export async function filePaths(workspaceId: string): Promise<string[]> {
  return (
    await prisma().workspaceFile.findMany({ where: { workspaceId }, select: { path: true }, take: 20_000 })
  ).map((row) => row.path);
}

/** publishedPipelines gives every published pipeline's params and whom it calls. */
export async function publishedPipelines(
  workspaceId: string,
): Promise<{ slug: string; params: { name: string; default?: unknown }[]; calls: string[] }[]> {
  return prisma().$queryRaw`
    select p.slug, coalesce(v.spec->'params', '[]'::jsonb) as params,
      coalesce((select json_agg(distinct t->'config'->>'pipeline') from jsonb_array_elements(v.spec->'tasks') t where t->>'kind' = 'subpipeline'), '[]'::json) as calls
    from pipeline p join pipeline_version v on v.pipeline_id = p.id and v.number = p.current_version
    where p.workspace_id = ${workspaceId}::uuid and p.archived_at is null`;
}
