import type pg from 'pg';
import type { Json } from '@/lib/core/json';
import { prisma } from '@/lib/db/client';
import { hotPool, pool } from '@/lib/db/pool';
import { type Tx } from '@/lib/db/transaction';
import { claimedPiece, claimedTask, type ClaimedPiece, type ClaimedRow } from './claimed';
import { engineMetrics } from './metrics';
import { isPlain, isQuiet } from './plain-end';
import type { ClaimedTask, ClaimLimits, Finished, FinishItem } from './schema';

/**
 * What a round trip came to. queued: runs of the claimed tasks that had not begun. crowded: another claimer was judging the same limits or
 * taking of the same fan-out, so ask again soon. again: more is left of a fan-out.
 */
export type Step = { finished: Finished | null; claimed: ClaimedTask[]; queued: string[]; crowded: boolean; again: boolean };

type Answer = {
  finished: (Omit<Finished, 'accepted'> & { accepted?: Finished['accepted']; refused?: [run: string, ordinal: number, fence: number][] }) | null;
  handed: ClaimedRow[];
  fanned: ClaimedPiece | null;
  claimed: ClaimedRow[] | null;
  queued: string[] | null;
  crowded: boolean;
  again: boolean;
};

/**
 * step records attempts' ends and claims new work in one round trip and one commit.
 * @param items ends to record; empty to claim only
 * @param limits what to claim; null to finish only
 */
export async function step(
  items: FinishItem[],
  limits: ClaimLimits | null,
  on: Pick<pg.Pool, 'query'> = hotPool(),
): Promise<Step> {
  const began = performance.now();
  // in one order everywhere: a heartbeat locks rows of the same attempts
  const ordered = items.length > 1 ? items.toSorted((a, b) => (a.run < b.run ? -1 : a.run > b.run ? 1 : a.ordinal - b.ordinal || a.fence - b.fence)) : items;
  const plain = items.length > 1 && items.every(isQuiet) ? ordered : [];
  const { rows } = await on.query<{ step: Answer }>({
    name: 'penstock_step',
    text: 'select penstock_step($1::jsonb, $2::uuid[], $3::int[], $4::int[], $5::uuid, $6::text[], $7::int, $8::int, $9::float8, $10::boolean) as step',
    values: [
      plain.length > 0 ? factsOf(plain) : JSON.stringify(ordered, withoutTask),
      // as texts: the driver takes ten times as long to write an array of its own
      `{${plain.map(({ run }) => run).join(',')}}`,
      `{${plain.map(({ ordinal }) => ordinal).join(',')}}`,
      `{${plain.map(({ fence }) => fence).join(',')}}`,
      limits?.workerId ?? null,
      limits?.tags ?? [],
      limits?.inline ?? 0,
      limits?.process ?? 0,
      limits?.leaseSeconds ?? 0,
      limits?.look ?? true,
    ],
  });
  const { handed, fanned, queued, crowded, again, ...answer } = rows[0]!.step;
  const claimed = [...handed.map(claimedTask), ...(fanned ? claimedPiece(fanned) : []), ...(answer.claimed ?? []).map(claimedTask)];
  const finished = answer.finished && { ...answer.finished, accepted: answer.finished.accepted ?? accepted(plain, answer.finished.refused ?? []) };
  engineMetrics.step().observe((performance.now() - began) / 1000);
  engineMetrics.claims().inc(claimed.length);
  const states = new Map<string, number>();
  for (const [, , , state] of finished?.accepted ?? []) states.set(state, (states.get(state) ?? 0) + 1);
  for (const [task, count] of states) engineMetrics.finishes().inc({ task }, count);
  engineMetrics.zombies().inc(items.length - (finished?.accepted.length ?? 0));
  return { finished, claimed, queued: queued ?? [], crowded, again };
}

/** What ends of commands say besides their success; nothing where none does. */
const factsOf = (ends: FinishItem[]): string => (ends.every(isPlain) ? '[]' : JSON.stringify(ends.map((end) => [end.exit_code ?? null, end.resolved ?? null, end.timings ?? null])));

/** The claimed task is for this process alone. */
const withoutTask = (key: string, value: unknown): unknown => (key === 'passes' ? undefined : value);

function accepted(plain: FinishItem[], refused: [run: string, ordinal: number, fence: number][]): Finished['accepted'] {
  const not = new Set(refused.map((each) => each.join(' ')));
  return plain.filter((item) => not.size === 0 || !not.has([item.run, item.ordinal, item.fence].join(' '))).map((item) => [item.run, item.ordinal, item.fence, item.task]);
}

/** One live attempt's news for the heartbeat. */
export type Beat = {
  run: string;
  ordinal: number;
  fence: number;
  progress?: number;
  message?: string;
  metrics?: Json;
  checkpoint?: Json;
  external?: Json;
  /** its signs of life now */
  vitals?: Json;
  started?: boolean;
};

/** An attempt that is still ours; cancel asks its holder to stop it. */
export type Held = { run: string; ordinal: number; fence: number; cancel: boolean };

/**
 * heartbeat renews the leases of a worker's attempts in one statement, by the database's clock, and writes what they reported.
 * Attempts that are not answered were taken away: their holder must stop them and may not finish them.
 */
export async function heartbeat(beats: Beat[], leaseSeconds: number): Promise<Held[]> {
  const { rows } = await pool().query<Held>({
    name: 'penstock_heartbeat',
    text: `
      with beat as (
        select * from jsonb_to_recordset($1::jsonb) as b(run uuid, ordinal int, fence int, progress float8, message text,
          metrics jsonb, checkpoint jsonb, external jsonb, vitals jsonb, started boolean)
      ), held as (
        -- in the order in which ends are written, or the two could wait for each other
        select a.run_id, a.ordinal, a.number from attempt a join beat b on a.run_id = b.run and a.ordinal = b.ordinal and a.number = b.fence
        where a.state in ('dispatching', 'running') and a.lease_until is not null
        order by a.run_id, a.ordinal, a.number for no key update of a
      )
      update attempt a set
        lease_until = clock_timestamp() + make_interval(secs => $2),
        state = case when b.started then 'running' else a.state end,
        started_at = case when b.started then coalesce(a.started_at, clock_timestamp()) else a.started_at end,
        progress = coalesce(b.progress, a.progress), message = coalesce(b.message, a.message),
        metrics = case when b.metrics is null then a.metrics else coalesce(a.metrics, '{}') || b.metrics end,
        checkpoint = coalesce(b.checkpoint, a.checkpoint), external = coalesce(b.external, a.external),
        vitals = coalesce(b.vitals, a.vitals)
      from held h join beat b on b.run = h.run_id and b.ordinal = h.ordinal and b.fence = h.number join run r on r.id = b.run
      where a.run_id = h.run_id and a.ordinal = h.ordinal and a.number = h.number
      returning a.run_id as run, a.ordinal, a.number as fence, r.cancel_requested as cancel`,
    values: [JSON.stringify(beats), leaseSeconds],
  });
  return rows;
}

/** An attempt whose lease ran out, with what the decision about it needs. */
export type LostAttempt = {
  run_id: string;
  ordinal: number;
  task_id: string;
  number: number;
  kind: string;
  retries: number;
  lost_count: number;
  worker: string | null;
};

/**
 * overdueAttempts lists attempts whose lease ran out by the database's clock, at most `limit`. After a restart of the database nothing
 * is overdue until half a lease has passed: the holders could not renew while it was away, and do so within a third.
 */
export async function overdueAttempts(limit: number, leaseSeconds: number): Promise<LostAttempt[]> {
  const { rows } = await pool().query<LostAttempt>({
    name: 'penstock_overdue',
    text: `select a.run_id, a.ordinal, t.task_id, a.number, t.kind, t.retries, t.lost_count, w.name as worker
           from attempt a join task_run t on t.run_id = a.run_id and t.ordinal = a.ordinal
           left join worker w on w.id = a.worker_id
           where a.state in ('dispatching', 'running') and a.lease_until < clock_timestamp()
             and pg_postmaster_start_time() < clock_timestamp() - make_interval(secs => $2::float8 / 2)
           order by a.lease_until limit $1`,
    values: [limit, leaseSeconds],
  });
  return rows;
}

/**
 * wakeRetries readies tasks whose retry delay is over.
 * @param now domain time
 * @returns how many became ready
 */
export async function wakeRetries(now: Date): Promise<number> {
  const { rowCount } = await pool().query({
    name: 'penstock_wake_retries',
    text: `update task_run t set state = 'ready', ready_at = clock_timestamp(), updated_at = clock_timestamp()
           from (select run_id, ordinal from task_run where standing = 'up_for_retry' and not_before <= $1
                 order by not_before limit 500 for update skip locked) due
           where t.run_id = due.run_id and t.ordinal = due.ordinal`,
    values: [now],
  });
  return rowCount ?? 0;
}

/** What a parked attempt waits for. */
export type Parking = { state: 'deferred' | 'awaiting_approval'; reason: Json; until: Date; awaits: string | null; resolved: Json };

/**
 * parkAttempt gives an attempt's slot and lease back while it waits for something outside; it stays open under its fence.
 * @returns 'cancelled' when its run is being stopped, null when the attempt is not the holder's any more
 */
export async function parkAttempt(
  at: { run: string; ordinal: number; fence: number },
  what: Parking,
  on: Pick<Tx, '$queryRawUnsafe'> = prisma(),
): Promise<'parked' | 'cancelled' | null> {
  const rows = await on.$queryRawUnsafe<{ parked: 'parked' | 'cancelled' | null }[]>(
    `select penstock_park($1::uuid, $2::int, $3::int, $4, $5::jsonb, $6::timestamptz, $7, $8::jsonb) as parked`,
    at.run, at.ordinal, at.fence, what.state, JSON.stringify(what.reason), what.until, what.awaits, JSON.stringify(what.resolved),
  );
  return rows[0]?.parked ?? null;
}

/**
 * takeParked takes up to `limit` parked sensors that are due, each under a lease on its open attempt.
 * @param now domain time
 */
export async function takeParked(workerId: string, limit: number, leaseSeconds: number, now: Date): Promise<ClaimedTask[]> {
  const { rows } = await pool().query<ClaimedTask>({
    name: 'penstock_take_parked',
    text: 'select *, true as inline from penstock_take_parked($1::uuid, $2::int, $3::timestamptz, $4::float8)',
    values: [workerId, limit, now, leaseSeconds],
  });
  return rows;
}

/** wakeParked makes parked sensors of a workspace that await one of these events due now. @returns how many */
export async function wakeParked(workspaceId: string, events: string[], now: Date): Promise<number> {
  const { rowCount } = await pool().query({
    name: 'penstock_wake_parked',
    text: `update task_run set not_before = $3, awaits = null where workspace_id = $1::uuid and standing = 'deferred' and awaits = any($2::text[])`,
    values: [workspaceId, events, now],
  });
  return rowCount ?? 0;
}

/** wakeRunSensors makes parked sensors due that await a run of the pipelines of these ended runs. @returns how many */
export async function wakeRunSensors(runIds: string[], now: Date): Promise<number> {
  const { rowCount } = await pool().query({
    name: 'penstock_wake_run_sensors',
    text: `update task_run t set not_before = $2, awaits = null from run r
           where r.id = any($1::uuid[]) and r.finished_at is not null and t.standing = 'deferred' and t.workspace_id = r.workspace_id
             and t.awaits = 'run:' || r.pipeline_slug`,
    values: [runIds, now],
  });
  return rowCount ?? 0;
}

/** markRunsRunning sets runs whose first task was claimed to running; one that is just finishing a task is set by that. */
export async function markRunsRunning(runIds: string[]): Promise<void> {
  await pool().query({
    name: 'penstock_mark_running',
    text: `update run set state = 'running', started_at = coalesce(started_at, clock_timestamp()), updated_at = clock_timestamp()
           where id in (select id from run where id = any($1::uuid[]) and state = 'queued' for no key update skip locked)`,
    values: [runIds],
  });
}

/** tellOldFanOuts lets stand in the queue what is left of fan-outs whose first task ended so long ago, in milliseconds. @returns how many they were */
export async function tellOldFanOuts(ms: number): Promise<number> {
  const { rows } = await pool().query<{ n: number }>({
    name: 'penstock_tell_old_fan_outs',
    text: `select penstock_tell_old_fan_outs(make_interval(secs => $1::float8 / 1000)) as n`,
    values: [ms],
  });
  return rows[0]!.n;
}

/** foldShares settles what attempts took and folds the ledger of fair shares; costs nothing while nobody competes. */
export async function foldShares(): Promise<void> {
  await pool().query({ name: 'penstock_fold', text: `select penstock_fold_shares() where exists (select 1 from share)` });
}

/** Whether work waits that somebody could claim now; costs one index probe. */
export async function hasReadyWork(): Promise<boolean> {
  const { rows } = await pool().query<{ any: boolean }>({
    name: 'penstock_has_ready',
    text: `select exists (select 1 from task_run where standing = 'ready' and inline)
             or exists (select 1 from task_run where standing = 'ready' and not inline)
             or exists (select 1 from fan_out where opened_at is not null) as any`,
  });
  return rows[0]!.any;
}
