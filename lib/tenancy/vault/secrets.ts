import { notFound } from '@/lib/core/errors';
import { prisma } from '@/lib/db/client';
import { inTransaction } from '@/lib/db/transaction';
import { audit } from '../audit/service';
import { authorize, type Context } from '../context';
import { secretKey } from './key';
import type { PutSecret } from './schema';
import { open, seal } from './seal';
import {
  deleteSecretRow,
  findSecretRow,
  listSecretRows,
  putSecretRow,
  readSealedSecret,
  type SecretRow,
} from './store';

export type SecretView = SecretRow;
const place = (workspaceId: string, name: string) => `secret ${workspaceId} ${name}`;

/** listSecrets lists names; a value is never given back. */
export async function listSecrets(ctx: Context): Promise<SecretView[]> {
  authorize(ctx, 'secret:read');
  return listSecretRows(prisma(), ctx.workspaceId);
}

/** findSecret reads one secret without its value. @throws AppError not_found */
export async function findSecret(ctx: Context, name: string): Promise<SecretView> {
  authorize(ctx, 'secret:read');
  const row = await findSecretRow(prisma(), ctx.workspaceId, name);
  if (!row) throw notFound('secret', name);
  return row;
}

/** putSecret stores or replaces a secret, encrypted with AES-256-GCM. */
export async function putSecret(ctx: Context, name: string, { value }: PutSecret): Promise<SecretView> {
  authorize(ctx, 'secret:write');
  const sealed = seal(secretKey(), place(ctx.workspaceId, name), value);
  return inTransaction(async (tx) => {
    const before = await findSecretRow(tx, ctx.workspaceId, name);
    const row = await putSecretRow(tx, ctx.workspaceId, name, sealed, ctx.actor.name, ctx.now);
    await audit(tx, ctx, {
      verb: before ? 'secret.replace' : 'secret.create',
      target: 'secret',
      targetId: name,
    });
    return row;
  });
}

/** deleteSecret removes a secret. @throws AppError not_found */
export async function deleteSecret(ctx: Context, name: string): Promise<void> {
  authorize(ctx, 'secret:write');
  await inTransaction(async (tx) => {
    if (!(await findSecretRow(tx, ctx.workspaceId, name))) throw notFound('secret', name);
    await deleteSecretRow(tx, ctx.workspaceId, name);
    await audit(tx, ctx, { verb: 'secret.delete', target: 'secret', targetId: name });
  });
}

/** resolveSecret gives an attempt a secret's value, or null when there is none. Its caller masks it wherever text goes out. */
export async function resolveSecret(workspaceId: string, name: string): Promise<string | null> {
  const sealed = await readSealedSecret(prisma(), workspaceId, name);
  return sealed && open(secretKey(), place(workspaceId, name), sealed);
}

/** secretNames lists the names that a workspace's expressions may use, for validation. */
export const secretNames = async (workspaceId: string): Promise<string[]> =>
  (await listSecretRows(prisma(), workspaceId)).map((row) => row.name);
