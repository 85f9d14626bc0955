export type { Mail, Outgoing, OutboxState, WebhookMessage, WebhookTarget } from './schema';
