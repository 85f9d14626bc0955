import { notFound } from '@/lib/core/errors';
import { prisma } from '@/lib/db/client';
import { notify } from '@/lib/db/notify';
import { inTransaction } from '@/lib/db/transaction';
import { audit, authorize, type Context } from '@/lib/tenancy/server';
import { deletePoolRow, selectPools, upsertPool } from './pool-store';
import type { PoolView, PutPool } from './schema';

/** listPools lists the workspace's pools with what of each is taken and what waits for it. */
export async function listPools(ctx: Context): Promise<PoolView[]> {
  authorize(ctx, 'pool:read');
  return selectPools(prisma(), ctx.workspaceId, null);
}

/** getPool reads one pool. @throws AppError not_found */
export async function getPool(ctx: Context, name: string): Promise<PoolView> {
  authorize(ctx, 'pool:read');
  const [pool] = await selectPools(prisma(), ctx.workspaceId, name);
  if (!pool) throw notFound('pool', name);
  return pool;
}

/** putPool makes a pool or changes its size; the next claim goes by it. */
export async function putPool(ctx: Context, name: string, { slots }: PutPool): Promise<PoolView> {
  authorize(ctx, 'pool:write');
  const pool = await inTransaction(async (tx) => {
    const [before] = await selectPools(tx, ctx.workspaceId, name);
    await upsertPool(tx, ctx.workspaceId, name, slots);
    await audit(tx, ctx, {
      verb: before ? 'pool.update' : 'pool.create',
      target: 'pool',
      targetId: name,
      ...(before ? { before: { slots: before.slots } } : {}),
      after: { slots },
    });
    return (await selectPools(tx, ctx.workspaceId, name))[0]!;
  });
  notify({ topic: 'work' });
  return pool;
}

/** deletePool removes a pool; tasks that name it run without its limit. @throws AppError not_found */
export async function deletePool(ctx: Context, name: string): Promise<void> {
  authorize(ctx, 'pool:write');
  await inTransaction(async (tx) => {
    const [before] = await selectPools(tx, ctx.workspaceId, name);
    if (!before) throw notFound('pool', name);
    await deletePoolRow(tx, ctx.workspaceId, name);
    await audit(tx, ctx, { verb: 'pool.delete', target: 'pool', targetId: name, before: { slots: before.slots } });
  });
  notify({ topic: 'work' });
}
