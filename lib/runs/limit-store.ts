import { sql, type Sql } from '@/lib/db/sql';

/** lockRunLimit locks a pipeline's row against other new runs and gives how many runs may be active at once; null: any number. */
export async function lockRunLimit(tx: Sql, pipelineId: string): Promise<number | null> {
  const rows = await tx.$queryRawUnsafe<{ most: number | null }[]>(
    `select max_active_runs as most from pipeline where id = $1::uuid and max_active_runs is not null for no key update`,
    pipelineId,
  );
  return rows[0]?.most ?? null;
}

/** countActiveRuns counts a pipeline's unfinished runs that are not held back by its limit; tries do not count. */
export async function countActiveRuns(tx: Sql, pipelineId: string): Promise<number> {
  const rows = await tx.$queryRawUnsafe<{ n: number }[]>(
    `select count(*)::int as n from run r where r.pipeline_id = $1::uuid and r.state in ('queued', 'running') and r.trigger_kind <> 'try'
       and not exists (select 1 from task_run t where t.run_id = r.id and t.pipeline_id = r.pipeline_id
                       and t.standing = 'deferred' and t.reason ->> 'code' = 'pipeline_limit')`,
    pipelineId,
  );
  return rows[0]?.n ?? 0;
}

/** pipelinesWithWaitingRuns names pipelines of which a run waits for its limit. */
export async function pipelinesWithWaitingRuns(): Promise<string[]> {
  const rows = await sql().$queryRawUnsafe<{ id: string }[]>(
    `select distinct pipeline_id as id from task_run where standing = 'deferred' and reason ->> 'code' = 'pipeline_limit'`,
  );
  return rows.map((row) => row.id);
}

/** waitingRuns lists the runs that wait for their pipeline's limit, oldest first. @param most how many; null for all */
export async function waitingRuns(tx: Sql, pipelineId: string, most: number | null): Promise<{ id: string; workspace_id: string }[]> {
  return tx.$queryRawUnsafe<{ id: string; workspace_id: string }[]>(
    `select r.id, r.workspace_id from run r
     where r.id in (select t.run_id from task_run t where t.pipeline_id = $1::uuid and t.standing = 'deferred' and t.reason ->> 'code' = 'pipeline_limit')
     order by r.due_at, r.id limit $2::int`,
    pipelineId, most,
  );
}
