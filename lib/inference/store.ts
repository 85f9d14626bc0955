import { pool } from '@/lib/db/pool';
import { type AssignedBy, type DropLine, type InferenceView, type LogLine, type VariantStats } from './schema';
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
     where workspace_id = $1 and endpoint_id = $2 and received_at >= $3 and received_at < $4 and assigned_by = any($5)
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

/**
 * insertLines writes spooled lines in one statement: predictions, the hours they changed, and what was dropped. PostgreSQL reads the JSON.
 * A line that is there already is left, so that lines may come twice.
 */
export async function insertLines(lines: string[]): Promise<void> {
  await pool().query(
    `with line as materialized (select value from jsonb_array_elements($1::jsonb) as value),
     logged as (
       insert into inference_log (id, received_at, at, workspace_id, endpoint_id, variant, model_version_id, version, rollout_id, rollout_step,
         request_id, unit_id, bucket, assigned_by, features, prediction, score, latency_us, status, error)
       select r.id, r.received_at, r.at, r.workspace_id, r.endpoint_id, r.variant, r.model_version_id, r.version, r.rollout_id, r.rollout_step,
         r.request_id, r.unit_id, r.bucket, r.assigned_by, nullif(r.features, 'null'), nullif(r.prediction, 'null'), r.score, r.latency_us, r.status, r.error
       from line, jsonb_to_record(line.value) as r(id uuid, received_at timestamptz, at timestamptz, workspace_id uuid, endpoint_id uuid, variant text,
         model_version_id uuid, version int, rollout_id uuid, rollout_step int, request_id text, unit_id text, bucket int, assigned_by text,
         features jsonb, prediction jsonb, score float8, latency_us int, status int, error text)
       where not line.value ? 'drop'
       on conflict do nothing
       returning endpoint_id, model_version_id, workspace_id, at),
     hours as (
       insert into inference_hour (endpoint_id, model_version_id, hour, workspace_id, changed_at)
       select endpoint_id, model_version_id, date_trunc('hour', at, 'UTC'), workspace_id, clock_timestamp()
       from logged group by 1, 2, 3, 4 order by 1, 2, 3
       on conflict (endpoint_id, model_version_id, hour) do update set changed_at = greatest(clock_timestamp(), inference_hour.changed_at + interval '1 millisecond'))
     insert into inference_drop (endpoint_id, minute, workspace_id, rows)
     select d.endpoint_id, d.minute, d.workspace_id, sum(d.rows)
     from line, jsonb_to_record(line.value->'drop') as d(endpoint_id uuid, minute timestamptz, workspace_id uuid, rows int)
     where line.value ? 'drop'
     group by 1, 2, 3
     on conflict (endpoint_id, minute) do update set rows = inference_drop.rows + excluded.rows`,
    [`[${lines.join(',')}]`],
  );
}

/** countUnstorable counts a line that PostgreSQL refuses, where it can be told whose it is. */
export async function countUnstorable(line: string): Promise<void> {
  try {
    const { endpoint_id, workspace_id, received_at } = JSON.parse(line) as LogLine;
    const drop: DropLine['drop'] = { endpoint_id, workspace_id, minute: `${received_at.slice(0, 16)}:00.000Z`, rows: 1 };
    await insertLines([JSON.stringify({ drop })]);
  } catch {
    // Not even that can be read of it; the process's log has the line.
  }
}

const VIEW = `l.id, l.received_at as "receivedAt", l.at, l.variant, l.version, l.model_version_id as "modelUuid", l.rollout_id as "rolloutId",
  l.rollout_step as "rolloutStep", l.request_id as "requestId", l.unit_id as "unitId", l.bucket, l.assigned_by as "assignedBy", l.features, l.prediction,
  l.score, l.latency_us as "latencyUs", l.status, l.error`;

/** inferencePage reads predictions, newest first. @param given.before the place of the last one of the page before */
export async function inferencePage(
  workspaceId: string,
  given: { endpointId: string | null; id: string | null; unitId: string | null; variant: string | null; before: { at: Date; id: string } | null; limit: number },
): Promise<(InferenceView & { endpointId: string })[]> {
  const { rows } = await pool().query<InferenceView & { endpointId: string }>(
    `select ${VIEW}, l.endpoint_id as "endpointId" from inference_log l
     where l.workspace_id = $1 and ($2::uuid is null or l.endpoint_id = $2) and ($3::uuid is null or l.id = $3)
       and ($4::text is null or l.unit_id = $4) and ($5::text is null or l.variant = $5)
       and ($6::timestamptz is null or (l.at, l.id) < ($6, $7::uuid))
     order by l.at desc, l.id desc limit $8`,
    [workspaceId, given.endpointId, given.id, given.unitId, given.variant, given.before?.at ?? null, given.before?.id ?? null, given.limit],
  );
  return rows;
}

/** droppedRows counts what was answered and not logged in a window. */
export async function droppedRows(workspaceId: string, endpointId: string, from: Date, to: Date): Promise<number> {
  const { rows } = await pool().query<{ dropped: number }>(
    `select coalesce(sum(rows), 0)::int as dropped from inference_drop where workspace_id = $1 and endpoint_id = $2 and minute >= $3 and minute < $4`,
    [workspaceId, endpointId, from, to],
  );
  return rows[0]?.dropped ?? 0;
}

/**
 * makeDay gives a day of the log a partition of its own. A day that has rows in the rest already keeps them there.
 * @param day YYYY-MM-DD
 */
export async function makeDay(day: string): Promise<void> {
  const name = `inference_log_${day.replaceAll('-', '')}`;
  const client = await pool().connect();
  try {
    const { rows } = await client.query<{ known: boolean; taken: boolean }>(
      `select to_regclass($1) is not null as known,
         exists (select from inference_log_rest where received_at >= $2::date at time zone 'UTC' and received_at < ($2::date + 1) at time zone 'UTC') as taken`,
      [name, day],
    );
    if (rows[0]?.known || rows[0]?.taken) return;
    await client.query('begin');
    await client.query(`set local lock_timeout = '2s'`);
    await client.query(`create table ${name} partition of inference_log for values from ('${day} 00:00:00+00') to ('${nextDay(day)} 00:00:00+00')`);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

const nextDay = (day: string): string => new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);

/** oldDays lists the partitions whose day ended before a time. */
export async function oldDays(before: Date): Promise<string[]> {
  const { rows } = await pool().query<{ name: string }>(
    `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'inference_log'::regclass and c.relname ~ '^inference_log_[0-9]{8}$' and c.relname < $1 order by 1`,
    [`inference_log_${before.toISOString().slice(0, 10).replaceAll('-', '')}`],
  );
  return rows.map((row) => row.name);
}

/** forgetRows removes what a workspace's retention does not keep. */
export async function forgetRows(workspaceId: string, before: Date): Promise<void> {
  await pool().query(`delete from inference_log where workspace_id = $1 and received_at < $2`, [workspaceId, before]);
  await pool().query(`delete from inference_drop where workspace_id = $1 and minute < $2`, [workspaceId, before]);
}

/** dropDayIfEmpty removes a day's partition when no workspace keeps a row of it. @param name as oldDays gave it */
export async function dropDayIfEmpty(name: string): Promise<void> {
  const { rows } = await pool().query<{ used: boolean }>(`select exists (select from ${name}) as used`);
  if (!rows[0]?.used) await pool().query(`drop table ${name}`);
}

/** retentions gives every workspace and how many days of predictions it keeps. @param standard days where it says nothing */
export async function retentions(standard: number): Promise<{ id: string; days: number }[]> {
  const { rows } = await pool().query<{ id: string; days: number }>(`select id, coalesce((settings->>'inferenceRetentionDays')::int, $1::int) as days from workspace`, [standard]);
  return rows;
}
