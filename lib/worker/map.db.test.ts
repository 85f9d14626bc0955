import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rm, writeFile } from 'node:fs/promises';
import { pool } from '@/lib/db/pool';
import { cancelRun, clearTask, getRun, isFinalRun, listTasks, markTask, previewOutput, rerunPlan, rerunRun, type RunView } from '@/lib/runs/server';
import { makeContext, testDatabase, type TestContext } from '@/lib/testing';
import { edges, startRunHarness, type RunHarness } from '@/lib/testing/run-harness';

testDatabase();

let ctx: TestContext;
let harness: RunHarness;

beforeAll(async () => {
  ctx = await makeContext('editor');
  harness = await startRunHarness(ctx);
});
afterAll(() => harness.stop());

const empty = (id: string, more: object = {}) => ({ id, kind: 'empty', config: {}, ...more });
const shell = (id: string, command: string, more: object = {}) => ({ id, kind: 'shell', config: { command }, ...more });
const sql = (id: string, text: string, more: object = {}) => ({ id, kind: 'sql', config: { sql: text }, ...more });
const own = (run: RunView, taskId: string) => run.tasks.find((t) => t.taskId === taskId && t.mapIndex === null)!;
const parts = (run: RunView, taskId: string) => run.tasks.filter((t) => t.taskId === taskId && t.mapIndex !== null);
const states = (run: RunView, taskId: string) => parts(run, taskId).map((t) => t.state);

describe('a mapped task', () => {
  it('runs once for each item of a list, gives the union of the tables with map_index, and a list of the outputs', async () => {
    const run = await harness.ended(
      await harness.start({
        tasks: [sql('each', 'select {{ item.n }} as n, {{ item.name }} as name', { map: { over: '[{"n": 3, "name": "a"}, {"n": 5, "name": "b"}]' } }), sql('after', 'select sum(n) as total, count(distinct map_index) as parts from each')],
        edges: edges('each>after'),
      }),
    );
    expect(run.tasks.map((t) => [t.taskId, t.mapIndex, t.state, t.reason?.text])).toEqual([['each', null, 'succeeded', undefined], ['after', null, 'succeeded', undefined], ['each', 0, 'succeeded', undefined], ['each', 1, 'succeeded', undefined]]);
    const each = await previewOutput(ctx, run.id, 'each', { limit: 10, offset: 0, sort: null, profile: false });
    expect(each.rows.map((row) => Object.values(row).map(String))).toEqual([['0', '3', 'a'], ['1', '5', 'b']]);
    const after = await previewOutput(ctx, run.id, 'after', { limit: 10, offset: 0, sort: null, profile: false });
    expect(Object.values(after.rows[0]!).map(String)).toEqual(['8', '2']);
  }, 60_000);

  it('maps over the output of a task and over the rows of its table', async () => {
    const run = await harness.ended(
      await harness.start({
        tasks: [
          shell('list', `echo '::penstock {"output": [1, 2, 3]}'`),
          shell('square', `echo "::penstock {\\"output\\": {{ item * item }}}"`, { map: { over: 'tasks.list.output' } }),
          sql('table', `select * from (values ('x', 1), ('y', 2)) v(name, n)`),
          { id: 'script', kind: 'python', config: { script: 'from penstock import item, result\nresult(item["n"] * 10)' }, map: { over: 'tasks.table.rows' } },
          shell('row', `echo "::penstock {\\"output\\": \\"$PENSTOCK_MAP_INDEX\\"}"; test -n {{ item.name }}`, { map: { over: 'tasks.table.rows.filter(r, r.n > 1)' } }),
        ],
        edges: edges('list>square', 'table>row', 'table>script'),
      }),
    );
    expect(run.tasks.filter((t) => t.state !== 'succeeded').map((t) => [t.taskId, t.mapIndex, t.state, t.reason?.text])).toEqual([]);
    expect(own(run, 'square').output).toEqual([1, 4, 9]);
    expect(parts(run, 'row')).toHaveLength(1);
    expect(own(run, 'script').output).toEqual([10, 20]);
  }, 60_000);

  it('fails when a part fails, and goes on when that part is cleared by its index', async () => {
    const gate = `/tmp/penstock-map-${process.pid}`;
    const id = await harness.start({
      tasks: [shell('each', `test {{ item }} != 7 || test -e ${gate}`, { map: { over: 'params.items' } }), empty('after')],
      edges: edges('each>after'),
      params: [{ name: 'items', type: 'json', default: Array.from({ length: 20 }, (_, i) => i) }],
    });
    const failed = await harness.ended(id);
    expect(failed.state).toBe('failed');
    expect(own(failed, 'each')).toMatchObject({ state: 'failed', reason: { code: 'parts_failed', text: '1 of 20 parts did not succeed: [7].' } });
    expect(own(failed, 'after').state).toBe('upstream_failed');
    const plan = await rerunPlan(ctx, id, { from: 'failed' });
    expect(plan.items.map((item) => [item.taskId, item.action])).toEqual([['each', 'run'], ['after', 'run']]);
    await writeFile(gate, '');
    await clearTask(ctx, id, 'each', { mapIndex: 7, downstream: true });
    const run = await harness.until(id, (r) => isFinalRun(r.state));
    await rm(gate);
    expect(run.state).toBe('succeeded');
    expect(parts(run, 'each').map((t) => t.attempt)).toEqual(Array.from({ length: 20 }, (_, i) => (i === 7 ? 2 : 1)));
    expect(own(run, 'after').state).toBe('succeeded');
  }, 60_000);

  it('reruns only the failed parts from failed, and everything with a new list from the start', async () => {
    const gate = `/tmp/penstock-map2-${process.pid}`;
    const id = await harness.start({ tasks: [shell('list', `echo "::penstock {\\"output\\": $(test -e ${gate} && echo '[1]' || echo '[0, 1, 2]')}"`), shell('each', `test {{ item }} != 2 || test -e ${gate}`, { map: { over: 'tasks.list.output' } })], edges: edges('list>each') });
    expect((await harness.ended(id)).state).toBe('failed');
    await writeFile(gate, '');
    await rerunRun(ctx, id, { from: 'failed' });
    const mended = await harness.until(id, (r) => isFinalRun(r.state));
    expect(mended.state).toBe('succeeded');
    expect(parts(mended, 'each').map((t) => t.attempt)).toEqual([1, 1, 2]);
    await rerunRun(ctx, id, { from: 'start' });
    const anew = await harness.until(id, (r) => isFinalRun(r.state));
    await rm(gate);
    expect(anew.state).toBe('succeeded');
    expect(states(anew, 'each')).toEqual(['succeeded', 'skipped', 'skipped']);
    expect(parts(anew, 'each')[2]!.reason?.text).toContain('list');
  }, 60_000);

  it('lets a person vouch for a part, and for the whole task', async () => {
    const spec = { tasks: [shell('each', 'test {{ item }} != 1', { map: { over: '[0, 1]' } }), empty('after')], edges: edges('each>after') };
    const id = await harness.start(spec);
    await harness.ended(id);
    await markTask(ctx, id, 'each', { state: 'succeeded', reason: 'done by hand', mapIndex: 1 });
    const run = await harness.until(id, (r) => isFinalRun(r.state));
    expect([own(run, 'each').state, own(run, 'after').state, run.state]).toEqual(['succeeded', 'succeeded', 'succeeded']);
    const whole = await harness.start(spec);
    await harness.ended(whole);
    await markTask(ctx, whole, 'each', { state: 'succeeded', reason: 'not needed' });
    const other = await harness.until(whole, (r) => isFinalRun(r.state));
    expect([own(other, 'each').state, own(other, 'after').state, other.state]).toEqual(['succeeded', 'succeeded', 'succeeded']);
  }, 60_000);

  it('is skipped without items, and refuses what is no list or too long, with a sentence', async () => {
    const over = async (expression: string) => {
      const run = await harness.ended(await harness.start({ tasks: [empty('each', { map: { over: expression } }), empty('after')], edges: edges('each>after'), params: [{ name: 'many', type: 'json', default: Array(10_001).fill(1) }] }));
      return { state: own(run, 'each').state, after: own(run, 'after').state, text: own(run, 'each').reason?.text ?? '' };
    };
    expect(await over('[]')).toMatchObject({ state: 'skipped', after: 'skipped' });
    expect(await over('{"a": 1}')).toMatchObject({ state: 'failed', text: expect.stringContaining('but a list is needed') as string });
    expect(await over('params.many')).toMatchObject({ state: 'failed', after: 'upstream_failed', text: expect.stringContaining('10,001 items') as string });
  });

  it('never runs more parts at once than it may', async () => {
    const run = await harness.ended(await harness.start({ tasks: [shell('each', 'sleep 0.2', { map: { over: '[1,2,3,4,5,6]', maxParallel: 2 } })] }));
    expect(run.state).toBe('succeeded');
    const { rows } = await pool().query<{ most: number }>(
      `select max(n)::int as most from (select (select count(*) from attempt b where b.run_id = a.run_id and b.ordinal > 0 and b.claimed_at <= a.claimed_at and b.finished_at > a.claimed_at) as n
       from attempt a where a.run_id = $1 and a.ordinal > 0) x`,
      [run.id],
    );
    expect(rows[0]!.most).toBe(2);
  }, 60_000);

  // a Temporal server performs some tens of attempts a second
  const MANY = process.env.PENSTOCK_EXECUTOR === 'temporal' ? 200 : 10_000;

  it(`makes ${MANY.toLocaleString('en')} parts, each with its own attempt, and lists them page by page`, async () => {
    const id = await harness.start({ tasks: [empty('each', { map: { over: 'params.many' } }), empty('after')], edges: edges('each>after'), params: [{ name: 'many', type: 'json', default: Array(MANY).fill(1) }] });
    const run = await harness.ended(id);
    expect(run.state).toBe('succeeded');
    expect(run.taskCount).toBe(MANY + 2);
    expect(run.tasks).toHaveLength(Math.min(1000, MANY + 2));
    const { rows } = await pool().query(`select count(*)::int as n, max(number) as number from attempt where run_id = $1 and ordinal > 1 and state = 'succeeded'`, [id]);
    expect(rows).toEqual([{ n: MANY, number: 1 }]);
    const seen = new Set<number | null>();
    for (let cursor: string | undefined; ; ) {
      const page = await listTasks(ctx, id, cursor);
      page.items.forEach((task) => task.taskId === 'each' && seen.add(task.mapIndex));
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(seen.size).toBe(MANY + 1);
  }, 120_000);

  it('ends with its run when that is stopped', async () => {
    const id = await harness.start({ tasks: [shell('each', 'sleep 60', { map: { over: '[1,2,3,4,5,6,7,8]' } }), empty('after')], edges: edges('each>after') });
    await harness.until(id, (run) => states(run, 'each').includes('running'));
    await cancelRun(ctx, id);
    const run = await harness.ended(id);
    expect(run.state).toBe('cancelled');
    expect(new Set(run.tasks.map((t) => t.state))).toEqual(new Set(['cancelled']));
  }, 60_000);

  it('loses nothing when its worker is killed between, and an allowed failure of a part fails nothing', async () => {
    const id = await harness.start({ tasks: [shell('each', 'sleep 0.3; test {{ item }} != 2', { failureAllowed: true, map: { over: '[1,2,3,4,5,6,7,8]' } }), empty('after')], edges: edges('each>after') });
    await harness.until(id, (run) => states(run, 'each').includes('succeeded'));
    await pool().query(`update attempt set lease_until = clock_timestamp() - interval '1 second' where run_id = $1 and state in ('dispatching', 'running') and lease_until is not null`, [id]);
    const run = await harness.ended(id);
    expect(states(run, 'each').toSorted()).toEqual([...Array<string>(1).fill('failed'), ...Array<string>(7).fill('succeeded')]);
    expect([own(run, 'each').state, own(run, 'after').state, run.state]).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect((await getRun(ctx, id)).state).toBe('succeeded');
  }, 60_000);
});
