import { pool } from '@/lib/db/pool';

/** forgetOldKeys removes keys older than `before`. @returns how many */
export async function forgetOldKeys(before: Date): Promise<number> {
  return (await pool().query('delete from idempotency_key where created_at < $1', [before])).rowCount ?? 0;
}
