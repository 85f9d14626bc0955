import { log } from '@/lib/core/log';
import { notify } from '@/lib/db/notify';
import type { Tx } from '@/lib/db/transaction';
import { retryAt } from './backoff';
import {
  mailSchema,
  webhookSchema,
  type Leased,
  type Outgoing,
  type OutboxState,
  type Senders,
} from './schema';
import { countMessages, deleteDelivered, insertMessage, leaseDue, markDelivered, markFailed } from './store';

const AT_ONCE = 20;
const LEASE_SECONDS = 120;
const KEPT_MS = 30 * 24 * 3_600_000;

/** A delivery that failed; `final` is not tried again, `retryAfterSeconds` is what the receiver asked for. */
export class DeliveryError extends Error {
  constructor(
    message: string,
    readonly options: { final?: boolean; retryAfterSeconds?: number } = {},
  ) {
    super(message);
    this.name = 'DeliveryError';
  }
}

/** enqueue writes a message in the transaction of the change that causes it. @returns the message's id */
export async function enqueue(tx: Tx, message: Outgoing, now: Date): Promise<string> {
  const id = await insertMessage(tx, message, now);
  notify({ topic: 'outbox', id });
  return id;
}

/**
 * deliverDue delivers what is due, each message at least once. Kinds without a sender stay waiting. A message that a killed
 * deliverer held comes back after its lease.
 * @returns how many were delivered and how many failed this time
 */
export async function deliverDue(
  now: Date,
  senders: Senders,
): Promise<{ delivered: number; failed: number }> {
  const kinds = [...(senders.mail ? ['mail'] : []), ...(senders.webhook ? ['webhook'] : [])];
  if (kinds.length === 0) return { delivered: 0, failed: 0 };
  const due = await leaseDue(kinds, now, AT_ONCE, LEASE_SECONDS);
  const results = await Promise.all(due.map((message) => deliverOne(message, now, senders)));
  const delivered = results.filter(Boolean).length;
  return { delivered, failed: results.length - delivered };
}

/** outboxState tells a page how the workspace's messages stand, and whether mail can go out at all. */
export async function outboxState(workspaceId: string, mailConfigured: boolean): Promise<OutboxState> {
  return { ...(await countMessages(workspaceId)), mailConfigured };
}

/** forgetDelivered removes messages delivered more than 30 days ago. @returns how many */
export const forgetDelivered = (now: Date): Promise<number> =>
  deleteDelivered(new Date(now.getTime() - KEPT_MS));

async function deliverOne(message: Leased, now: Date, senders: Senders): Promise<boolean> {
  try {
    await send(message, senders);
    await markDelivered(message.id, now);
    return true;
  } catch (error) {
    const asked = error instanceof DeliveryError ? error.options : {};
    const next = asked.final ? null : retryAt(now, message.attempts, Math.random(), asked.retryAfterSeconds);
    const sentence = error instanceof Error ? error.message : String(error);
    log.warn(
      { message: message.id, kind: message.kind, attempt: message.attempts, next, reason: sentence },
      'a message was not delivered',
    );
    await markFailed(message.id, sentence, next, now);
    return false;
  }
}

async function send(message: Leased, senders: Senders): Promise<void> {
  if (message.kind === 'mail') {
    const mail = mailSchema.safeParse(message.payload);
    if (!mail.success) throw new DeliveryError('The stored mail cannot be read.', { final: true });
    await senders.mail?.(mail.data, message.id);
    return;
  }
  const webhook = webhookSchema.safeParse(message.payload);
  if (!webhook.success) throw new DeliveryError('The stored message cannot be read.', { final: true });
  await senders.webhook?.(webhook.data, message);
}
