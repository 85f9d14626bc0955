import { pool } from '@/lib/db/pool';

/** liveWorkers counts the workers whose heartbeat is fresh; it is also the proof that the database answers. */
export async function liveWorkers(): Promise<number> {
  const { rows } = await pool().query<{ workers: number }>(`select count(*)::int as workers from worker where heartbeat_at > now() - interval '60 seconds'`);
  return rows[0]?.workers ?? 0;
}
