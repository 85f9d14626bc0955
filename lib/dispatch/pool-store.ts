import { type Tx } from '@/lib/db/transaction';
import type { PoolView } from './schema';

/** selectPools lists a workspace's pools with what is taken and what waits. @param name only this one */
export async function selectPools(db: Tx, workspaceId: string, name: string | null): Promise<PoolView[]> {
  return db.$queryRaw<PoolView[]>`
    select p.name, p.slots,
      coalesce((select sum(t.pool_slots)::int from task_run t
                where t.standing = 'running' and t.workspace_id = p.workspace_id and t.pool = p.name), 0) as used,
      (select count(*)::int from unnest('{0,1,2,3}'::smallint[]) l(lane)
       join task_run t on t.standing = 'ready' and not t.inline and t.lane = l.lane and t.workspace_id = p.workspace_id and t.pool = p.name) as waiting
    from pool p where p.workspace_id = ${workspaceId}::uuid and (${name}::text is null or p.name = ${name}) order by p.name`;
}

/** upsertPool writes a pool's size. */
export async function upsertPool(tx: Tx, workspaceId: string, name: string, slots: number): Promise<void> {
  await tx.pool.upsert({ where: { workspaceId_name: { workspaceId, name } }, create: { workspaceId, name, slots }, update: { slots } });
}

/** deletePoolRow removes a pool; tasks that name it are not limited by it any more. */
export async function deletePoolRow(tx: Tx, workspaceId: string, name: string): Promise<void> {
  await tx.pool.deleteMany({ where: { workspaceId, name } });
}

