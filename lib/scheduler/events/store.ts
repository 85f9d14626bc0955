import { type JsonObject } from '@/lib/core/json';
import { prisma } from '@/lib/db/client';
import { pool } from '@/lib/db/pool';
import { type Sql } from '@/lib/db/sql';
import { type Tx } from '@/lib/db/transaction';
import { type EventKind, type EventTrigger } from '@/lib/pipeline';
import { type DeliveryReason, type Seen } from './decide';
import { type DeliveryState, type ListEvents } from './schema';

/** A trigger with what of its pipeline it goes by. */
export type TriggerRow = {
  id: string;
  workspace_id: string;
  workspace_slug: string;
  workspace_name: string;
  pipeline_id: string;
  slug: string;
  paused: boolean;
  archived: boolean;
  version_number: number;
  kind: EventKind;
  trigger: EventTrigger;
  enabled: boolean;
  generation: number;
  seen: Seen;
};

const COLUMNS = `t.id, t.workspace_id, w.slug as workspace_slug, w.name as workspace_name, t.pipeline_id, p.slug, p.paused,
  p.archived_at is not null as archived, t.version_number, t.kind, t.trigger, t.enabled, t.generation, t.seen`;
const FROM = `event_trigger t join pipeline p on p.id = t.pipeline_id join workspace w on w.id = t.workspace_id`;

/** triggersWithNews lists triggers that have deliveries to look at: new ones, or held ones of a pipeline that is on. @param shares null: of all pipelines */
export async function triggersWithNews(shares: readonly number[] | null): Promise<string[]> {
  const { rows } = await pool().query<{ id: string }>(
    `select distinct d.trigger_id as id from event_delivery d where d.state = 'new' and ($1::int[] is null or penstock_partition(d.pipeline_id) = any($1))
     union select d.trigger_id from event_delivery d join pipeline p on p.id = d.pipeline_id
       where d.state = 'waiting' and not p.paused and ($1::int[] is null or penstock_partition(d.pipeline_id) = any($1))
     limit 500`,
    [shares],
  );
  return rows.map((row) => row.id);
}

/** hearsRuns tells whether any trigger waits for the end of runs. */
export async function hearsRuns(): Promise<boolean> {
  const { rows } = await pool().query<{ hears: boolean }>(`select exists (select from event_trigger where kind = 'run' and enabled) as hears`);
  return rows[0]?.hears ?? false;
}

/** lockTrigger keeps a trigger and its pipeline to this transaction; null when it is gone, 'busy' when another process has it. */
export async function lockTrigger(tx: Tx, id: string): Promise<TriggerRow | 'busy' | null> {
  const rows = await tx.$queryRawUnsafe<TriggerRow[]>(`select ${COLUMNS} from ${FROM} where t.id = $1::uuid for no key update of p, t skip locked`, id);
  if (rows[0]) return rows[0];
  return (await tx.eventTrigger.findUnique({ where: { id }, select: { id: true } })) ? 'busy' : null;
}

/** triggerById reads a webhook's trigger by its id alone: whoever calls it knows no workspace. */
export async function triggerById(id: string): Promise<TriggerRow | null> {
  const { rows } = await pool().query<TriggerRow>(`select ${COLUMNS} from ${FROM} where t.id = $1::uuid and t.kind = 'webhook'`, [id]);
  return rows[0] ?? null;
}

export type DeliveryRow = { event_id: string; state: DeliveryState; kind: EventKind; subject: string; depth: number; data: JsonObject };

/** openDeliveries reads what came for a trigger and is not settled, oldest first. */
export async function openDeliveries(tx: Tx, triggerId: string, limit: number): Promise<DeliveryRow[]> {
  return tx.$queryRawUnsafe<DeliveryRow[]>(
    `select d.event_id, d.state, e.kind, e.subject, e.depth, e.data from event_delivery d join event e on e.id = d.event_id
     where d.trigger_id = $1::uuid and d.state in ('new', 'waiting') order by e.at, e.id limit $2::int`,
    triggerId, limit,
  );
}

/** What a delivery came to. */
export type Settled = { eventId: string; state: DeliveryState; runId?: string; reason: DeliveryReason | null };

/** settleDeliveries writes what became of a trigger's deliveries. */
export async function settleDeliveries(tx: Sql, triggerId: string, settled: readonly Settled[], now: Date): Promise<void> {
  if (settled.length === 0) return;
  await tx.$executeRawUnsafe(
    `update event_delivery d set state = s.state, run_id = s."runId", reason = s.reason, settled_at = $3::timestamptz
     from jsonb_to_recordset($2::jsonb) as s("eventId" uuid, state text, "runId" uuid, reason jsonb)
     where d.trigger_id = $1::uuid and d.event_id = s."eventId"`,
    triggerId, JSON.stringify(settled), now,
  );
}

/** joinRun lets deliveries that counted towards a set say which run came of it. */
export async function joinRun(tx: Sql, triggerId: string, eventIds: readonly string[], runId: string, reason: DeliveryReason): Promise<void> {
  await tx.$executeRawUnsafe(
    `update event_delivery set run_id = $3::uuid, reason = $4::jsonb where trigger_id = $1::uuid and event_id in (select x::uuid from jsonb_array_elements_text($2::jsonb) x)`,
    triggerId, JSON.stringify(eventIds), runId, JSON.stringify(reason),
  );
}

export async function setSeen(tx: Tx, triggerId: string, seen: Seen): Promise<void> {
  await tx.eventTrigger.update({ where: { id: triggerId }, data: { seen } });
}

/** dropDeliveries ends what came for a trigger that a later version removed. */
export async function dropDeliveries(tx: Tx, triggerId: string, reason: DeliveryReason, now: Date): Promise<void> {
  await tx.eventDelivery.updateMany({ where: { triggerId, state: { in: ['new', 'waiting'] } }, data: { state: 'passed', reason, settledAt: now } });
}

/** insertCall records a call of a webhook; false when a call of the same key is recorded already. */
export async function insertCall(tx: Sql, trigger: TriggerRow, event: { id: string; key: string | null; data: JsonObject; now: Date }): Promise<boolean> {
  const made = await tx.$executeRawUnsafe(
    `with made as (
       insert into event (id, workspace_id, kind, subject, key, data, at) values ($1::uuid, $2::uuid, 'webhook', $3, $4, $5::jsonb, $6::timestamptz)
       on conflict (key) do nothing returning id)
     insert into event_delivery (event_id, trigger_id, workspace_id, pipeline_id, pipeline_slug)
     select id, $7::uuid, $2::uuid, $8::uuid, $3 from made`,
    event.id, trigger.workspace_id, trigger.slug, event.key, JSON.stringify(event.data), event.now, trigger.id, trigger.pipeline_id,
  );
  return made > 0;
}

/** callByKey finds what a call of the same key came to. */
export async function callByKey(triggerId: string, key: string): Promise<{ eventId: string; runId: string | null } | null> {
  const { rows } = await pool().query<{ eventId: string; runId: string | null }>(
    `select e.id as "eventId", d.run_id as "runId" from event e join event_delivery d on d.event_id = e.id where e.key = $2 and d.trigger_id = $1::uuid`,
    [triggerId, key],
  );
  return rows[0] ?? null;
}

/** runOfEvent finds the run of a pipeline that an event started. */
export async function runOfEvent(tx: Sql, pipelineId: string, eventId: string): Promise<string | null> {
  const rows = await tx.$queryRawUnsafe<{ id: string }[]>(
    `select id from run where pipeline_id = $1::uuid and trigger_id = $2 and trigger_kind in ('dataset', 'webhook', 'file', 'run')`,
    pipelineId, eventId,
  );
  return rows[0]?.id ?? null;
}

export type ListedEvent = {
  id: string; kind: EventKind; subject: string; subject_id: string | null; run_id: string | null; at: Date; data: JsonObject;
  started: { pipeline: string; state: DeliveryState; runId: string | null; reason: { code: string; text: string } | null }[];
};

/** listEventRows lists a workspace's events, newest first. */
export async function listEventRows(workspaceId: string, query: ListEvents): Promise<ListedEvent[]> {
  const values: unknown[] = [workspaceId, query.limit + 1];
  const where = ['e.workspace_id = $1::uuid'];
  const and = (sql: (n: number) => string, value: unknown) => where.push(sql(values.push(value)));
  if (query.id) and((n) => `e.id = $${n}::uuid`, query.id);
  if (query.kind) and((n) => `e.kind = $${n}`, query.kind);
  if (query.pipeline) and((n) => `exists (select from event_delivery d where d.event_id = e.id and d.pipeline_slug = $${n})`, query.pipeline);
  if (query.state) and((n) => `exists (select from event_delivery d where d.event_id = e.id and d.state = $${n}${query.pipeline ? ` and d.pipeline_slug = $${values.indexOf(query.pipeline) + 1}` : ''})`, query.state);
  if (query.cursor) {
    const at = values.push(query.cursor.at);
    where.push(`(e.at, e.id) < ($${at}::timestamptz, $${values.push(query.cursor.id)}::uuid)`);
  }
  const { rows } = await pool().query<ListedEvent>(
    `select e.id, e.kind, e.subject, e.subject_id, e.run_id, e.at, e.data, coalesce(d.started, '[]') as started from event e
     left join lateral (select json_agg(json_build_object('pipeline', d.pipeline_slug, 'state', d.state, 'runId', d.run_id, 'reason', d.reason)
       order by d.pipeline_slug, d.trigger_id) as started from event_delivery d where d.event_id = e.id) d on true
     where ${where.join(' and ')} order by e.at desc, e.id desc limit $2`,
    values,
  );
  return rows;
}

export type ListedTrigger = {
  id: string; trigger_index: number; kind: EventKind; trigger: EventTrigger; enabled: boolean; generation: number; seen: Seen;
  last: { id: string; at: string; state: DeliveryState; runId: string | null } | null;
};

/** listTriggerRows lists a pipeline's event triggers with the newest event of each. */
export async function listTriggerRows(workspaceId: string, pipelineId: string): Promise<ListedTrigger[]> {
  const { rows } = await pool().query<ListedTrigger>(
    `select t.id, t.trigger_index, t.kind, t.trigger, t.enabled, t.generation, t.seen,
       (select json_build_object('id', e.id, 'at', e.at, 'state', d.state, 'runId', d.run_id) from event_delivery d join event e on e.id = d.event_id
        where d.trigger_id = t.id order by e.at desc limit 1) as last
     from event_trigger t where t.workspace_id = $1::uuid and t.pipeline_id = $2::uuid order by t.trigger_index`,
    [workspaceId, pipelineId],
  );
  return rows;
}

/** renewHook makes a webhook's address another one. @returns whether there is such a webhook */
export async function renewHook(tx: Tx, pipelineId: string, id: string, now: Date): Promise<boolean> {
  return (await tx.eventTrigger.updateMany({ where: { id, pipelineId, kind: 'webhook' }, data: { generation: { increment: 1 }, updatedAt: now } })).count > 0;
}

/** forgetEvents removes settled events older than a time, at most some thousands. */
export async function forgetEvents(before: Date): Promise<void> {
  await prisma().$executeRawUnsafe(
    `delete from event e where e.id in (select id from event where at < $1::timestamptz limit 20000)
       and not exists (select from event_delivery d where d.event_id = e.id and d.state in ('new', 'waiting'))`,
    before,
  );
}

