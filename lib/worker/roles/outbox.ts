import { systemClock } from '@/lib/core/clock';
import { env } from '@/lib/core/env';
import { deliverDue, mailSender, webhookSender } from '@/lib/outbox/server';
import { webhookTarget } from '@/lib/tenancy/server';
import { every } from '../every';

/** Without a hint the outbox is looked at this often, in milliseconds. */
const POLL_MS = 10_000;

/** startOutbox delivers mail and webhooks as they fall due. */
export function startOutbox(): { hint: () => void; stop: () => Promise<void> } {
  const { PENSTOCK_SMTP_URL, PENSTOCK_MAIL_FROM, PENSTOCK_ALLOW_HOSTS } = env();
  const allow = PENSTOCK_ALLOW_HOSTS.split(',').map((h) => h.trim()).filter(Boolean);
  const senders = { mail: mailSender(PENSTOCK_SMTP_URL, PENSTOCK_MAIL_FROM), webhook: webhookSender(webhookTarget, allow, systemClock) };
  const deliver = every(POLL_MS, async () => {
    while ((await deliverDue(systemClock(), senders)).delivered > 0);
  });
  return {
    hint: deliver.now,
    stop: deliver.stop,
  };
}
