import { AppError, notFound } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids';
import { type Json, type JsonObject } from '@/lib/core/json';
import { notify } from '@/lib/db/notify';
import { inTransaction } from '@/lib/db/transaction';
import { webhookAuth, type WebhookTrigger } from '@/lib/pipeline';
import { announceRun } from '@/lib/runs/server';
import { resolveSecret } from '@/lib/tenancy/server';
import { hookIdOf, hookSecret, isSigned, isTokenOf, sameText } from './hook-token';
import { start, whyIdle } from './service';
import { type HookAnswer } from './schema';
import * as store from './store';

/** Headers that name a call, so that a repeated one is known again: Standard Webhooks, ours, GitHub's. */
const EVENT_ID_HEADERS = ['webhook-id', 'idempotency-key', 'x-event-id', 'x-github-delivery'];
const LONGEST_ID = 255;

/** A call of a webhook's address as it came. */
export type HookCall = { headers: { get(name: string): string | null }; bytes: Buffer };

/**
 * receiveHook takes a call of a webhook: the event, its delivery and the run that it starts commit together, and a call with the id of an
 * earlier one starts nothing again.
 * @param call `body` reads the call's body once its address is known to be right
 * @throws AppError not_found for an unknown address, unauthorized for a caller who cannot show who it is, unavailable for a full disk
 */
export async function receiveHook(token: string, headers: HookCall['headers'], body: () => Promise<Buffer>, now: Date): Promise<HookAnswer> {
  const trigger = await triggerOf(token);
  const bytes = await body();
  await proveCaller(trigger, { headers, bytes }, now);
  const named = EVENT_ID_HEADERS.map((name) => headers.get(name)).find((id) => id !== null && id !== '');
  if (named !== undefined && named !== null && named.length > LONGEST_ID) throw new AppError('invalid', `The id of the call has ${named.length} characters; at most ${LONGEST_ID} are kept. Send a shorter one.`);
  const key = named ? `${trigger.id} ${named}` : null;
  const event = { id: newId(), key, data: dataOf(bytes), now };
  const answer = await inTransaction(async (tx): Promise<HookAnswer | null> => {
    if (!(await store.insertCall(tx, trigger, event))) return null;
    const result = whyIdle(trigger) ?? (await start(tx, trigger, event, now));
    await store.settleDeliveries(tx, trigger.id, [{ eventId: event.id, ...result }], now);
    return { eventId: event.id, ...(result.state === 'started' ? { runId: result.runId } : { reason: result.reason.text }) };
  });
  if (answer === null) {
    const before = key === null ? null : await store.callByKey(trigger.id, key);
    if (before === null) throw notFound('webhook', token);
    return { eventId: before.eventId, ...(before.runId === null ? {} : { runId: before.runId }), reason: `A call with the id "${named}" came before and is not taken twice.` };
  }
  if (answer.runId !== undefined) announceRun(answer.runId);
  notify({ topic: 'event', id: trigger.pipeline_id, workspaceId: trigger.workspace_id });
  return answer;
}

const unauthorized = (message: string) => new AppError('unauthorized', message);

async function triggerOf(token: string): Promise<store.TriggerRow> {
  const id = hookIdOf(token);
  const trigger = id === null ? null : await store.triggerById(id);
  if (!trigger || !isTokenOf(trigger, token)) throw new AppError('not_found', 'There is no webhook at this address. Copy the address from the page of its pipeline.');
  return trigger;
}

async function proveCaller(trigger: store.TriggerRow, { headers, bytes }: HookCall, now: Date): Promise<void> {
  const auth = webhookAuth(trigger.trigger as WebhookTrigger);
  const own = auth.secret === null ? null : await resolveSecret(trigger.workspace_id, auth.secret);
  if (auth.secret !== null && own === null) throw unauthorized(`The secret "${auth.secret}" that callers of this webhook show is gone. Ask for it to be stored again.`);
  if (auth.type === 'hmac') {
    if (!isSigned(own ?? hookSecret(trigger), headers, bytes, now)) {
      throw unauthorized('The signature is missing, late or wrong. Sign the body with the webhook’s secret: webhook-id, webhook-timestamp and webhook-signature (Standard Webhooks), or x-hub-signature-256.');
    }
    return;
  }
  if (own === null) return;
  const shown = /^Bearer (.+)$/i.exec(headers.get('authorization') ?? '')?.[1] ?? '';
  if (!sameText(shown, own)) throw unauthorized('Callers of this webhook show a secret: send Authorization: Bearer with it.');
}

/** What the database cannot keep in a text, as JSON writes it: NUL and halves of characters. */
const UNKEPT = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i;

/** A body that is JSON is kept as such, any other as text; one that is empty is none. @throws AppError invalid for text that cannot be kept */
function dataOf(bytes: Buffer): JsonObject {
  const text = bytes.toString('utf8');
  if (text.trim() === '') return {};
  const body = read(text);
  if (UNKEPT.test(JSON.stringify(body))) throw new AppError('invalid', 'The body contains the character NUL or half of a character (an unpaired surrogate). Send text without it.');
  return { body };
}

function read(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
