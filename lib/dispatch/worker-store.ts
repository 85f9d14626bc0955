import { pool } from '@/lib/db/pool';

export type WorkerRow = {
  id: string;
  name: string;
  host: string;
  pid: number;
  roles: string[];
  tags: string[];
  slots: number;
  version: string;
  executor: string;
  /** the newest migration that its program knows; '' where nobody looked */
  schemaVersion: string;
};

/** What a worker says of itself with each heartbeat. `lagMs`: how late its own timers are, 99th percentile since the last one. */
export type WorkerDetails = { lagMs?: number; min?: number; max?: number; children?: number };

/** registerWorker writes this worker's row; its heartbeat keeps it alive. One that was forgotten meanwhile comes back. */
export async function registerWorker(w: WorkerRow): Promise<void> {
  await pool().query(
    `insert into worker (id, name, host, pid, roles, tags, slots, version, executor, schema_version)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (id) do nothing`,
    [w.id, w.name, w.host, w.pid, w.roles, w.tags, w.slots, w.version, w.executor, w.schemaVersion],
  );
}

/** beatWorker renews a worker's row. @returns the newest migration of the database, or null when the row is gone */
export async function beatWorker(id: string, details: WorkerDetails): Promise<{ schemaVersion: string } | null> {
  const { rows } = await pool().query<{ schemaVersion: string }>({
    name: 'penstock_beat_worker',
    text: `update worker set heartbeat_at = clock_timestamp(), details = $2 where id = $1
           returning (select max(migration_name) from _prisma_migrations where finished_at is not null and rolled_back_at is null) as "schemaVersion"`,
    values: [id, JSON.stringify(details)],
  });
  return rows[0] ?? null;
}

/** drainWorker shows that a worker claims nothing more; others share out what it holds. */
export async function drainWorker(id: string): Promise<void> {
  await pool().query(`update worker set draining = true where id = $1`, [id]);
}

/** removeWorker forgets a worker that stopped in order, and those that have been silent for an hour. */
export async function removeWorker(id: string): Promise<void> {
  await pool().query(`delete from worker where id = $1 or heartbeat_at < clock_timestamp() - interval '1 hour'`, [id]);
}

/** liveWorkers lists workers heard of within the last minute. */
export async function liveWorkers(): Promise<Pick<WorkerRow, 'id' | 'name' | 'roles' | 'tags' | 'slots'>[]> {
  const { rows } = await pool().query<Pick<WorkerRow, 'id' | 'name' | 'roles' | 'tags' | 'slots'>>(
    `select id, name, roles, tags, slots from worker where heartbeat_at > clock_timestamp() - interval '1 minute' order by name`,
  );
  return rows;
}
