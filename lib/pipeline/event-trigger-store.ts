import { newId } from '@/lib/core/ids';
import { type Tx } from '@/lib/db/transaction';
import { eventTriggers, hearsOf, keepTriggers, type EventTrigger } from './event-triggers';

/**
 * writeEventTriggers replaces a pipeline's event triggers by those of a version, in the transaction that makes the version current, so
 * that nothing that happens afterwards is missed. One that goes on keeps its id, and with it a webhook's address and what it has seen.
 */
export async function writeEventTriggers(tx: Tx, pipeline: { id: string; workspaceId: string; version: number }, triggers: readonly { kind?: unknown }[], now: Date): Promise<void> {
  const before = await tx.eventTrigger.findMany({ where: { pipelineId: pipeline.id }, orderBy: { triggerIndex: 'asc' }, select: { id: true, triggerIndex: true, kind: true, trigger: true } });
  const next = eventTriggers(triggers);
  if (before.length === 0 && next.length === 0) return;
  const rows = keepTriggers(before.map((row) => ({ ...row, trigger: row.trigger as unknown as EventTrigger })), next).map(({ id, index, trigger }) => ({
    id: id ?? newId(), index, trigger, kind: trigger.kind, enabled: trigger.enabled !== false, ...hearsOf(trigger),
  }));
  const json = JSON.stringify(rows);
  await tx.$executeRawUnsafe(`delete from event_trigger where pipeline_id = $1::uuid and id not in (select r.id from jsonb_to_recordset($2::jsonb) as r(id uuid))`, pipeline.id, json);
  // places may change hands, and each is unique: first out of the way
  await tx.$executeRawUnsafe(`update event_trigger set trigger_index = -1 - trigger_index where pipeline_id = $1::uuid`, pipeline.id);
  await tx.$executeRawUnsafe(
    `insert into event_trigger (id, workspace_id, pipeline_id, trigger_index, version_number, kind, trigger, enabled, names, states, pattern, updated_at)
     select r.id, $2::uuid, $1::uuid, r.index, $3::int, r.kind, r.trigger, r.enabled, r.names, r.states, r.pattern, $4::timestamptz
     from jsonb_to_recordset($5::jsonb) as r(id uuid, index int, kind text, trigger jsonb, enabled boolean, names text[], states text[], pattern text)
     on conflict (id) do update set trigger_index = excluded.trigger_index, version_number = excluded.version_number, kind = excluded.kind,
       trigger = excluded.trigger, enabled = excluded.enabled, names = excluded.names, states = excluded.states, pattern = excluded.pattern,
       updated_at = excluded.updated_at,
       seen = (select coalesce(jsonb_object_agg(s.key, s.value), '{}') from jsonb_each(event_trigger.seen) s where s.key = any(excluded.names))`,
    pipeline.id, pipeline.workspaceId, pipeline.version, now, json,
  );
}
