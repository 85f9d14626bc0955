import { AppError } from '@/lib/core/errors';
import { log } from '@/lib/core/log';
import { type JsonObject } from '@/lib/core/json';
import { notify } from '@/lib/db/notify';
import { inTransaction, type Tx } from '@/lib/db/transaction';
import { getVersion } from '@/lib/pipeline/server';
import { announceRun, prepareRun } from '@/lib/runs/server';
import { systemContext, type Context } from '@/lib/tenancy/server';
import { decideDeliveries, type DeliveryReason, type Seen } from './decide';
import { eventParams } from './event-params';
import * as store from './store';

/** Deliveries of one trigger taken up at one look; the next look takes the rest. */
const MOST = 100;

/**
 * deliverEvents makes the runs of what happened, each exactly once: a trigger's row is locked, and the runs, what became of its
 * deliveries and what it has seen commit together. Any number of schedulers may look at the same time.
 * @param shares only pipelines of these shares (lib/dispatch `partitionOf`); null: of all
 * @returns whether any trigger waits for the end of runs, so that it is worth looking when one ends
 */
export async function deliverEvents(now: Date, shares: readonly number[] | null = null): Promise<{ hearsRuns: boolean }> {
  if (shares?.length === 0) return { hearsRuns: false };
  for (const id of await store.triggersWithNews(shares)) {
    await deliver(id, now).catch((error: unknown) => log.warn({ err: error, trigger: id }, 'an event could not start its run now; it is looked at again'));
  }
  return { hearsRuns: await store.hearsRuns() };
}

async function deliver(id: string, now: Date): Promise<void> {
  const done = await inTransaction((tx) => deliverLocked(tx, id, now), 60_000);
  if (!done) return;
  done.made.forEach((run) => announceRun(run));
  notify({ topic: 'event', id: done.pipelineId, workspaceId: done.workspaceId });
}

async function deliverLocked(tx: Tx, id: string, now: Date): Promise<{ made: string[]; pipelineId: string; workspaceId: string } | null> {
  const trigger = await store.lockTrigger(tx, id);
  if (trigger === 'busy') return null;
  if (trigger === null) {
    await store.dropDeliveries(tx, id, { code: 'removed', text: 'A later version of the pipeline has no such trigger.' }, now);
    return null;
  }
  const deliveries = await store.openDeliveries(tx, id, MOST);
  const made: string[] = [];
  const done = { made, pipelineId: trigger.pipeline_id, workspaceId: trigger.workspace_id };
  const idle = whyIdle(trigger);
  if (idle) {
    const news = deliveries.filter(({ state }) => idle.state !== 'waiting' || state === 'new');
    await store.settleDeliveries(tx, id, news.map((each) => ({ eventId: each.event_id, ...idle })), now);
    return news.length > 0 ? done : null;
  }
  const events = new Map(deliveries.map((each) => [each.event_id, each]));
  const { outcomes, seen } = decideDeliveries(
    trigger.trigger,
    trigger.seen,
    deliveries.map((each) => ({ eventId: each.event_id, subject: each.subject, depth: each.depth, data: each.data, held: each.state === 'waiting' })),
  );
  const settled: store.Settled[] = [];
  for (const outcome of outcomes) {
    if (outcome.state !== 'start') {
      settled.push(outcome);
      continue;
    }
    const event = events.get(outcome.eventId)!;
    const started = await start(tx, trigger, { id: event.event_id, data: event.data }, now);
    settled.push({ eventId: outcome.eventId, ...started });
    if (started.state !== 'started') continue;
    made.push(started.runId);
    const reason: DeliveryReason = { code: 'set_complete', text: `It counted towards the run that a new version of ${event.subject} started.` };
    const earlier = outcome.together.filter((eventId) => !events.has(eventId));
    if (earlier.length > 0) await store.joinRun(tx, id, earlier, started.runId, reason);
    for (const each of settled) if (outcome.together.includes(each.eventId)) Object.assign(each, { runId: started.runId, reason });
  }
  await store.settleDeliveries(tx, id, settled, now);
  if (JSON.stringify(seen satisfies Seen) !== JSON.stringify(trigger.seen)) await store.setSeen(tx, id, seen);
  return done;
}

/** whyIdle says why a trigger starts nothing whatever comes. */
export function whyIdle(trigger: Pick<store.TriggerRow, 'enabled' | 'paused' | 'archived' | 'slug'>): { state: 'waiting' | 'refused' | 'passed'; reason: DeliveryReason } | null {
  if (trigger.archived) return { state: 'refused', reason: { code: 'archived', text: `Pipeline "${trigger.slug}" is archived, so nothing starts it.` } };
  if (!trigger.enabled) return { state: 'passed', reason: { code: 'off', text: 'The trigger is switched off in the version that is published.' } };
  if (trigger.paused) return { state: 'waiting', reason: { code: 'paused', text: `Pipeline "${trigger.slug}" is paused. The event waits and starts a run when it is resumed.` } };
  return null;
}

type Started = { state: 'started'; runId: string; reason: null } | { state: 'refused'; reason: DeliveryReason };

/**
 * start makes the run of an event in the caller's transaction. A run that cannot be right at the next look either is refused with its
 * sentence; a full disk is waited for.
 * @throws AppError unavailable
 */
export async function start(tx: Tx, trigger: store.TriggerRow, event: { id: string; data: JsonObject }, now: Date): Promise<Started> {
  const ctx = contextOf(trigger, now);
  // two triggers of one pipeline may hear one event
  const already = await store.runOfEvent(tx, trigger.pipeline_id, event.id);
  if (already) return { state: 'refused', reason: { code: 'repeated', text: 'Another trigger of this pipeline heard the same event and started a run.' } };
  try {
    const { spec } = await getVersion(ctx, trigger.slug, trigger.version_number);
    const insert = await prepareRun(ctx, {
      pipelineSlug: trigger.slug,
      version: trigger.version_number,
      params: eventParams(trigger.kind, event.data, spec.params),
      trigger: { kind: trigger.kind, id: event.id },
    });
    return { state: 'started', runId: (await insert(tx)).id, reason: null };
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'unavailable') throw error;
    return { state: 'refused', reason: { code: 'refused', text: error.message } };
  }
}

const contextOf = (trigger: store.TriggerRow, now: Date): Context =>
  systemContext({ id: trigger.workspace_id, slug: trigger.workspace_slug, name: trigger.workspace_name }, now);
