import { pool } from '@/lib/db/pool';
import { type AssignedBy, type VariantStats } from './schema';
import { type StatsWindow } from './stats';

type StatsRow = {
  variant: string;
  version: number;
  modelVersionId: string;
  rows: number;
  errors: number;
  units: number;
  latency: [number, number, number] | null;
  latencyMean: number | null;
  latencyVariance: number | null;
  scored: number;
  scoreMean: number | null;
  scoreVariance: number | null;
  firstAt: Date;
  lastAt: Date;
};

/** statsByVariant reads a window of an endpoint's log once and gives its figures by variant and version. */
export async function statsByVariant(workspaceId: string, window: StatsWindow & { assignedBy: AssignedBy[] }): Promise<VariantStats[]> {
  const { rows } = await pool().query<StatsRow>(
    `select variant, version, model_version_id as "modelVersionId", count(*)::int as rows,
       count(*) filter (where status >= 500)::int as errors, count(distinct unit_id)::int as units,
       percentile_cont(array[0.5, 0.95, 0.99]) within group (order by latency_us / 1000.0) filter (where status < 400) as latency,
       avg(latency_us / 1000.0) filter (where status < 400)::float8 as "latencyMean",
       coalesce(var_samp(latency_us / 1000.0) filter (where status < 400), 0)::float8 as "latencyVariance",
       count(score)::int as scored, avg(score) as "scoreMean", coalesce(var_samp(score), 0) as "scoreVariance",
       min(at) as "firstAt", max(at) as "lastAt"
     from inference_log
     where workspace_id = $1 and endpoint_id = $2 and at >= $3 and at < $4 and assigned_by = any($5)
       and ($6::uuid is null or rollout_id = $6) and ($7::int is null or rollout_step = $7)
     group by variant, version, model_version_id
     order by variant desc, version`,
    [workspaceId, window.endpointId, window.from, window.to, window.assignedBy, window.rolloutId ?? null, window.step ?? null],
  );
  return rows.map(({ latency, latencyMean, latencyVariance, scored, scoreMean, scoreVariance, ...row }) => {
    const [p50 = 0, p95 = 0, p99 = 0] = latency ?? [];
    return {
      ...row,
      latency: latency && { p50, p95, p99, mean: latencyMean ?? 0, variance: latencyVariance ?? 0 },
      score: scored > 0 && scoreMean !== null ? { rows: scored, mean: scoreMean, variance: scoreVariance ?? 0 } : null,
    };
  });
}
