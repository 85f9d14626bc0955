import { pool } from '@/lib/db/pool';

/** Sums of one arm in one phase, from which rates and their variances follow. Rates are of rows; what is independent are units. */
export type ArmSums = {
  variant: string;
  version: number;
  modelVersionId: string;
  units: number;
  rows: number;
  errors: number;
  scored: number;
  scoreMean: number | null;
  scoreDeviation: number | null;
  /** variances of the two rates, by units (delta method) */
  errorVariance: number;
  scoreVariance: number;
  answered: number;
  /** p50, p95, p99 and the two quantiles one standard error around p95, in milliseconds */
  latency: [number, number, number, number, number] | null;
};

export type PhaseArm = { step: number; variant: string; units: number };
export type Bin = { at: Date; variant: string; rows: number; errors: number };

/** Which answers of a rollout count: in the traffic of a weight those by hash, in a shadow the copies against all that stable answered. */
export type Kind = 'traffic' | 'shadow';
const COUNTED: Record<Kind, string[]> = { traffic: ['hash', 'cookie'], shadow: ['shadow', 'only', 'hash', 'cookie'] };

/** Statements over a rollout's rows give up after this long, in milliseconds; the next turn tries again. */
const LIMIT_MS = 10_000;

async function query<Row extends object>(text: string, values: unknown[], limitMs: number): Promise<Row[]> {
  const client = await pool().connect();
  try {
    await client.query('begin read only');
    await client.query(`set local statement_timeout = ${limitMs}`);
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.query('rollback').catch(() => undefined);
    client.release();
  }
}

/**
 * armSums reads a phase of a rollout once and sums it up by variant. Rows that a list or rule sent are left out, and callers' own
 * mistakes (4xx) are neither errors nor latencies.
 */
export function armSums(workspaceId: string, rolloutId: string, step: number, kind: Kind, limitMs = LIMIT_MS): Promise<ArmSums[]> {
  return query<ArmSums>(
    `with phase as materialized (
       select variant, version, model_version_id, coalesce(unit_id, id::text) as unit, status, latency_us / 1000.0 as ms, score
       from inference_log
       where workspace_id = $1 and rollout_id = $2 and rollout_step = $3 and assigned_by = any($4)
     ), unit as (
       select variant, count(*)::float8 as n, (count(*) filter (where status >= 500))::float8 as e,
         count(score)::float8 as sn, coalesce(sum(score), 0) as s
       from phase group by variant, unit
     ), rates as (
       select variant, count(*)::float8 as units, sum(n) as n, sum(e) as e, sum(sn) as sn, sum(s) as s,
         sum(e) / sum(n) as rate, sum(s) / nullif(sum(sn), 0) as score,
         sum(e * e) as ee, sum(e * n) as en, sum(n * n) as nn, sum(s * s) as ss, sum(s * sn) as ssn, sum(sn * sn) as snn
       from unit group by variant
     ), counts as (
       select variant, max(version) as version, max(model_version_id::text) as uuid, count(*) filter (where status < 400) as answered, stddev_samp(score) as deviation
       from phase group by variant
     ), latency as (
       select c.variant, percentile_cont(array[0.5, 0.95, 0.99, greatest(0, 0.95 - sqrt(0.0475 / c.answered)), least(1, 0.95 + sqrt(0.0475 / c.answered))])
         within group (order by p.ms) as points
       from counts c join phase p on p.variant = c.variant and p.status < 400
       where c.answered > 0
       group by c.variant, c.answered
     )
     select r.variant, c.version, c.uuid as "modelVersionId", r.units, r.n as rows, r.e as errors, r.sn as scored, r.score as "scoreMean", c.deviation as "scoreDeviation",
       greatest(0, r.ee - 2 * r.rate * r.en + r.rate * r.rate * r.nn) / (r.n * r.n) as "errorVariance",
       coalesce(greatest(0, r.ss - 2 * r.score * r.ssn + r.score * r.score * r.snn) / nullif(r.sn * r.sn, 0), 0) as "scoreVariance",
       c.answered::float8 as answered, l.points as latency
     from rates r join counts c using (variant) left join latency l using (variant)`,
    [workspaceId, rolloutId, step, COUNTED[kind]],
    limitMs,
  );
}

/** phaseUnits counts the units of each arm in each phase by hash, and the share of units that met both arms of a phase. */
export async function phaseUnits(workspaceId: string, rolloutId: string, limitMs = LIMIT_MS): Promise<{ arms: PhaseArm[]; inBothArms: number }> {
  const rows = await query<PhaseArm & { both: number }>(
    `with unit as (
       select rollout_step as step, coalesce(unit_id, id::text) as unit, bool_or(variant = 'stable') as stable, bool_or(variant = 'candidate') as candidate
       from inference_log
       where workspace_id = $1 and rollout_id = $2 and assigned_by = any($3)
       group by 1, 2
     )
     select step, variant, count(*)::int as units, (count(*) filter (where stable and candidate))::int as both
     from unit cross join lateral (values ('stable'), ('candidate')) v(variant)
     where case variant when 'stable' then stable else candidate end
     group by step, variant`,
    [workspaceId, rolloutId, COUNTED.traffic],
    limitMs,
  );
  const total = rows.reduce((sum, { units }) => sum + units, 0);
  // a unit in both arms stands in both rows
  const both = rows.reduce((sum, row) => sum + row.both, 0) / 2;
  return { arms: rows.map(({ step, variant, units }) => ({ step, variant, units })), inBothArms: total === 0 ? 0 : both / (total - both) };
}

/** binsOverTime counts a rollout's answers by variant in bins of the given width, forced ones too. @param seconds width of a bin */
export function binsOverTime(workspaceId: string, rolloutId: string, seconds: number): Promise<Bin[]> {
  return query<Bin>(
    `select date_bin(make_interval(secs => $3), received_at, 'epoch'::timestamptz) as at, variant, count(*)::int as rows, (count(*) filter (where status >= 500))::int as errors
     from inference_log where workspace_id = $1 and rollout_id = $2 and assigned_by <> 'shadow'
     group by 1, 2 order by 1, 2`,
    [workspaceId, rolloutId, seconds],
    LIMIT_MS,
  );
}
