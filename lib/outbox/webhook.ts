import { Webhook } from 'standardwebhooks';
import { guardedFetch } from '@/lib/core/net';
import { DeliveryError } from './deliver';
import type { Leased, Senders, WebhookMessage, WebhookTarget } from './schema';

const TIMEOUT_MS = 15_000;

/**
 * webhookSender calls a channel's address, signed by Standard Webhooks (headers webhook-id, webhook-timestamp,
 * webhook-signature). Private addresses are refused unless the operator allows them.
 * @param resolve finds a channel's address and secret; null when the channel is gone
 * @param allow hosts and ranges that may be private (PENSTOCK_ALLOW_HOSTS)
 * @param clock the time of signing
 */
export function webhookSender(
  resolve: (workspaceId: string, channel: string) => Promise<WebhookTarget | null>,
  allow: readonly string[],
  clock: () => Date,
): NonNullable<Senders['webhook']> {
  return async (message, leased) => {
    const target = leased.workspaceId ? await resolve(leased.workspaceId, message.channel) : null;
    if (!target)
      throw new DeliveryError(`The channel "${message.channel}" no longer exists.`, { final: true });
    const { body, headers } = write(message, leased, target, clock());
    const answer = await guardedFetch(target.url, {
      method: 'POST',
      headers,
      body,
      allow,
      timeoutMs: TIMEOUT_MS,
      maxBytes: 64 * 1024,
      maxRedirects: 0,
    });
    if (answer.status >= 200 && answer.status < 300) return;
    const wait = Number(answer.headers['retry-after']);
    throw new DeliveryError(`The channel "${message.channel}" answered with status ${answer.status}.`, {
      final: answer.status === 410,
      ...(Number.isFinite(wait) && wait > 0 ? { retryAfterSeconds: Math.min(wait, 86_400) } : {}),
    });
  };
}

function write(
  message: WebhookMessage,
  leased: Leased,
  target: WebhookTarget,
  now: Date,
): { body: string; headers: Record<string, string> } {
  const json = { 'content-type': 'application/json' };
  if (target.form === 'slack')
    return { body: JSON.stringify({ text: `*${message.title}*\n${message.text}` }), headers: json };
  const body = JSON.stringify({
    type: message.event,
    timestamp: leased.createdAt.toISOString(),
    data: { title: message.title, text: message.text, ...message.data },
  });
  return {
    body,
    headers: {
      ...json,
      'webhook-id': leased.id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new Webhook(target.secret).sign(leased.id, now, body),
    },
  };
}
