import { pool } from '@/lib/db/pool';

/** What waits for processes of these tags, and how busy the given processes of a host are. */
export type Demand = { ready: number; workers: { pid: number; slots: number; busy: number }[] };

/** readDemand counts through the partial indexes what a supervisor decides by. */
export async function readDemand(tags: string[], host: string, pids: number[]): Promise<Demand> {
  const { rows } = await pool().query<Demand>({
    name: 'penstock_demand',
    text: `select (select count(*) from task_run where standing = 'ready' and (inline or not inline) and worker_tags <@ $1)::int as ready,
      (select coalesce(json_agg(json_build_object('pid', w.pid, 'slots', w.slots, 'busy',
         (select count(*) from attempt a where a.worker_id = w.id and a.state in ('dispatching', 'running')))), '[]')
       from worker w where w.host = $2 and w.pid = any($3::int[]) and not w.draining) as workers`,
    values: [tags, host, pids],
  });
  return rows[0]!;
}
