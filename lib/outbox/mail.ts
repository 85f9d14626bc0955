import { createTransport } from 'nodemailer';
import type { Senders } from './schema';

/** mailSender sends by SMTP. @returns null when no server is set, so that mail stays waiting */
export function mailSender(smtpUrl: string | undefined, from: string | undefined): Senders['mail'] {
  if (!smtpUrl) return null;
  const transport = createTransport({
    url: smtpUrl,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
  });
  return async (mail, id) => {
    await transport.sendMail({
      from: from ?? 'Penstock <penstock@localhost>',
      to: mail.to,
      subject: mail.subject,
      text: mail.text,
      messageId: `<${id}@penstock>`,
    });
  };
}
