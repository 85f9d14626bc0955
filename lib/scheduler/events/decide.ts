import { datasetCondition, type EventTrigger } from '@/lib/pipeline';

/** How many events may stand behind one, each started by the run of the one before. */
export const DEEPEST = 16;

/** Columns that differ from the version before. */
export type SchemaChange = { added: string[]; removed: string[]; retyped: string[] };

/** An event as one trigger gets it. `held`: its pipeline was paused when somebody looked. */
export type Delivery = {
  eventId: string;
  subject: string;
  depth: number;
  data: { backfill?: boolean; schema?: SchemaChange };
  held: boolean;
};

export type ReasonCode = 'paused' | 'chain_too_deep' | 'backfill' | 'schema_same' | 'set_incomplete' | 'set_complete';
export type DeliveryReason = { code: ReasonCode | 'archived' | 'off' | 'refused' | 'removed' | 'repeated'; text: string };

/** What becomes of a delivery. `start`: a run; the events of `together` count towards it too. */
export type Outcome =
  | { eventId: string; state: 'start'; together: string[]; reason: null }
  | { eventId: string; state: 'counted' | 'passed'; reason: DeliveryReason };

/** Which event of each dataset came since the trigger last fired. */
export type Seen = Record<string, string>;

/**
 * decideDeliveries says what a trigger makes of the events that came for it, oldest first. Every event starts a run of its own, but a
 * dataset trigger waits until its condition holds for what came since it last fired; what came while its pipeline was paused counts
 * together, since a run reads only the newest version.
 */
export function decideDeliveries(trigger: EventTrigger, seen: Seen, deliveries: readonly Delivery[]): { outcomes: Outcome[]; seen: Seen } {
  let now: Seen = { ...seen };
  const lastHeld = deliveries.findLastIndex(({ held }) => held);
  const outcomes = deliveries.map((delivery, i): Outcome => {
    const { eventId } = delivery;
    const not = whyNot(trigger, delivery);
    if (not) return { eventId, state: 'passed', reason: not };
    if (trigger.kind !== 'dataset') return { eventId, state: 'start', together: [], reason: null };
    const condition = datasetCondition(trigger);
    now = { ...now, [delivery.subject]: eventId };
    const there = new Set(Object.keys(now));
    if (i < lastHeld && delivery.held) return { eventId, state: 'counted', reason: { code: 'paused', text: 'It came while the pipeline was paused and counts together with what came after it.' } };
    if (!condition.holds(there)) {
      const missing = condition.names.filter((name) => !there.has(name));
      return { eventId, state: 'counted', reason: { code: 'set_incomplete', text: `It counts; a new version of ${missing.join(', ')} is awaited.` } };
    }
    const together = Object.values(now).filter((id) => id !== eventId);
    now = {};
    return { eventId, state: 'start', together, reason: null };
  });
  return { outcomes, seen: now };
}

function whyNot(trigger: EventTrigger, { depth, data }: Delivery): DeliveryReason | null {
  if (depth > DEEPEST)
    return { code: 'chain_too_deep', text: `More than ${DEEPEST} events stand behind this one, each started by the run of the one before: pipelines that start each other in a circle are stopped here.` };
  if (data.backfill === true && trigger.kind === 'dataset' && trigger.onBackfill !== true)
    return { code: 'backfill', text: 'A backfill made this version, and this trigger does not listen to backfills (onBackfill).' };
  if (data.backfill === true && trigger.kind === 'run') return { code: 'backfill', text: 'This run belongs to a backfill, whose runs start no other pipeline.' };
  if (trigger.kind === 'dataset' && trigger.on === 'schema' && data.schema === undefined)
    return { code: 'schema_same', text: 'Its columns are those of the version before, and this trigger waits for a changed schema.' };
  return null;
}
