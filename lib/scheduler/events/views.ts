import { notFound } from '@/lib/core/errors';
import { isId } from '@/lib/core/ids';
import { publicUrl } from '@/lib/core/public-url';
import { notify } from '@/lib/db/notify';
import { inTransaction } from '@/lib/db/transaction';
import { datasetCondition, triggerWords, webhookAuth, type EventTrigger } from '@/lib/pipeline';
import { requirePipeline } from '@/lib/pipeline/server';
import { may } from '@/lib/tenancy';
import { audit, authorize, type Context } from '@/lib/tenancy/server';
import { hookSecret, hookToken, type Hook } from './hook-token';
import { writeCursor, type EventTriggerView, type EventView, type ListEvents } from './schema';
import * as store from './store';

/** listEvents lists what happened, newest first, and what each event started or why not. */
export async function listEvents(ctx: Context, query: ListEvents): Promise<{ items: EventView[]; nextCursor: string | null }> {
  authorize(ctx, 'event:read');
  const rows = await store.listEventRows(ctx.workspaceId, query);
  const items = rows.slice(0, query.limit).map(
    (row): EventView => ({ id: row.id, kind: row.kind, subject: row.subject, subjectId: row.subject_id, at: row.at, data: row.data, causedByRun: row.run_id, started: row.started }),
  );
  const last = items.at(-1);
  return { items, nextCursor: rows.length > query.limit && last ? writeCursor(last) : null };
}

/**
 * listEventTriggers lists what a pipeline's current version waits for, with the addresses of its webhooks for whoever may change it.
 * @throws AppError not_found
 */
export async function listEventTriggers(ctx: Context, slug: string): Promise<{ items: EventTriggerView[] }> {
  const { id } = await requirePipeline(ctx, slug);
  const rows = await store.listTriggerRows(ctx.workspaceId, id);
  const shows = may(ctx.role, 'pipeline:write');
  return { items: rows.map((row) => viewOf(row, shows)) };
}

function viewOf(row: store.ListedTrigger, shows: boolean): EventTriggerView {
  const names = row.trigger.kind === 'dataset' ? datasetCondition(row.trigger).names : [];
  return {
    id: row.id,
    index: row.trigger_index,
    kind: row.kind,
    words: triggerWords(row.trigger),
    enabled: row.enabled,
    awaited: names.filter((name) => !(name in row.seen)),
    came: names.filter((name) => name in row.seen),
    hook: shows ? hookView(row, row.trigger) : null,
    lastEvent: row.last && { ...row.last, at: new Date(row.last.at) },
  };
}

function hookView(hook: Hook, trigger: EventTrigger): EventTriggerView['hook'] {
  if (trigger.kind !== 'webhook') return null;
  const { type, secret } = webhookAuth(trigger);
  const path = `/api/v1/hooks/${hookToken(hook)}`;
  return { url: `${publicUrl() ?? ''}${path}`, path, auth: type, secret, signingSecret: type === 'hmac' && secret === null ? hookSecret(hook) : null };
}

/** findWebhook finds a webhook of a pipeline's current version. @throws AppError not_found */
export async function findWebhook(ctx: Context, slug: string, triggerId: string): Promise<store.ListedTrigger & { pipelineId: string }> {
  const { id } = await requirePipeline(ctx, slug);
  const found = isId(triggerId) ? (await store.listTriggerRows(ctx.workspaceId, id)).find((row) => row.id === triggerId && row.kind === 'webhook') : undefined;
  if (!found) throw notFound('webhook', triggerId);
  return { ...found, pipelineId: id };
}

/**
 * renewHook gives a webhook another address and signing secret; the one before is unknown from then on.
 * @throws AppError not_found
 */
export async function renewHook(ctx: Context, slug: string, triggerId: string): Promise<EventTriggerView> {
  const found = await findWebhook(ctx, slug, triggerId);
  authorize(ctx, 'pipeline:write');
  await inTransaction(async (tx) => {
    if (!(await store.renewHook(tx, found.pipelineId, triggerId, ctx.now))) throw notFound('webhook', triggerId);
    await audit(tx, ctx, { verb: 'webhook.renew', target: 'pipeline', targetId: slug, after: { trigger: found.trigger_index } });
  });
  notify({ topic: 'event', id: found.pipelineId, workspaceId: ctx.workspaceId });
  return viewOf({ ...found, generation: found.generation + 1 }, true);
}
