import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { expect, it } from 'vitest';
import { prisma } from '@/lib/db/client';
import { inTransaction } from '@/lib/db/transaction';
import { makeWorkspace, testDatabase } from '@/lib/testing';
import { deliverDue, enqueue, outboxState, webhookSender, type Senders } from './server';

testDatabase();

const now = new Date();
const after = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const message = {
  channel: 'ops',
  event: 'run.failed',
  title: 'Failed',
  text: 'late failed',
  data: { run: '1' },
};
const secret = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;

it('delivers a signed webhook, retries with the same id after a failure, and gives up on 410', async () => {
  const workspace = await makeWorkspace();
  const calls: { headers: IncomingHttpHeaders; body: string }[] = [];
  const answers = [500, 200, 410];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      calls.push({ headers: request.headers, body });
      response.writeHead(answers[calls.length - 1] ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = (server.address() as AddressInfo).port;
  const target = { url: `http://127.0.0.1:${port}/hook`, form: 'standard' as const, secret };
  const senders = (allow: string[]): Senders => ({
    mail: null,
    webhook: webhookSender(
      () => Promise.resolve(target),
      allow,
      () => new Date(),
    ),
  });
  const open = senders([`127.0.0.1:${port}`]);
  try {
    const id = await inTransaction((tx) =>
      enqueue(tx, { workspaceId: workspace.id, kind: 'webhook', payload: message }, now),
    );
    expect(await deliverDue(after(1), open)).toEqual({ delivered: 0, failed: 1 });
    expect(await deliverDue(after(2), open)).toEqual({ delivered: 0, failed: 0 });
    expect(await deliverDue(after(10), open)).toEqual({ delivered: 1, failed: 0 });
    expect(calls.map((c) => c.headers['webhook-id'])).toEqual([id, id]);
    expect(
      new Webhook(secret).verify(calls[1]!.body, calls[1]!.headers as Record<string, string>),
    ).toMatchObject({ type: 'run.failed', data: { run: '1' } });

    await inTransaction((tx) =>
      enqueue(tx, { workspaceId: workspace.id, kind: 'webhook', payload: message }, now),
    );
    await deliverDue(after(20), open);
    expect(await outboxState(workspace.id, false)).toMatchObject({ waiting: 0, failed: 1 });

    const blocked = await inTransaction((tx) =>
      enqueue(tx, { workspaceId: workspace.id, kind: 'webhook', payload: message }, now),
    );
    await deliverDue(after(30), senders([]));
    expect((await prisma().outboxMessage.findUniqueOrThrow({ where: { id: blocked } })).lastError).toMatch(
      /127\.0\.0\.1/,
    );
    expect(calls).toHaveLength(3);
  } finally {
    server.close();
  }
});

it('keeps mail waiting without a mail server and sends it once there is one', async () => {
  const workspace = await makeWorkspace();
  const sent: string[] = [];
  await inTransaction((tx) =>
    enqueue(
      tx,
      {
        workspaceId: workspace.id,
        kind: 'mail',
        payload: { to: ['a@example.test'], subject: 's', text: 't' },
      },
      now,
    ),
  );
  expect(await deliverDue(after(40), { mail: null, webhook: null })).toEqual({ delivered: 0, failed: 0 });
  expect(await outboxState(workspace.id, false)).toMatchObject({ waitingMail: 1, mailConfigured: false });
  const mail = (m: { subject: string }) => Promise.resolve(void sent.push(m.subject));
  const counts = await Promise.all([1, 2, 3].map(() => deliverDue(after(41), { mail, webhook: null })));
  expect(counts.reduce((sum, c) => sum + c.delivered, 0)).toBe(1);
  expect(sent).toEqual(['s']);
});
