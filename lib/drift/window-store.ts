import { prisma } from '@/lib/db/client';
import { inTransaction } from '@/lib/db/transaction';
import { type Counted } from './judge';
import { type Grain } from './schema';

/** Hours that one round counts, at most. */
const HOURS = 200;
const ROUND_MS = 120_000;

export type CountedHours = { hours: number; endpoints: { endpointId: string; workspaceId: string }[] };

/**
 * countChangedHours counts hours of the log anew whose rows changed since they were counted, in one statement: the counts replace
 * what was there, so doing it twice changes nothing and late rows are included. Hours are locked before the log is read and skipped
 * when locked: any number of workers may count.
 */
export function countChangedHours(): Promise<CountedHours> {
  return inTransaction(async (tx) => {
    const found = await tx.$queryRaw<{ endpoint_id: string; model_version_id: string; hour: Date; workspace_id: string }[]>`
      select h.endpoint_id, h.model_version_id, h.hour, h.workspace_id
      from inference_hour h join reference_profile p on p.model_version_id = h.model_version_id and p.status = 'ready'
      where h.counted_at is null or h.counted_at < h.changed_at
      order by h.changed_at limit ${HOURS} for update of h skip locked`;
    if (found.length === 0) return { hours: 0, endpoints: [] };
    const keys = [found.map((h) => h.endpoint_id), found.map((h) => h.model_version_id), found.map((h) => h.hour)] as const;
    await tx.$executeRaw`
      with feature as materialized (
        select h.endpoint_id, h.model_version_id, h.hour, p.workspace_id, f.name, f.role, f.kind, f.edges, f."values" as known, cardinality(f.counts) as bins
        from unnest(${keys[0]}::uuid[], ${keys[1]}::uuid[], ${keys[2]}::timestamptz[]) as h(endpoint_id, model_version_id, hour)
          join reference_profile p on p.model_version_id = h.model_version_id,
          jsonb_to_recordset(p.features) as f(name text, role text, kind text, edges float8[], "values" text[], counts int[])
      ), asked as (
        select f.*, case when f.role = 'prediction' then to_jsonb(l.score) else l.features -> f.name end as value
        from feature f join inference_log l
          on l.endpoint_id = f.endpoint_id and l.model_version_id = f.model_version_id and l.at >= f.hour and l.at < f.hour + interval '1 hour' and l.status < 400
      ), typed as (
        select a.*,
          case when kind = 'numeric' and jsonb_typeof(value) = 'number' then case when abs(value::numeric) < 1e300 then value::float8 end end as number,
          case when kind = 'categorical' and jsonb_typeof(value) in ('string', 'number', 'boolean') then value #>> '{}' end as text
        from asked a
      ), placed as (
        select endpoint_id, model_version_id, hour, name, number,
          case
            when kind = 'categorical' then case when text is null then bins - 1 else coalesce(array_position(known, text) - 1, bins - 2) end
            when number is null then bins - 1
            when cardinality(edges) = 0 then 0
            when number = edges[cardinality(edges)] then greatest(cardinality(edges) - 1, 1)
            else width_bucket(number, edges)
          end as bin
        from typed
      ), counted as (
        select endpoint_id, model_version_id, hour, name, bin, count(*)::int as rows, sum(number) as total
        from placed group by 1, 2, 3, 4, 5
      )
      insert into drift_window (endpoint_id, model_version_id, hour, feature, workspace_id, counts, rows, total)
      select f.endpoint_id, f.model_version_id, f.hour, f.name, f.workspace_id,
        array_agg(coalesce(c.rows, 0) order by place.bin), coalesce(sum(c.rows), 0)::int, sum(c.total)
      from feature f cross join lateral generate_series(0, f.bins - 1) as place(bin)
        left join counted c on c.endpoint_id = f.endpoint_id and c.model_version_id = f.model_version_id and c.hour = f.hour and c.name = f.name and c.bin = place.bin
      group by f.endpoint_id, f.model_version_id, f.hour, f.name, f.workspace_id
      on conflict (endpoint_id, model_version_id, hour, feature) do update set counts = excluded.counts, rows = excluded.rows, total = excluded.total`;
    await tx.$executeRaw`
      update inference_hour h set counted_at = h.changed_at
      from unnest(${keys[0]}::uuid[], ${keys[1]}::uuid[], ${keys[2]}::timestamptz[]) as seen(endpoint_id, model_version_id, hour)
      where h.endpoint_id = seen.endpoint_id and h.model_version_id = seen.model_version_id and h.hour = seen.hour`;
    const endpoints = new Map(found.map((h) => [h.endpoint_id, { endpointId: h.endpoint_id, workspaceId: h.workspace_id }]));
    return { hours: found.length, endpoints: [...endpoints.values()] };
  }, ROUND_MS);
}

/** What windows are of: one model version at one endpoint of a workspace. */
export type Watched = { workspaceId: string; endpointId: string; modelVersionId: string };

/** hoursSpan is the first and last hour with rows; null without any. */
export async function hoursSpan(of: Watched): Promise<{ first: Date; last: Date } | null> {
  const [row] = await prisma().$queryRaw<{ first: Date | null; last: Date | null }[]>`
    select min(hour) as first, max(hour) as last from drift_window
    where workspace_id = ${of.workspaceId}::uuid and endpoint_id = ${of.endpointId}::uuid and model_version_id = ${of.modelVersionId}::uuid and rows > 0`;
  return row?.first && row.last ? { first: row.first, last: row.last } : null;
}

/**
 * readWindows sums hours to windows of a grain, by feature, in ascending order; windows without rows are left out.
 * @param from start of a window, included
 * @param to end of a window, excluded
 * @param feature only this one
 */
export async function readWindows(of: Watched, grain: Grain, from: Date, to: Date, feature: string | null = null): Promise<Map<string, Counted[]>> {
  const found = await prisma().$queryRaw<{ feature: string; start: Date; counts: number[]; total: number | null }[]>`
    with hours as (
      select feature, date_trunc(${grain}, hour, 'UTC') as start, counts, total from drift_window
      where workspace_id = ${of.workspaceId}::uuid and endpoint_id = ${of.endpointId}::uuid and model_version_id = ${of.modelVersionId}::uuid
        and hour >= ${from} and hour < ${to} and rows > 0 and (${feature}::text is null or feature = ${feature})
    ), bins as (
      select feature, start, place, sum(rows)::int as rows from hours, unnest(counts) with ordinality as bin(rows, place) group by 1, 2, 3
    ), totals as (
      select feature, start, sum(total) as total from hours group by 1, 2
    )
    select b.feature, b.start, array_agg(b.rows order by b.place) as counts, t.total
    from bins b join totals t using (feature, start) group by b.feature, b.start, t.total order by b.start`;
  const windows = new Map<string, Counted[]>();
  for (const { feature: name, start, counts, total } of found) {
    const series = windows.get(name) ?? [];
    series.push({ window: start, counts, rows: counts.reduce((sum, rows) => sum + rows, 0), total });
    windows.set(name, series);
  }
  return windows;
}

/** versionsAt lists the model versions that have answered at an endpoint, newest first. */
export function versionsAt(workspaceId: string, endpointId: string): Promise<{ id: string; number: number }[]> {
  return prisma().$queryRaw<{ id: string; number: number }[]>`
    select v.id, v.number from model_version v
    where v.workspace_id = ${workspaceId}::uuid
      and exists (select from inference_hour h where h.endpoint_id = ${endpointId}::uuid and h.model_version_id = v.id)
    order by v.number desc`;
}
