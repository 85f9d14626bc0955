import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FAN_OUTS_DUE, PARKED_DUE, RETRIES_DUE, LEASES_DUE, READY_WORK, SHARES_OPEN, SLOTS_WANTED } from '@/lib/dispatch/server';
import { pool } from '@/lib/db/pool';
import { messagesDue } from '@/lib/outbox/server';
import { HOURS_CHANGED, REFERENCES_MISSING } from '@/lib/drift/server';
import { ROLLOUTS_LIVE } from '@/lib/rollout/server';
import { APPROVALS_DUE, createRun, ENDS_TO_TELL, HELD_TASKS, LEFT_OVERS, QUEUE_TIMEOUTS_DUE, RUNS_BEHIND_PAST, RUNS_OVER_LIMIT } from '@/lib/runs/server';
import { BACKFILLS_OPEN, SCHEDULES_DUE } from '@/lib/scheduler/server';
import { makeContext, publishSpec, testDatabase } from '@/lib/testing';
import { LOOK_MS, startWatch, type Duty, type Watch } from './watch';

testDatabase();

const now = new Date('2026-05-01T12:00:00Z');
const EVERY = { FAN_OUTS_DUE, PARKED_DUE, RETRIES_DUE, LEASES_DUE, READY_WORK, SHARES_OPEN, SLOTS_WANTED, APPROVALS_DUE, ENDS_TO_TELL, HELD_TASKS, LEFT_OVERS, QUEUE_TIMEOUTS_DUE, RUNS_BEHIND_PAST, RUNS_OVER_LIMIT, BACKFILLS_OPEN, SCHEDULES_DUE, HOURS_CHANGED, REFERENCES_MISSING, ROLLOUTS_LIVE, MESSAGES: messagesDue(['mail', 'webhook']) };

/** Seconds until each is due; what has nothing to do is left out. */
async function dueNow(): Promise<Record<string, number>> {
  const columns = Object.entries(EVERY).map(([name, sql]) => `extract(epoch from ${sql})::float8 as "${name}"`);
  const shares = Array.from({ length: 64 }, (_, i) => i);
  const { rows } = await pool().query<Record<string, number | null>>(`select ${columns.join(', ')} where $1::timestamptz is not null and $2::int[] is not null`, [now, shares]);
  return Object.fromEntries(Object.entries(rows[0]!).flatMap(([name, seconds]) => (seconds === null ? [] : [[name, Math.round(seconds)]])));
}

describe('what a process is to do', () => {
  let runId: string;
  beforeAll(async () => {
    const ctx = await makeContext('editor');
    expect(await dueNow()).toEqual({});
    const { slug } = await publishSpec(ctx, { tasks: [{ id: 'a', kind: 'shell', config: { command: 'true' } }] });
    await pool().query('update pipeline set scheduled_version = current_version');
    runId = (await createRun(ctx, { pipelineSlug: slug })).id;
  });

  const inTen = `'2026-05-01T12:00:10Z'`;
  it.each<[string, string, Record<string, number>]>([
    ['a ready task', `state = 'ready'`, { READY_WORK: 0, SLOTS_WANTED: 0 }],
    ['one without a process', `state = 'ready', inline = true`, { READY_WORK: 0 }],
    ['one that may wait 70 s for a slot, a minute ago', `state = 'ready', ready_at = '2026-05-01T11:59:00Z', queue_timeout_seconds = 70`, { READY_WORK: 0, SLOTS_WANTED: 0, QUEUE_TIMEOUTS_DUE: 10 }],
    ['one that runs', `state = 'running'`, { SLOTS_WANTED: 0 }],
    ['a retry in ten seconds', `state = 'up_for_retry', not_before = ${inTen}`, { RETRIES_DUE: 10 }],
    ['a sensor that looks again in ten seconds', `state = 'deferred', not_before = ${inTen}`, { PARKED_DUE: 10 }],
    ['an approval that expires in ten seconds', `state = 'awaiting_approval', not_before = ${inTen}`, { APPROVALS_DUE: 10 }],
    ['one that a bad dataset holds', `state = 'deferred', reason = '{"code": "held_by_check"}'`, { HELD_TASKS: 0 }],
    ['one over its pipeline’s limit', `state = 'deferred', reason = '{"code": "pipeline_limit"}'`, { RUNS_OVER_LIMIT: 0 }],
    ['one behind its past', `state = 'deferred', reason = '{"code": "depends_on_past"}'`, { RUNS_BEHIND_PAST: 0 }],
    ['one that a crash left undecided', `state = 'pending', undecided = true`, { LEFT_OVERS: 0 }],
    ['one that nothing is to be done for', `state = 'pending'`, {}],
  ])('%s', async (_, change, expected) => {
    await pool().query('update task_run set inline = false, undecided = false, not_before = null, reason = null, queue_timeout_seconds = null where run_id = $1', [runId]);
    await pool().query(`update task_run set ${change} where run_id = $1`, [runId]);
    expect(await dueNow()).toEqual(expected);
  });

  it('a fan-out of which nobody has taken all', async () => {
    await pool().query(`update task_run set state = 'pending', undecided = false where run_id = $1`, [runId]);
    await pool().query(`insert into fan_out (run_id, ordinal, opened_at) values ($1, 0, clock_timestamp() + interval '8 seconds')`, [runId]);
    expect(await dueNow()).toEqual({ READY_WORK: 0, FAN_OUTS_DUE: 10 });
    await pool().query('delete from fan_out');
  });

  it('an attempt whose lease runs out, by the database’s clock', async () => {
    await pool().query(`insert into attempt (run_id, ordinal, number, state, lease_until) values ($1, 0, 1, 'running', clock_timestamp() + interval '20 seconds')`, [runId]);
    expect(await dueNow()).toEqual({ LEASES_DUE: 20 });
    await pool().query('delete from attempt');
  });

  it('a message to deliver, and none of a kind without a sender', async () => {
    await pool().query(`insert into outbox_message (id, kind, payload, created_at, not_before) values (gen_random_uuid(), 'mail', '{}', $1, $1::timestamptz + interval '10 seconds')`, [now]);
    expect(await dueNow()).toEqual({ MESSAGES: 10 });
    const { rows } = await pool().query<{ due: string | null }>(`select ${messagesDue(['webhook'])} as due`, [now]);
    expect(rows[0]!.due).toBeNull();
    await pool().query('delete from outbox_message');
  });

  it('a version that schedules do not follow yet', async () => {
    await pool().query('update pipeline set scheduled_version = null');
    expect(await dueNow()).toEqual({ SCHEDULES_DUE: 0 });
  });
});

describe('a watch', () => {
  let watch: Watch | undefined;
  beforeAll(() => pool().query('create table alarm (at timestamptz)'));
  afterEach(async () => {
    await watch?.stop();
    await pool().query('truncate alarm');
  });

  /** A duty that takes what is due of the table `alarm`, and a promise of its n-th turn. */
  function alarmDuty(restMs: number, take = true): { duty: Duty; turn: (n: number) => Promise<number> } {
    const turns: number[] = [];
    let heard = () => undefined as void;
    const duty: Duty = {
      due: '(select min(at) - clock_timestamp() from alarm)',
      restMs,
      perform: async () => {
        if (take) await pool().query('delete from alarm where at <= clock_timestamp()');
        turns.push(performance.now());
        heard();
      },
    };
    const turn = async (n: number) => {
      while (turns.length < n) await new Promise<void>((resolve) => (heard = resolve));
      return turns[n - 1]!;
    };
    return { duty, turn };
  }
  const set = (...ms: number[]) => pool().query(`insert into alarm select clock_timestamp() + make_interval(secs => ms / 1000.0) from unnest($1::int[]) ms`, [ms]);

  it('is on time for what falls due between two looks, and for the next right after it', async () => {
    const { duty, turn } = alarmDuty(0);
    const begun = performance.now();
    await set(400, 700, 900);
    watch = startWatch([duty]);
    const took = [(await turn(1)) - begun, (await turn(2)) - begun, (await turn(3)) - begun];
    for (const [i, ms] of [400, 700, 900].entries()) {
      expect(took[i]).toBeGreaterThanOrEqual(ms - 5);
      expect(took[i]).toBeLessThan(ms + 250);
    }
  });

  it('lets what stays due rest', async () => {
    const { duty, turn } = alarmDuty(1.4 * LOOK_MS, false);
    await set(0);
    watch = startWatch([duty]);
    expect((await turn(2)) - (await turn(1))).toBeGreaterThanOrEqual(1.4 * LOOK_MS - 5);
  });

  it('does a duty at once when woken, once more when it was under way, and again when it asks for it', async () => {
    const turns: string[] = [];
    let release = () => undefined as void;
    const held = new Promise<void>((resolve) => (release = resolve));
    let ended = () => undefined as void;
    const third = new Promise<void>((resolve) => (ended = resolve));
    const duty: Duty = {
      due: `null::interval`,
      restMs: 0,
      perform: async () => {
        turns.push('turn');
        if (turns.length === 1) await held;
        if (turns.length === 3) ended();
        return turns.length === 2 ? 20 : undefined;
      },
    };
    watch = startWatch([duty]);
    watch.wake(duty);
    watch.wake(duty);
    watch.wake(duty);
    expect(turns).toHaveLength(1);
    release();
    await third;
    expect(turns).toHaveLength(3);
  });
});
