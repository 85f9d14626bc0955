import { z } from 'zod';

/** An e-mail. `idempotency` of mail is the message's id, sent as Message-ID. */
export const mailSchema = z.object({ to: z.array(z.string()).min(1), subject: z.string(), text: z.string() });
export type Mail = z.infer<typeof mailSchema>;

/** A call to a channel's address; address and signing secret are looked up when it is delivered. */
export const webhookSchema = z.object({
  channel: z.string(),
  event: z.string(),
  title: z.string(),
  text: z.string(),
  data: z.record(z.string(), z.unknown()),
});
export type WebhookMessage = z.infer<typeof webhookSchema>;

export type Outgoing = { workspaceId: string | null } & (
  { kind: 'mail'; payload: Mail } | { kind: 'webhook'; payload: WebhookMessage }
);

/** A message that was leased for delivery. */
export type Leased = {
  id: string;
  workspaceId: string | null;
  kind: string;
  payload: unknown;
  createdAt: Date;
  attempts: number;
};

/** Where a channel's webhook goes. slack: the body is Slack's form and there is no signature. */
export type WebhookTarget =
  { url: string; form: 'standard'; secret: string } | { url: string; form: 'slack' };

/** What delivers each kind; null leaves that kind waiting. */
export type Senders = {
  mail: ((mail: Mail, id: string) => Promise<void>) | null;
  webhook: ((message: WebhookMessage, leased: Leased) => Promise<void>) | null;
};

/** A message as a page lists it. */
export type OutboxState = {
  waiting: number;
  waitingMail: number;
  failed: number;
  mailConfigured: boolean;
  lastError: string | null;
};
