import { systemClock } from '@/lib/core/clock';
import { env } from '@/lib/core/env';
import { deliverDue, mailSender, messagesDue, webhookSender } from '@/lib/outbox/server';
import { webhookTarget } from '@/lib/tenancy/server';
import { type Duty } from '../watch';

/** outboxDuty delivers mail and webhooks as they fall due. */
export function outboxDuty(): Duty {
  const { PENSTOCK_SMTP_URL, PENSTOCK_MAIL_FROM, PENSTOCK_ALLOW_HOSTS } = env();
  const allow = PENSTOCK_ALLOW_HOSTS.split(',').map((h) => h.trim()).filter(Boolean);
  const senders = { mail: mailSender(PENSTOCK_SMTP_URL, PENSTOCK_MAIL_FROM), webhook: webhookSender(webhookTarget, allow, systemClock) };
  return {
    due: messagesDue(senders.mail ? ['mail', 'webhook'] : ['webhook']),
    restMs: 0,
    perform: async () => {
      while ((await deliverDue(systemClock(), senders)).delivered > 0);
    },
  };
}
