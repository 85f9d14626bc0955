import { randomBytes } from 'node:crypto';
import { notFound } from '@/lib/core/errors';
import type { JsonObject } from '@/lib/core/json';
import { prisma } from '@/lib/db/client';
import { inTransaction, type Tx } from '@/lib/db/transaction';
import { enqueue, type Outgoing, type WebhookTarget } from '@/lib/outbox/server';
import { audit } from '../audit/service';
import { authorize, type Context } from '../context';
import { secretKey } from './key';
import type { PutChannel } from './schema';
import { open, seal } from './seal';
import { deleteChannelRow, findChannelRow, listChannelRows, putChannelRow, type SealedRow } from './store';

/** A channel as people see it. `secret` is there only in the answer that made it. */
export type ChannelView = {
  name: string;
  kind: string;
  config: JsonObject;
  signed: boolean;
  updatedAt: Date;
  secret?: string;
};
/** What goes out by a channel. `event` is a dotted name such as run.failed. */
export type Announcement = { event: string; title: string; text: string; data?: Record<string, unknown> };

type Sealed = { secret?: string; url?: string };
const place = (workspaceId: string, name: string) => `channel ${workspaceId} ${name}`;

/** listChannels lists the workspace's channels. */
export async function listChannels(ctx: Context): Promise<ChannelView[]> {
  authorize(ctx, 'channel:read');
  return (await listChannelRows(prisma(), ctx.workspaceId)).map(view);
}

/** getChannelView reads one channel. @throws AppError not_found */
export async function getChannelView(ctx: Context, name: string): Promise<ChannelView> {
  authorize(ctx, 'channel:read');
  const row = await findChannelRow(prisma(), ctx.workspaceId, name);
  if (!row) throw notFound('channel', name);
  return view(row);
}

/**
 * putChannel stores or replaces a channel. A webhook channel gets a signing secret at first, or when a new one is asked for;
 * it is in this answer only.
 */
export async function putChannel(ctx: Context, name: string, given: PutChannel): Promise<ChannelView> {
  authorize(ctx, 'channel:write');
  return inTransaction(async (tx) => {
    const before = await findChannelRow(tx, ctx.workspaceId, name);
    const kept = before?.kind === given.kind ? unseal(ctx.workspaceId, before) : {};
    const { config, hidden, shown } = partition(given, kept);
    const sealed =
      Object.keys(hidden).length > 0
        ? seal(secretKey(), place(ctx.workspaceId, name), JSON.stringify(hidden))
        : null;
    const row = await putChannelRow(tx, {
      workspaceId: ctx.workspaceId,
      name,
      kind: given.kind,
      config,
      sealed,
      updatedAt: ctx.now,
    });
    await audit(tx, ctx, {
      verb: before ? 'channel.update' : 'channel.create',
      target: 'channel',
      targetId: name,
      before: before && { kind: before.kind, config: before.config },
      after: { kind: given.kind, config, newSecret: shown !== undefined },
    });
    return { ...view(row), ...(shown === undefined ? {} : { secret: shown }) };
  });
}

/** deleteChannel removes a channel; what still waits for it is given up. @throws AppError not_found */
export async function deleteChannel(ctx: Context, name: string): Promise<void> {
  authorize(ctx, 'channel:write');
  await inTransaction(async (tx) => {
    const before = await findChannelRow(tx, ctx.workspaceId, name);
    if (!before) throw notFound('channel', name);
    await deleteChannelRow(tx, ctx.workspaceId, name);
    await audit(tx, ctx, {
      verb: 'channel.delete',
      target: 'channel',
      targetId: name,
      before: { kind: before.kind, config: before.config },
    });
  });
}

/** testChannel sends a trial message by a channel. @throws AppError not_found */
export async function testChannel(ctx: Context, name: string): Promise<{ messageId: string }> {
  authorize(ctx, 'channel:write');
  return inTransaction(async (tx) => {
    const text = `${ctx.actor.name} tries the channel "${name}" of the workspace "${ctx.workspace.name}".`;
    const messageId = await announce(
      tx,
      ctx.workspaceId,
      name,
      { event: 'channel.test', title: 'A trial message from Penstock', text },
      ctx.now,
    );
    await audit(tx, ctx, { verb: 'channel.test', target: 'channel', targetId: name });
    return { messageId };
  });
}

/**
 * announce sends something by a channel: it is written to the outbox in the caller's transaction and delivered after it.
 * @returns the message's id
 * @throws AppError not_found when the workspace has no such channel
 */
export async function announce(
  tx: Tx,
  workspaceId: string,
  channel: string,
  what: Announcement,
  now: Date,
): Promise<string> {
  const row = await findChannelRow(tx, workspaceId, channel);
  if (!row) throw notFound('channel', channel);
  return enqueue(tx, outgoing(workspaceId, row, what), now);
}

/** getChannel tells whether a workspace has a channel and of which kind. */
export async function getChannel(
  workspaceId: string,
  name: string,
): Promise<{ name: string; kind: string; config: JsonObject } | null> {
  const row = await findChannelRow(prisma(), workspaceId, name);
  return row && { name: row.name, kind: row.kind, config: row.config };
}

/** webhookTarget gives the deliverer a channel's address and secret, or null when there is no such channel. */
export async function webhookTarget(workspaceId: string, name: string): Promise<WebhookTarget | null> {
  const row = await findChannelRow(prisma(), workspaceId, name);
  if (!row) return null;
  const hidden = unseal(workspaceId, row);
  if (row.kind === 'slack' && hidden.url) return { url: hidden.url, form: 'slack' };
  if (row.kind === 'webhook' && hidden.secret && typeof row.config.url === 'string')
    return { url: row.config.url, form: 'standard', secret: hidden.secret };
  return null;
}

function outgoing(workspaceId: string, row: SealedRow, what: Announcement): Outgoing {
  if (row.kind === 'email') {
    const to = Array.isArray(row.config.to) ? row.config.to.map(String) : [];
    return { workspaceId, kind: 'mail', payload: { to, subject: what.title, text: what.text } };
  }
  return {
    workspaceId,
    kind: 'webhook',
    payload: {
      channel: row.name,
      event: what.event,
      title: what.title,
      text: what.text,
      data: what.data ?? {},
    },
  };
}

/** Which part of a channel can be read back and which cannot. Slack's address is a secret in itself. */
function partition(given: PutChannel, kept: Sealed): { config: JsonObject; hidden: Sealed; shown?: string } {
  switch (given.kind) {
    case 'email':
      return { config: { to: given.config.to }, hidden: {} };
    case 'slack':
      return { config: { host: new URL(given.config.url).host }, hidden: { url: given.config.url } };
    case 'webhook': {
      const fresh =
        given.secret ??
        (given.newSecret || !kept.secret ? `whsec_${randomBytes(32).toString('base64')}` : undefined);
      const config = { url: given.config.url };
      return fresh ? { config, hidden: { secret: fresh }, shown: fresh } : { config, hidden: kept };
    }
  }
}

const unseal = (workspaceId: string, row: SealedRow): Sealed =>
  row.sealed ? (JSON.parse(open(secretKey(), place(workspaceId, row.name), row.sealed)) as Sealed) : {};

const view = (row: SealedRow): ChannelView => ({
  name: row.name,
  kind: row.kind,
  config: row.config,
  signed: row.kind === 'webhook',
  updatedAt: row.updatedAt,
});
