export { messagesDue } from './due';
export { deliverDue, DeliveryError, enqueue, forgetDelivered, outboxState } from './deliver';
export { mailSender } from './mail';
export { webhookSender } from './webhook';
export type { Leased, Mail, Outgoing, OutboxState, Senders, WebhookMessage, WebhookTarget } from './schema';
