import { pool } from '@/lib/db/pool';
import type { SeenLease } from './partitions';

/**
 * renewLeases prolongs what a node holds, by the database's clock; a lease that ran out is not renewed, it must be taken again.
 * @returns every lease as it stood, and the live nodes that share the partitions
 */
export async function renewLeases(holder: string, leaseSeconds: number): Promise<{ leases: SeenLease[]; nodes: string[] }> {
  const { rows } = await pool().query<{ leases: SeenLease[]; nodes: string[] }>({
    name: 'penstock_renew_leases',
    text: `with renewed as (
        update lease set until = clock_timestamp() + make_interval(secs => $2) where holder = $1 and until > clock_timestamp()
      )
      select (select coalesce(json_agg(json_build_object('name', name, 'holder', case when until > clock_timestamp() then holder end) order by name), '[]')
              from lease) as leases,
             (select coalesce(json_agg(id), '[]') from worker
              where 'scheduler' = any(roles) and not draining and heartbeat_at > clock_timestamp() - make_interval(secs => $2)) as nodes`,
    values: [holder, leaseSeconds],
  });
  return rows[0]!;
}

/** takeLeases takes those of the leases that are free at this moment; each taking raises the fence. @returns the names taken */
export async function takeLeases(holder: string, names: string[], leaseSeconds: number): Promise<string[]> {
  const { rows } = await pool().query<{ name: string }>({
    name: 'penstock_take_leases',
    text: `update lease set holder = $1, fence = fence + 1, until = clock_timestamp() + make_interval(secs => $3)
           where name in (select name from lease where name = any($2::text[]) and (holder is null or until <= clock_timestamp())
                          order by name for update skip locked)
           returning name`,
    values: [holder, names, leaseSeconds],
  });
  return rows.map((row) => row.name);
}

/** giveUpLeases frees leases that a node holds; null frees all of them. @returns how many */
export async function giveUpLeases(holder: string, names: string[] | null): Promise<number> {
  const { rowCount } = await pool().query({
    name: 'penstock_give_up_leases',
    text: `update lease set holder = null, until = clock_timestamp() where holder = $1 and ($2::text[] is null or name = any($2))`,
    values: [holder, names],
  });
  return rowCount ?? 0;
}
