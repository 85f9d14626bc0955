import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '@/lib/core/ids';
import { prisma } from '@/lib/db/client';
import { pool } from '@/lib/db/pool';
import { compile, emptySpec, TRIGGER_RULES, type DraftSpec, type TriggerRule } from '@/lib/pipeline';
import { auditWithin, systemContext } from '@/lib/tenancy/server';
import { makeWorkspace, testDatabase } from '@/lib/testing';
import { judgeRun } from './judge-run';
import { AUDIT_PARAMETER, insertRun } from './insert-store';
import { tellTasks } from './new-tasks';
import { judgeRule } from './trigger-rules';
import { endRun, heartbeat, isPlain, markRunsRunning, overdueAttempts, passAlong, passOn, step, wakeRetries, type Beat, type ClaimedTask, type FinishItem } from '@/lib/dispatch/server';

testDatabase();

const WORKER = newId();
const CLAIM = { workerId: WORKER, tags: [], inline: 1000, process: 1000, leaseSeconds: 30 };
let workspace: { id: string };
let pipelineId: string;

beforeAll(async () => {
  workspace = await makeWorkspace();
  pipelineId = newId();
});

type Link = [from: number, to: number];

/** A run of empty tasks t0, t1 … with these links, inserted as the service does. */
async function makeRun(count: number, links: Link[], rules: TriggerRule[] = []): Promise<{ id: string; plan: ReturnType<typeof compile> }> {
  const spec: DraftSpec = {
    ...emptySpec(),
    tasks: Array.from({ length: count }, (_, i) => ({ id: `t${i}`, kind: 'empty', config: {}, triggerRule: rules[i] ?? 'all_success' })),
    edges: links.map(([from, to]) => ({ from: `t${from}`, to: `t${to}` })),
  };
  const plan = compile(spec);
  const id = newId();
  const now = new Date();
  await insertRun(
    prisma(),
    {
      id, workspaceId: workspace.id, pipelineId, pipelineSlug: 'p', versionId: null, versionNumber: null, trySpec: null, tryOptions: null,
      triggerKind: 'manual', triggerId: null, lane: 'interactive', params: {}, logicalDate: null, intervalStart: null, intervalEnd: null,
      dueAt: now, parentRunId: null, parentOrdinal: null, note: null, createdBy: null, createdAt: now, pinnedReads: {}, unfinished: count, notifies: false, latestUntil: null, part: null,
    },
    0,
    tellTasks(plan.tasks.map((t) => ({
      ordinal: t.ordinal, task_id: t.taskId, kind: t.kind, inline: true, rule: t.triggerRule, decides: false, undecided: false,
      state: judgeRule(t.triggerRule, { p: t.upstream.length, s: 0, f: 0, u: 0, k: 0 }) === 'run' ? 'ready' : 'pending',
      failure_allowed: false, n_pending: t.upstream.length, n_succeeded: 0, downstream: t.downstream, priority: 0, pool: null, pool_slots: 1, reason: null,
      worker_tags: [], gate: '', queue_timeout_seconds: null, fingerprint: null, output: null, table_output: null, restored_from: null,
    }))),
    auditWithin(systemContext({ ...workspace, slug: 'w', name: 'W' }, now), { verb: 'run.create', target: 'run', targetId: id }, AUDIT_PARAMETER),
    null,
  );
  return { id, plan };
}

const end = (c: ClaimedTask, task: FinishItem['task'] = 'succeeded', more: Partial<FinishItem> = {}): FinishItem => ({
  run: c.run_id, ordinal: c.ordinal, fence: c.attempt, task, attempt: task === 'retry' ? 'failed' : task, ...more,
});

const states = async (id: string) =>
  (await pool().query<{ ordinal: number; state: string }>('select ordinal, state from task_run where run_id = $1 order by ordinal', [id])).rows.map((r) => r.state);
const runState = async (id: string) => (await pool().query<{ state: string; unfinished: number }>('select state, unfinished from run where id = $1', [id])).rows[0]!;
const clear = () => pool().query(`update task_run set state = 'cancelled' where state in ('ready', 'running')`);

it('deletes a task\'s attempts with the task, though no key binds them', async () => {
  const { id } = await makeRun(2, [[0, 1]]);
  await step([], CLAIM);
  const attempts = async () => (await pool().query('select 1 from attempt where run_id = $1', [id])).rowCount;
  expect(await attempts()).toBe(1);
  await pool().query('delete from run where id = $1', [id]);
  expect(await attempts()).toBe(0);
});

describe('claim and finish', () => {
  it('judges every multiset of up to five upstreams as the TypeScript table does', async () => {
    for (const rule of TRIGGER_RULES) {
      const { rows } = await pool().query<{ p: number; s: number; f: number; u: number; k: number; state: string | null }>(
        `select p, s, f, u, k, penstock_judge($1, p, s, f, u, k) as state from generate_series(0, 3) p, generate_series(0, 3) s,
         generate_series(0, 3) f, generate_series(0, 3) u, generate_series(0, 3) k where p + s + f + u + k <= 5`,
        [rule],
      );
      const word = { run: 'ready', skip: 'skipped', upstream_failed: 'upstream_failed', wait: null };
      expect(rows.filter((r) => r.state !== word[judgeRule(rule, r)])).toEqual([]);
    }
  });

  it('hands the next task of a chain over in the round trip that finishes the one before', async () => {
    await clear();
    const { id } = await makeRun(3, [[0, 1], [1, 2]]);
    let { claimed } = await step([], CLAIM);
    for (const expected of ['t0', 't1', 't2']) {
      expect(claimed.map((c) => c.task_id)).toEqual([expected]);
      const answer = await step(claimed.map((c) => end(c)), CLAIM);
      claimed = answer.claimed;
    }
    expect(claimed).toEqual([]);
    expect(await runState(id)).toEqual({ state: 'succeeded', unfinished: 0 });
    const { rows } = await pool().query('select number, state, lease_until from attempt where run_id = $1', [id]);
    expect(rows).toEqual(Array(3).fill({ number: 1, state: 'succeeded', lease_until: null }));
  });

  it('never gives one task to two claimers', async () => {
    await clear();
    await makeRun(200, []);
    const answers = await Promise.all(Array.from({ length: 8 }, () => step([], { ...CLAIM, inline: 40 })));
    const keys = answers.flatMap((a) => a.claimed.map((c) => `${c.run_id}/${c.ordinal}`));
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.length).toBe(200);
  });

  it("refuses a zombie's late write after its attempt was given up and another took over", async () => {
    await clear();
    const { id } = await makeRun(2, [[0, 1]]);
    const first = (await step([], { ...CLAIM, leaseSeconds: 0 })).claimed[0]!;
    expect((await overdueAttempts(1000, 0)).some((a) => a.run_id === id)).toBe(true);
    await step([end(first, 'retry', { attempt: 'lost', lost: true })], null);
    const second = (await step([], CLAIM)).claimed[0]!;
    expect(second.attempt).toBe(2);
    const late = await step([end(first)], null);
    expect(late.finished?.accepted).toEqual([]);
    expect(await states(id)).toEqual(['running', 'pending']);
    const beats: Beat[] = [{ run: id, ordinal: 0, fence: 1 }, { run: id, ordinal: 0, fence: 2 }];
    expect((await heartbeat(beats, 30)).map((h) => h.fence)).toEqual([2]);
    const done = await step([end(second)], null);
    expect(done.finished?.accepted).toEqual([[id, 0, 2, 'succeeded']]);
  });

  it('readies a retry when its delay is over by the given time, not before', async () => {
    await clear();
    const { id } = await makeRun(1, []);
    const claimed = (await step([], CLAIM)).claimed[0]!;
    await step([end(claimed, 'retry', { not_before: '2030-01-01T00:00:00Z', spends: true })], null);
    expect(await states(id)).toEqual(['up_for_retry']);
    await wakeRetries(new Date('2029-12-31T23:59:59Z'));
    expect(await states(id)).toEqual(['up_for_retry']);
    await wakeRetries(new Date('2030-01-01T00:00:00Z'));
    expect(await states(id)).toEqual(['ready']);
    expect((await step([], CLAIM)).claimed[0]).toMatchObject({ attempt: 2, retries: 1 });
  });

  it('leaves the verdict of a run with a failure to the caller', async () => {
    await clear();
    const { id } = await makeRun(2, [[0, 1]]);
    const { claimed } = await step([], CLAIM);
    const { finished } = await step([end(claimed[0]!, 'failed')], null);
    expect(finished?.unjudged).toEqual([id]);
    expect(await states(id)).toEqual(['failed', 'upstream_failed']);
  });

  it('gives random graphs the same end for every order of completion, one by one, handed over, by the batch, or passed on', async () => {
    let passed = 0;
    await fc.assert(
      fc.asyncProperty(graphs, async ({ count, links, rules, endings, orders }) => {
        await clear();
        const results = new Set<string>();
        for (const [way, order] of orders.entries()) {
          const { id, plan } = await makeRun(count, links, rules);
          const held: ClaimedTask[] = [];
          for (;;) {
            if (held.length === 0) held.push(...(await step([], CLAIM)).claimed);
            if (held.length === 0) break;
            // which of the running tasks ends next is the order under test
            held.sort((a, b) => order[Number(a.task_id.slice(1))]! - order[Number(b.task_id.slice(1))]!);
            const ending = held.splice(0, way === 2 ? 2 : 1);
            const ends = ending.map((next) => end(next, endings[Number(next.task_id.slice(1))]));
            const [first] = ending;
            const handed = way === 3 && typeof first!.next === 'number' && isPlain(ends[0]!) ? await passOn({ ...first!, next: first!.next }, WORKER, 30) : null;
            if (handed) passed++;
            held.push(...(handed ? [handed] : (await step(ends, way === 0 ? null : CLAIM)).claimed));
            if (way === 0) held.push(...(await step([], CLAIM)).claimed);
          }
          const final = await states(id);
          expect((await runState(id)).unfinished).toBe(0);
          results.add(JSON.stringify(final) + judgeRun(plan.tasks, final as never, 'handled', () => true));
        }
        expect(results.size).toBe(1);
      }),
      { numRuns: 25, endOnFailure: true },
    );
    expect(passed).toBeGreaterThan(0);
  }, 120_000);
});

const rowsOf = async (id: string) =>
  (await pool().query<Record<string, unknown>>(
    `select t.ordinal, t.state, t.n_pending, t.n_succeeded, t.attempt, t.reason, t.not_before, t.ready_at is null as unready, t.started_at is null as unstarted,
       t.finished_at is null as unfinished, a.state as held, a.lease_until is null as free, a.started_at is null as idle, a.finished_at is null as open, a.worker_id
     from task_run t left join attempt a on a.run_id = t.run_id and a.ordinal = t.ordinal and a.number = t.attempt where t.run_id = $1 order by 1`,
    [id],
  )).rows;

describe('passing on', () => {
  const pass = (c: ClaimedTask, next = c.next ?? 1) => passOn({ ...c, next }, WORKER, 30);

  it('writes what the step writes, and claims what it claims', async () => {
    await clear();
    const links: Link[] = [[0, 1], [1, 2]];
    const [stepped, passed] = [await makeRun(3, links), await makeRun(3, links)];
    const { claimed } = await step([], CLAIM);
    await markRunsRunning([stepped.id, passed.id]);
    const of = ({ id }: { id: string }) => claimed.find((c) => c.run_id === id)!;
    const byStep = (await step([end(of(stepped))], { ...CLAIM, look: false })).claimed[0]!;
    const byPass = await pass(of(passed));
    expect(byPass).toEqual({ ...byStep, run_id: passed.id, last: false });
    expect(byPass!.next).toBe(2);
    expect(await rowsOf(passed.id)).toEqual(await rowsOf(stepped.id));
    expect(await runState(passed.id)).toEqual(await runState(stepped.id));
  });

  const cases: [string, number, Link[], TriggerRule[]][] = [
    ['a successor that waits for another task too', 3, [[0, 2], [1, 2]], []],
    ['a successor whose rule a success ends', 2, [[0, 1]], ['all_success', 'one_failed']],
    ['a successor while other work is ready', 3, [[0, 1]], []],
  ];
  it.each(cases)('leaves %s to the step, and writes nothing', async (what, count, links, rules) => {
    await clear();
    const { id } = await makeRun(count, links, rules);
    const { claimed } = await step([], { ...CLAIM, inline: 1 });
    if (!what.includes('ready')) await step([], CLAIM);
    await markRunsRunning([id]);
    const before = await rowsOf(id);
    expect(await pass(claimed[0]!, count === 3 && links.length === 2 ? 2 : 1)).toBeNull();
    expect(await rowsOf(id)).toEqual(before);
    expect(await runState(id)).toEqual({ state: 'running', unfinished: count });
  });

  it("refuses a zombie's late write, and one whose successor was taken away meanwhile", async () => {
    await clear();
    const { id } = await makeRun(2, [[0, 1]]);
    const [held] = (await step([], CLAIM)).claimed;
    const before = await rowsOf(id);
    expect(await pass(held!), 'a run that only begins').toBeNull();
    await markRunsRunning([id]);
    expect(await pass({ ...held!, attempt: 7 })).toBeNull();
    expect(await rowsOf(id)).toEqual(before);

    // the statement has looked and waits for the run while somebody cancels what it would hand over
    const other = await pool().connect();
    await other.query('begin');
    await other.query('select 1 from run where id = $1 for update', [id]);
    await other.query(`update task_run set state = 'cancelled' where run_id = $1 and ordinal = 1`, [id]);
    const waiting = pass(held!);
    await expect.poll(async () => (await pool().query(`select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%with fits%'`)).rowCount).toBe(1);
    await other.query('commit');
    other.release();
    expect(await waiting).toBeNull();
    expect(await states(id)).toEqual(['running', 'cancelled']);
    expect(await runState(id)).toEqual({ state: 'running', unfinished: 2 });
  });
});

describe('passing along a line', () => {
  const LIMITS = { workerId: WORKER, leaseSeconds: 30 };
  const LENGTH = 40;
  const CHAIN = Array.from({ length: LENGTH - 1 }, (_, i): Link => [i, i + 1]);
  const begun = async (): Promise<{ id: string; held: ClaimedTask & { next: number } }> => {
    await clear();
    const { id } = await makeRun(LENGTH, CHAIN);
    const [held] = (await step([], CLAIM)).claimed;
    await markRunsRunning([id]);
    return { id, held: { ...held!, next: 1 } };
  };
  const ended = (n: number, then: string[]) => [...Array<string>(n).fill('succeeded'), ...then, ...Array<string>(LENGTH - n - then.length).fill('pending')];

  it('goes to the end of the run: each task has its attempt, its lease until it ended, and a commit of its own', async () => {
    const { id, held } = await begun();
    let passed = 0;
    expect(await passAlong(held, LIMITS, () => true, () => passed++)).toEqual({ ends: LENGTH, held: null });
    expect(passed).toBe(LENGTH - 1);
    expect(await states(id)).toEqual(ended(LENGTH, []));
    expect(await runState(id)).toEqual({ state: 'succeeded', unfinished: 0 });
    const { rows } = await pool().query<{ ordinal: number; state: string; free: boolean; commit: string }>(
      `select ordinal, state, lease_until is null as free, xmin::text as commit from attempt where run_id = $1 and worker_id = $2 and number = 1 order by ordinal`,
      [id, WORKER],
    );
    expect(rows.map(({ state, free }) => [state, free])).toEqual(Array<[string, boolean]>(LENGTH).fill(['succeeded', true]));
    expect(new Set(rows.map((row) => row.commit)).size).toBe(LENGTH);
  });

  it('leaves a run and its rows as steps leave them', async () => {
    await clear();
    const [stepped, passed] = [await makeRun(5, CHAIN.slice(0, 4)), await makeRun(5, CHAIN.slice(0, 4))];
    let { claimed } = await step([], CLAIM);
    const held = claimed.find((c) => c.run_id === passed.id)!;
    for (claimed = claimed.filter((c) => c.run_id === stepped.id); claimed.length > 0; ) ({ claimed } = await step(claimed.map((c) => end(c)), { ...CLAIM, look: false }));
    expect(await passAlong({ ...held, next: 1, begins: true }, LIMITS, () => true, () => undefined)).toEqual({ ends: 5, held: null });
    expect(await rowsOf(passed.id)).toEqual(await rowsOf(stepped.id));
    const whole = async (id: string) =>
      (await pool().query<Record<string, unknown>>(`select state, unfinished, started_at is null as unstarted, finished_at is null as open, cancel_requested from run where id = $1`, [id])).rows;
    expect(await whole(passed.id)).toEqual(await whole(stepped.id));
  });

  it('stops when there is something else to do, holding the task it came to', async () => {
    const { id, held } = await begun();
    let passed = 0;
    const went = await passAlong(held, LIMITS, () => passed < 5, () => passed++);
    expect(passed).toBeLessThan(10);
    expect(went).toMatchObject({ ends: passed, held: { run_id: id, ordinal: passed, task_id: `t${passed}`, next: passed + 1, attempt: 1 } });
    expect(await states(id)).toEqual(ended(passed, ['running']));
    expect(await runState(id)).toEqual({ state: 'running', unfinished: LENGTH - passed });
  });

  it.each([
    ['a task of another kind', `update task_run set kind = 'wait' where run_id = $1 and ordinal = 20`, 20],
    ['a successor that a success does not make ready', `update task_run set rule = 'one_failed' where run_id = $1 and ordinal = 20`, 19],
    ['a task that goes on to two', `update task_run set downstream = '{21,22}' where run_id = $1 and ordinal = 20`, 20],
  ])('goes as far as %s', async (_, change, to) => {
    const { id, held } = await begun();
    await pool().query(change, [id]);
    expect(await passAlong(held, LIMITS, () => true, () => undefined)).toMatchObject({ held: { ordinal: to } });
    expect(await states(id)).toEqual(ended(to, ['running']));
  });

  it('a cancel on the way ends it where it is, and what was sent ahead writes nothing', async () => {
    const { id, held } = await begun();
    const other = await pool().connect();
    let passed = 0;
    let cancelled = Promise.resolve();
    const cancel = async () => {
      await other.query('begin');
      await other.query('select 1 from run where id = $1 for update', [id]);
      await other.query(`update task_run set state = 'cancelled' where run_id = $1 and state = 'pending'`, [id]);
      await other.query('commit');
    };
    const went = await passAlong(held, LIMITS, () => true, () => {
      passed++;
      if (passed === 1) cancelled = cancel();
    });
    await cancelled;
    other.release();
    expect(went!.held!.ordinal).toBe(passed);
    expect(await states(id)).toEqual([...Array<string>(passed).fill('succeeded'), 'running', ...Array<string>(LENGTH - passed - 1).fill('cancelled')]);
    expect(await runState(id)).toEqual({ state: 'running', unfinished: LENGTH - passed });
    const { rows } = await pool().query<{ n: number }>('select count(*)::int as n from attempt where run_id = $1', [id]);
    expect(rows[0]!.n).toBe(passed + 1);
  });

  it.each([
    ['a task failed', `update task_run set state = 'failed' where run_id = $1 and ordinal = 1`],
    ['it is to be cancelled', `update run set cancel_requested = true where id = $1`],
    ['another task is to be run again', `update run set unfinished = 2 where id = $1`],
  ])('a run is not ended by its last task when %s', async (_, change) => {
    const { id, held } = await begun();
    await pool().query(change, [id]);
    await pool().query(`update task_run set downstream = '{}' where run_id = $1 and ordinal = 0`, [id]);
    await pool().query('update run set unfinished = least(unfinished, 1) where id = $1 and unfinished > 2', [id]);
    expect(await endRun(held, WORKER)).toBe(false);
    expect(await runState(id)).toMatchObject({ state: 'running' });
    expect((await states(id))[0]).toBe('running');
  });

  it("a run is ended by nobody but its last task's own worker, and once", async () => {
    await clear();
    const { id } = await makeRun(1, []);
    const [held] = (await step([], CLAIM)).claimed;
    expect(await endRun(held!, WORKER), 'a run that only begins').toBe(false);
    await markRunsRunning([id]);
    expect(await endRun(held!, newId())).toBe(false);
    expect(await endRun({ ...held!, attempt: 2 }, WORKER)).toBe(false);
    expect(await runState(id)).toEqual({ state: 'running', unfinished: 1 });
    expect([await endRun(held!, WORKER), await endRun(held!, WORKER)]).toEqual([true, false]);
    expect(await runState(id)).toEqual({ state: 'succeeded', unfinished: 0 });
  });

  it('an attempt foretold that another worker holds is not ended', async () => {
    const { id, held } = await begun();
    const first = await passOn(held, newId(), 30);
    expect(first, 'another worker says how ours ended').toBeNull();
    await passOn(held, WORKER, 30);
    await pool().query('update attempt set worker_id = $2 where run_id = $1 and ordinal = 1', [id, newId()]);
    expect(await passOn({ ...held, ordinal: 1, next: 2 }, WORKER, 30)).toBeNull();
    expect(await states(id)).toEqual(ended(1, ['running']));
  });
});

/** Graphs of up to 12 tasks with random rules and endings, and four orders in which running tasks end. */
const graphs = fc.integer({ min: 1, max: 12 }).chain((count) =>
  fc.record({
    count: fc.constant(count),
    links: fc.oneof(
      fc
        .uniqueArray(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 30, selector: String })
        .map((pairs) => pairs.filter(([a, b]) => a < b)),
      // chains, whose ends are passed on
      fc.subarray(Array.from({ length: count - 1 }, (_, i): Link => [i, i + 1])),
    ),
    rules: fc.array(fc.constantFrom(...TRIGGER_RULES), { minLength: count, maxLength: count }),
    endings: fc.array(fc.constantFrom('succeeded' as const, 'failed' as const, 'skipped' as const), { minLength: count, maxLength: count }),
    orders: fc.array(fc.array(fc.nat(1000), { minLength: count, maxLength: count }), { minLength: 4, maxLength: 4 }),
  }),
);
