import { type Json, type JsonObject } from '@/lib/core/json';
import { prisma } from '@/lib/db/client';
import { type Tx } from '@/lib/db/transaction';
import { type Restored } from '@/lib/runs/server';
import { type Interval } from '../fires/timetable';
import { type NewestRun } from './plan';
import { type BackfillRow, type BackfillState, type BackfillView, type IntervalRun, type ItemState, type PlanItem } from './schema';

type Sql = Pick<Tx, '$queryRawUnsafe'>;

/** newestRuns reads the newest run of each interval that starts in a range, by its start in milliseconds. */
export async function newestRuns(sql: Sql, pipelineId: string, from: Date, to: Date): Promise<Map<number, NewestRun>> {
  const rows = await sql.$queryRawUnsafe<(NewestRun & { at: Date })[]>(
    `select distinct on (interval_start) interval_start as at, id, state, version_number as version from run
     where pipeline_id = $1::uuid and interval_start >= $2::timestamptz and interval_start <= $3::timestamptz and trigger_kind <> 'try'
     order by interval_start, created_at desc, id desc`,
    pipelineId, from, to,
  );
  return new Map(rows.map(({ at, ...run }) => [at.getTime(), run]));
}

/** medianSeconds is how long the last runs of a pipeline that succeeded took, in seconds; null when none did. */
export async function medianSeconds(pipelineId: string): Promise<number | null> {
  const rows = await prisma().$queryRawUnsafe<{ seconds: number | null }[]>(
    `select percentile_cont(0.5) within group (order by extract(epoch from finished_at - started_at))::float8 as seconds from (
       select started_at, finished_at from run where pipeline_id = $1::uuid and state = 'succeeded' and trigger_kind <> 'try' and part is null
         and started_at is not null and finished_at is not null order by created_at desc limit 100) r`,
    pipelineId,
  );
  return rows[0]?.seconds ?? null;
}

/** keptProviders lists which tasks have a kept output for which interval start. */
export async function keptProviders(pipelineId: string, providers: string[], from: Date, to: Date): Promise<{ at: Date; taskId: string }[]> {
  return prisma().$queryRawUnsafe<{ at: Date; taskId: string }[]>(
    `select distinct r.interval_start as at, t.task_id as "taskId" from run r join task_run t on t.run_id = r.id
     where r.pipeline_id = $1::uuid and r.interval_start >= $2::timestamptz and r.interval_start <= $3::timestamptz and r.trigger_kind <> 'try'
       and t.task_id in (select jsonb_array_elements_text($4::jsonb)) and t.state in ('succeeded', 'restored') and t.table_output is not null`,
    pipelineId, from, to, JSON.stringify(providers),
  );
}

/** keptResults reads the newest succeeded result of each of these tasks for one interval. */
export async function keptResults(tx: Sql, pipelineId: string, taskIds: string[], start: Date): Promise<Map<string, Restored>> {
  const rows = await tx.$queryRawUnsafe<{ taskId: string; runId: string; attempt: number; output: Json; tableOutput: Json; at: Date | null }[]>(
    `select distinct on (t.task_id) t.task_id as "taskId", r.id as "runId", t.attempt, t.output, t.table_output as "tableOutput", t.finished_at as at
     from run r join task_run t on t.run_id = r.id
     where r.pipeline_id = $1::uuid and r.interval_start = $2::timestamptz and r.trigger_kind <> 'try'
       and t.task_id in (select jsonb_array_elements_text($3::jsonb)) and t.state in ('succeeded', 'restored')
     order by t.task_id, t.table_output is null, t.finished_at desc nulls last`,
    pipelineId, start, JSON.stringify(taskIds),
  );
  return new Map(
    rows.map(({ taskId, runId, attempt, output, tableOutput, at }) => [
      taskId,
      { output, tableOutput, fingerprint: null, from: { runId, attempt, at: at?.toISOString() ?? null } },
    ]),
  );
}

/** lockPipelineRow keeps a pipeline to this transaction, so that backfills of it start one after another. */
export async function lockPipelineRow(tx: Tx, pipelineId: string): Promise<void> {
  await tx.$queryRawUnsafe(`select id from pipeline where id = $1::uuid for no key update`, pipelineId);
}

/** heldBy finds an unfinished backfill that holds one of these intervals, and the first such interval. */
export async function heldBy(tx: Tx, pipelineId: string, intervals: Date[], except: string | null): Promise<{ id: string; at: Date; first: Date; last: Date } | null> {
  const rows = await tx.$queryRawUnsafe<{ id: string; at: Date; first: Date; last: Date }[]>(
    `select i.backfill_id as id, i.interval_start as at, e.first, e.last from backfill_item i,
       lateral (select min(o.interval_start) as first, max(o.interval_start) as last from backfill_item o where o.backfill_id = i.backfill_id) e
     where i.pipeline_id = $1::uuid and i.open and ($3::uuid is null or i.backfill_id <> $3::uuid)
       and i.interval_start in (select x::timestamptz from jsonb_array_elements_text($2::jsonb) x)
     order by i.interval_start limit 1`,
    pipelineId, JSON.stringify(intervals), except,
  );
  return rows[0] ?? null;
}

export async function insertBackfill(
  tx: Tx,
  given: { id: string; workspaceId: string; pipelineId: string; pipelineSlug: string; request: JsonObject; createdBy: string; now: Date },
): Promise<void> {
  const { now, ...rest } = given;
  await tx.backfill.create({ data: { ...rest, createdAt: now, updatedAt: now } });
}

/** insertItems writes planned items behind those that are there; skipped ones are done. */
export async function insertItems(tx: Tx, backfillId: string, pipelineId: string, items: PlanItem[]): Promise<void> {
  await tx.$executeRawUnsafe(
    `insert into backfill_item (backfill_id, pipeline_id, interval_start, interval_end, ordinal, action, reason, version, state)
     select $1::uuid, $2::uuid, x."intervalStart", x."intervalEnd", n.next + x.place, x.action, x.reason, x.version,
       case when x.action = 'skip' then 'skipped' else 'waiting' end
     from jsonb_to_recordset($3::jsonb) as x("intervalStart" timestamptz, "intervalEnd" timestamptz, place int, action text, reason text, version int),
       (select coalesce(max(ordinal) + 1, 0) as next from backfill_item where backfill_id = $1::uuid) n`,
    backfillId, pipelineId, JSON.stringify(items.map((item, place) => ({ ...item, place }))),
  );
}

/** A backfill's row as its advance needs it. */
export type LockedBackfill = {
  id: string;
  workspaceId: string;
  workspaceSlug: string;
  workspaceName: string;
  pipelineId: string;
  slug: string;
  state: BackfillState;
  request: Json;
};

const LOCKED = `select b.id, b.workspace_id as "workspaceId", w.slug as "workspaceSlug", w.name as "workspaceName", b.pipeline_id as "pipelineId",
    p.slug, b.state, b.request
  from backfill b join workspace w on w.id = b.workspace_id join pipeline p on p.id = b.pipeline_id where b.id = $1::uuid`;

/** lockBackfill keeps a backfill to this transaction. @param waitForIt false: null when somebody else has it */
export async function lockBackfill(tx: Tx, id: string, workspaceId: string | null, waitForIt: boolean): Promise<LockedBackfill | null> {
  const rows = await tx.$queryRawUnsafe<LockedBackfill[]>(
    `${LOCKED} and ($2::uuid is null or b.workspace_id = $2::uuid) for update of b ${waitForIt ? '' : 'skip locked'}`,
    id, workspaceId,
  );
  return rows[0] ?? null;
}

/** openBackfills lists backfills that are not finished, oldest first. */
export async function openBackfills(): Promise<string[]> {
  const rows = await prisma().$queryRawUnsafe<{ id: string }[]>(`select id from backfill where state in ('running', 'paused') order by created_at limit 200`);
  return rows.map((row) => row.id);
}

/** followRuns takes over how the runs of a backfill's items ended. @returns how many items changed */
export async function followRuns(tx: Tx, backfillId: string): Promise<number> {
  return tx.$executeRawUnsafe(
    `update backfill_item i set state = r.state, finished_at = r.finished_at from run r
     where i.backfill_id = $1::uuid and i.state = 'running' and r.id = i.run_id and r.state in ('succeeded', 'failed', 'cancelled')`,
    backfillId,
  );
}

/** An item that is to be made a run. */
export type WaitingItem = { start: Date; end: Date; version: number | null; runId: string | null };

export async function itemCounts(tx: Tx, backfillId: string): Promise<Record<ItemState, number>> {
  const rows = await tx.$queryRawUnsafe<{ state: ItemState; n: number }[]>(
    `select state, count(*)::int as n from backfill_item where backfill_id = $1::uuid group by state`,
    backfillId,
  );
  const none = { waiting: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0, skipped: 0 };
  return { ...none, ...Object.fromEntries(rows.map((row) => [row.state, row.n])) };
}

export async function waitingItems(tx: Tx, backfillId: string, limit: number): Promise<WaitingItem[]> {
  return tx.$queryRawUnsafe<WaitingItem[]>(
    `select interval_start as start, interval_end as "end", version, run_id as "runId" from backfill_item
     where backfill_id = $1::uuid and state = 'waiting' order by ordinal limit $2::int`,
    backfillId, limit,
  );
}

/** changeItem writes what became of a waiting item. */
export async function changeItem(
  tx: Tx,
  backfillId: string,
  start: Date,
  change: { state: ItemState; runId?: string; reason?: string; action?: PlanItem['action']; now: Date },
): Promise<void> {
  await tx.$executeRawUnsafe(
    `update backfill_item set state = $3, run_id = coalesce($4::uuid, run_id), reason = coalesce($5, reason), action = coalesce($6, action),
       started_at = case when $3 = 'running' then $7::timestamptz else started_at end,
       finished_at = case when $3 = 'running' then null else $7::timestamptz end
     where backfill_id = $1::uuid and interval_start = $2::timestamptz and state = 'waiting'`,
    backfillId, start, change.state, change.runId ?? null, change.reason ?? null, change.action ?? null, change.now,
  );
}

/** setState writes a backfill's state; a finished one lets go of its intervals, an unfinished one takes them again. */
export async function setState(tx: Tx, id: string, state: BackfillState, now: Date): Promise<void> {
  const open = state === 'running' || state === 'paused';
  await tx.$executeRawUnsafe(
    `update backfill set state = $2, finished_at = case when $3 then null else $4::timestamptz end, updated_at = $4::timestamptz where id = $1::uuid`,
    id, state, open, now,
  );
  await tx.$executeRawUnsafe(`update backfill_item set open = $2 where backfill_id = $1::uuid and open <> $2`, id, open);
}

export async function setRequest(tx: Tx, id: string, request: JsonObject): Promise<void> {
  await tx.backfill.updateMany({ where: { id }, data: { request } });
}

/** cancelItems ends what waits or runs. @returns the runs under way */
export async function cancelItems(tx: Tx, backfillId: string, now: Date): Promise<string[]> {
  const rows = await tx.$queryRawUnsafe<{ runId: string | null }[]>(
    `with was as (select interval_start, state, run_id from backfill_item where backfill_id = $1::uuid and state in ('waiting', 'running'))
     update backfill_item i set state = 'cancelled', finished_at = $2::timestamptz from was
     where i.backfill_id = $1::uuid and i.interval_start = was.interval_start
     returning case when was.state = 'running' then i.run_id end as "runId"`,
    backfillId, now,
  );
  return rows.flatMap((row) => (row.runId === null ? [] : [row.runId]));
}

/** retryItems lets failed and cancelled items wait again. @returns their interval starts */
export async function retryItems(tx: Tx, backfillId: string): Promise<Date[]> {
  const rows = await tx.$queryRawUnsafe<{ at: Date }[]>(
    `update backfill_item set state = 'waiting', finished_at = null where backfill_id = $1::uuid and state in ('failed', 'cancelled') returning interval_start as at`,
    backfillId,
  );
  return rows.map((row) => row.at);
}

/** itemStarts lists the interval starts that a backfill holds. */
export async function itemStarts(tx: Tx, backfillId: string): Promise<Date[]> {
  const rows = await tx.backfillItem.findMany({ where: { backfillId }, select: { intervalStart: true } });
  return rows.map((row) => row.intervalStart);
}

/** listBackfillRows lists a workspace's backfills, newest first, with how far each is. @param query.before only those with a smaller id */
export async function listBackfillRows(
  workspaceId: string,
  query: { id?: string; pipelineId?: string | undefined; before?: string | undefined; limit: number },
): Promise<BackfillRow[]> {
  return prisma().$queryRawUnsafe<BackfillRow[]>(
    `select b.id, b.pipeline_slug as pipeline, b.state, b.request, b.created_by as "createdBy", b.created_at as "createdAt",
       b.finished_at as "finishedAt", c.counts, c.first, c.last
     from backfill b, lateral (
       select min(interval_start) as first, max(interval_start) as last, json_build_object('total', count(*),
         'waiting', count(*) filter (where state = 'waiting'), 'running', count(*) filter (where state = 'running'),
         'succeeded', count(*) filter (where state = 'succeeded'), 'failed', count(*) filter (where state = 'failed'),
         'cancelled', count(*) filter (where state = 'cancelled'), 'skipped', count(*) filter (where state = 'skipped')) as counts
       from backfill_item where backfill_id = b.id) c
     where b.workspace_id = $1::uuid and ($2::uuid is null or b.id = $2::uuid) and ($3::uuid is null or b.pipeline_id = $3::uuid)
       and ($4::uuid is null or b.id < $4::uuid)
     order by b.id desc limit $5::int`,
    workspaceId, query.id ?? null, query.pipelineId ?? null, query.before ?? null, query.limit,
  );
}

/** backfillItems reads a backfill's items in the order of work. */
export async function backfillItems(backfillId: string): Promise<BackfillView['items']> {
  const rows = await prisma().backfillItem.findMany({
    where: { backfillId },
    orderBy: { ordinal: 'asc' },
    select: { intervalStart: true, intervalEnd: true, action: true, reason: true, version: true, state: true, runId: true, startedAt: true, finishedAt: true },
  });
  return rows as BackfillView['items'];
}

/** intervalRuns joins intervals with their newest runs. */
export const intervalRuns = (intervals: Interval[], newest: ReadonlyMap<number, NewestRun>): IntervalRun[] =>
  intervals.map(({ start, end }) => {
    const run = newest.get(start.getTime());
    return { start, end, state: run?.state ?? null, runId: run?.id ?? null };
  });
