import { pool } from '@/lib/db/pool';
import type { ClusterView } from './cluster-schema';
import type { SeenLease } from './partitions';
import type { WorkerDetails, WorkerRow } from './worker-store';

/** How long a process that fell silent is still shown. */
const SHOWN = `interval '10 minutes'`;

/** leaseRows reads every lease with its holder; one that ran out has none. */
export async function leaseRows(): Promise<SeenLease[]> {
  const { rows } = await pool().query<SeenLease>(`select name, case when until > clock_timestamp() then holder end as holder from lease order by name`);
  return rows;
}

type Beating = { startedAt: Date; heartbeatAt: Date; heartbeatAgeSeconds: number };
const BEATING = `started_at as "startedAt", heartbeat_at as "heartbeatAt",
  greatest(0, extract(epoch from clock_timestamp() - heartbeat_at))::float8 as "heartbeatAgeSeconds"`;

/** workerRows reads the workers heard of lately, with how many attempts each holds. */
export async function workerRows(): Promise<(WorkerRow & Beating & { draining: boolean; busy: number; details: WorkerDetails })[]> {
  const { rows } = await pool().query<WorkerRow & Beating & { draining: boolean; busy: number; details: WorkerDetails }>(
    `select w.id, w.name, w.host, w.pid, w.roles, w.tags, w.slots, w.version, w.executor, w.schema_version as "schemaVersion", w.draining,
       w.details, coalesce(b.busy, 0)::int as busy, ${BEATING}
     from worker w left join (select worker_id, count(*) as busy from attempt where state in ('dispatching', 'running') group by worker_id) b on b.worker_id = w.id
     where w.heartbeat_at > clock_timestamp() - ${SHOWN} order by w.name, w.id`,
  );
  return rows;
}

/** gatewayRows reads the model gateways heard of lately. */
export async function gatewayRows(): Promise<Omit<ClusterView['gateways'][number], 'lost'>[]> {
  const { rows } = await pool().query<Omit<ClusterView['gateways'][number], 'lost'>>(
    `select id, host, pid, port, version, ${BEATING} from gateway where heartbeat_at > clock_timestamp() - ${SHOWN} order by host, port`,
  );
  return rows;
}

/** queueRow counts what waits and what runs over all workspaces, through the partial indexes. */
export async function queueRow(): Promise<ClusterView['queue']> {
  const { rows } = await pool().query<ClusterView['queue']>(
    `select (select count(*) from attempt where state in ('dispatching', 'running'))::int as running, q.ready, q."oldestSeconds"
     from (select count(*)::int as ready, extract(epoch from clock_timestamp() - min(ready_at))::float8 as "oldestSeconds"
           from task_run where standing = 'ready' and (inline or not inline)) q`,
  );
  return rows[0]!;
}
