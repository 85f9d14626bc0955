import { prisma } from '@/lib/db/client';
import { type Column } from '@/lib/datasets';

/** lastSchemas gives, for each task of a pipeline, the columns of its newest table; of tries too. */
export async function lastSchemas(workspaceId: string, pipelineSlug: string): Promise<Map<string, Column[]>> {
  const rows = await prisma().$queryRaw<{ task_id: string; columns: Column[] | null }[]>`
    select distinct on (t.task_id) t.task_id, t.table_output->'schema' as columns
    from run r join task_run t on t.run_id = r.id
    where r.workspace_id = ${workspaceId}::uuid and t.workspace_id = ${workspaceId}::uuid and r.pipeline_slug = ${pipelineSlug}
      and r.id in (select id from run where workspace_id = ${workspaceId}::uuid and pipeline_slug = ${pipelineSlug} order by created_at desc limit 20)
      and t.state in ('succeeded', 'restored') and t.table_output is not null
    order by t.task_id, t.finished_at desc nulls last`;
  return new Map(rows.flatMap((row) => (row.columns ? [[row.task_id, row.columns]] : [])));
}

/** datasetSchemas gives the columns of the newest good version of some datasets. */
export async function datasetSchemas(workspaceId: string, names: string[]): Promise<Map<string, Column[]>> {
  if (names.length === 0) return new Map();
  const rows = await prisma().$queryRaw<{ name: string; columns: Column[] }[]>`
    select d.name, v.schema as columns from dataset d join dataset_version v on v.dataset_id = d.id and v.number = d.current_version
    where d.workspace_id = ${workspaceId}::uuid and d.name = any(${names})`;
  return new Map(rows.map((row) => [row.name, row.columns]));
}
