import { beforeEach, describe, expect, it } from 'vitest';
import { newId } from '@/lib/core/ids';
import { pool } from '@/lib/db/pool';
import { makeWorkspace, testDatabase } from '@/lib/testing';
import { foldShares, giveBack, heartbeat, step, type ClaimedTask, type FinishItem } from './server';

testDatabase();

const WORKER = newId();

type Queued = { lane?: number; priority?: number; pool?: string; poolSlots?: number; tags?: string[]; inline?: boolean };

/** A run with so many ready tasks of a pipeline. */
async function queue(workspaceId: string, pipelineId: string, count: number, q: Queued = {}): Promise<void> {
  const run = newId();
  await pool().query(`insert into run (id, workspace_id, pipeline_id, pipeline_slug, trigger_kind, state, unfinished) values ($1, $2, $3, 'p', 'manual', 'running', $4)`, [run, workspaceId, pipelineId, count]);
  await pool().query(
    `insert into task_run (run_id, ordinal, task_id, workspace_id, pipeline_id, kind, state, inline, lane, priority, pool, pool_slots, worker_tags, gate, ready_at)
     select $1, n, 't' || n, $2, $3, 'shell', 'ready', $4, $5, $6, $7, $8, $9, $10, clock_timestamp() from generate_series(0, $11::int - 1) n`,
    [run, workspaceId, pipelineId, q.inline ?? false, q.lane ?? 0, q.priority ?? 0, q.pool ?? null, q.poolSlots ?? 1, q.tags ?? [], [q.pool ?? '', ...(q.tags ?? [])].join('\n'), count],
  );
}

async function pipeline(workspaceId: string, given: { maxActiveTasks?: number; tags?: string[] } = {}): Promise<string> {
  const id = newId();
  await pool().query(`insert into pipeline (id, workspace_id, slug, name, draft, max_active_tasks, tags) values ($1, $2, $3, 'P', '{}', $4, $5)`, [id, workspaceId, `p-${id}`, given.maxActiveTasks ?? null, given.tags ?? []]);
  return id;
}

const claim = async (slots: number, tags: string[] = []): Promise<ClaimedTask[]> => {
  for (;;) {
    const { claimed, crowded } = await step([], { workerId: WORKER, tags, inline: 0, process: slots, leaseSeconds: 30 });
    if (claimed.length > 0 || !crowded) return claimed;
  }
};
const claimInline = async (slots: number): Promise<ClaimedTask[]> => (await step([], { workerId: WORKER, tags: [], inline: slots, process: 0, leaseSeconds: 30 })).claimed;
const done = (tasks: ClaimedTask[]): Promise<unknown> =>
  step(tasks.map((t): FinishItem => ({ run: t.run_id, ordinal: t.ordinal, fence: t.attempt, task: 'succeeded', attempt: 'succeeded' })), null);
const count = <T>(items: T[], key: (item: T) => string): Record<string, number> =>
  items.reduce<Record<string, number>>((sum, item) => ({ ...sum, [key(item)]: (sum[key(item)] ?? 0) + 1 }), {});
const byWorkspace = (tasks: ClaimedTask[]) => count(tasks, (t) => t.workspace_id);
const byPipeline = (tasks: ClaimedTask[]) => count(tasks, (t) => t.pipeline_id);

/** Makes the tasks' attempts look as if they had been claimed so many seconds ago. */
const age = (tasks: ClaimedTask[], seconds: number) =>
  pool().query(`update attempt set claimed_at = claimed_at - make_interval(secs => $2) where run_id = any($1::uuid[]) and lease_until is not null`, [tasks.map((t) => t.run_id), seconds]);

let here: string;
beforeEach(async () => {
  await pool().query('truncate task_run, attempt, run, share, share_entry, worker cascade');
  await pool().query('update lane_use set seconds = 0');
  here = (await makeWorkspace()).id;
});

describe('limits', () => {
  it('a crowded pool in front does not hide runnable work behind it', async () => {
    await pool().query(`insert into pool (workspace_id, name, slots) values ($1, 'gpu', 2)`, [here]);
    const flood = await pipeline(here);
    const other = await pipeline(here);
    await queue(here, flood, 5000, { pool: 'gpu', priority: 100 });
    await queue(here, other, 3);
    const claimed = await claim(8);
    expect(byPipeline(claimed)).toEqual({ [flood]: 2, [other]: 3 });
    expect(await claim(8)).toEqual([]);
    await done(claimed.filter((t) => t.pipeline_id === flood).slice(0, 1));
    expect(byPipeline(await claim(8))).toEqual({ [flood]: 1 });
  });

  it('eight claimers at once never take more than a pool has', async () => {
    await pool().query(`insert into pool (workspace_id, name, slots) values ($1, 'db', 5)`, [here]);
    const p = await pipeline(here);
    await queue(here, p, 60, { pool: 'db' });
    for (let round = 0; round < 6; round++) {
      const taken = (await Promise.all(Array.from({ length: 8 }, () => claim(3)))).flat();
      expect(taken).toHaveLength(5);
      await done(taken);
    }
  });

  it('a task that needs several slots gets them: nobody overtakes it in its pool', async () => {
    await pool().query(`insert into pool (workspace_id, name, slots) values ($1, 'wide', 3)`, [here]);
    const p = await pipeline(here);
    await queue(here, p, 2, { pool: 'wide', priority: 5 });
    const first = await claim(8);
    await queue(here, p, 1, { pool: 'wide', poolSlots: 3, priority: 9 });
    await queue(here, p, 10, { pool: 'wide', priority: 1 });
    expect(await claim(8)).toEqual([]);
    await done(first);
    expect((await claim(8)).length).toBe(1);
  });

  it('obeys the limits of pipeline, workspace and tag, and a changed one acts on the backlog at once', async () => {
    const narrow = await pipeline(here, { maxActiveTasks: 1 });
    const tagged = await pipeline(here, { tags: ['team:etl'] });
    const tagged2 = await pipeline(here, { tags: ['team:etl', 'x'] });
    await pool().query(`update workspace set tag_limits = '{"team:etl": 2}' where id = $1`, [here]);
    await queue(here, narrow, 50, { priority: 3 });
    await queue(here, tagged, 50, { priority: 2 });
    await queue(here, tagged2, 50, { priority: 1 });
    expect(byPipeline(await claim(20))).toEqual({ [narrow]: 1, [tagged]: 2 });
    await pool().query(`update workspace set tag_limits = '{"team:etl": 5}', max_active_tasks = 5 where id = $1`, [here]);
    expect(byPipeline(await claim(20))).toEqual({ [tagged]: 2 });
    await pool().query(`update pipeline set max_active_tasks = null where id = $1`, [narrow]);
    expect(await claim(20)).toEqual([]);
    await pool().query(`update workspace set max_active_tasks = null where id = $1`, [here]);
    expect(byPipeline(await claim(4))).toEqual({ [narrow]: 4 });
  });

  it('leaves tasks whose tags a worker lacks to another worker', async () => {
    const p = await pipeline(here);
    await queue(here, p, 20, { tags: ['gpu'], priority: 50 });
    await queue(here, p, 2);
    expect((await claim(5)).length).toBe(2);
    expect((await claim(5, ['big-memory', 'gpu'])).length).toBe(5);
  });
});

describe('lanes', () => {
  const worker = (slots: number) =>
    pool().query(`insert into worker (id, name, host, pid, roles, tags, slots, version) values ($1, 'w', 'h', 1, '{executor}', '{}', $2, 't')`, [WORKER, slots]);

  it('take interactive work first, and leave a quarter of the slots free of backfill and exploratory work', async () => {
    await worker(8);
    const p = await pipeline(here);
    await queue(here, p, 20, { lane: 2 });
    await queue(here, p, 20, { lane: 3 });
    expect((await claim(8)).length).toBe(6);
    await queue(here, p, 5, { lane: 1 });
    await queue(here, p, 1, { lane: 0 });
    const rest = await claim(2);
    const { rows } = await pool().query(`select lane from task_run where (run_id, ordinal) in (select * from unnest($1::uuid[], $2::int[])) order by lane`, [rest.map((t) => t.run_id), rest.map((t) => t.ordinal)]);
    expect(rows.map((r: { lane: number }) => r.lane)).toEqual([0, 1]);
  });

  it('keep a tenth of the slot-seconds for production and backfill under a flood of interactive work', async () => {
    await worker(4);
    const p = await pipeline(here);
    await queue(here, p, 2000, { lane: 0 });
    await queue(here, p, 2000, { lane: 1 });
    await queue(here, p, 2000, { lane: 2 });
    const lanes: number[] = [0, 0, 0];
    for (let round = 0; round < 200; round++) {
      const taken = await claim(4);
      const { rows } = await pool().query<{ lane: number }>(`select lane from task_run where state = 'running'`);
      rows.forEach((r) => (lanes[r.lane]! += 1));
      await age(taken, 1);
      await done(taken);
      if (round % 20 === 0) await foldShares();
    }
    const share = lanes.map((n) => n / lanes.reduce((a, b) => a + b, 0));
    expect(share[1]).toBeGreaterThan(0.085);
    expect(share[2]).toBeGreaterThan(0.085);
    expect(share[0]).toBeGreaterThan(0.7);
  });
});

describe('fair shares', () => {
  it('a workspace that floods the queue does not make another one wait', async () => {
    const there = (await makeWorkspace()).id;
    await queue(here, await pipeline(here), 10_000, { priority: 1000 });
    const busy = await claim(4);
    await queue(there, await pipeline(there), 10);
    await done(busy.slice(0, 1));
    const next = await claim(1);
    await done(busy.slice(1, 2));
    expect(byWorkspace([...next, ...(await claim(1))])).toEqual({ [here]: 1, [there]: 1 });
  });

  it('divides slots by weight over workspaces whose tasks take different times', async () => {
    const spaces = [here, (await makeWorkspace()).id, (await makeWorkspace()).id];
    const weights = [1, 2, 4];
    const takes = [3, 1, 2];
    for (const [i, id] of spaces.entries()) {
      await pool().query(`update workspace set weight = $2 where id = $1`, [id, weights[i]]);
      await queue(id, await pipeline(id), 3000);
    }
    const seconds: Record<string, number> = {};
    for (let round = 0; round < 150; round++) {
      const taken = await claim(4);
      for (const [i, id] of spaces.entries()) {
        const mine = taken.filter((t) => t.workspace_id === id);
        if (mine.length > 0) await age(mine, takes[i]!);
        seconds[id] = (seconds[id] ?? 0) + mine.length * takes[i]!;
      }
      await done(taken);
      await foldShares();
    }
    const all = Object.values(seconds).reduce((a, b) => a + b, 0);
    spaces.forEach((id, i) => expect(Math.abs(seconds[id]! / all - weights[i]! / 7)).toBeLessThan(0.02));
  });

  it('a changed weight acts on the backlog at once', async () => {
    const there = (await makeWorkspace()).id;
    await queue(here, await pipeline(here), 500);
    await queue(there, await pipeline(there), 500);
    expect(byWorkspace(await claim(20))).toEqual({ [here]: 10, [there]: 10 });
    await pool().query(`update workspace set weight = 3 where id = $1`, [there]);
    expect(byWorkspace(await claim(40))).toEqual({ [here]: 10, [there]: 30 });
  });

  it('idle time earns no credit: who comes back starts where the others are', async () => {
    const there = (await makeWorkspace()).id;
    await queue(there, await pipeline(there), 1);
    await queue(here, await pipeline(here), 200);
    await done(await claim(2));
    await foldShares();
    for (let i = 0; i < 10; i++) await done(await claim(4));
    await queue(there, await pipeline(there), 100);
    const next = byWorkspace(await claim(20));
    expect(Math.abs(next[here]! - next[there]!)).toBeLessThanOrEqual(4);
  });

  it('also divides tasks that need no process, and keeps a tenth of a batch for the lower lanes', async () => {
    const there = (await makeWorkspace()).id;
    await queue(here, await pipeline(here), 1000, { inline: true });
    await queue(there, await pipeline(there), 1000, { inline: true });
    expect(byWorkspace(await claimInline(100))).toEqual({ [here]: 50, [there]: 50 });
    const low = await pipeline(there);
    await queue(there, low, 50, { inline: true, lane: 1 });
    expect(byPipeline(await claimInline(100))[low]).toBe(10);
  });
});

it('ends and heartbeats of the same attempts never wait for each other', async () => {
  const p = await pipeline(here);
  for (let round = 0; round < 6; round++) {
    await queue(here, p, 400);
    const claimed = await claim(400);
    const backwards = claimed.toSorted((a, b) => b.ordinal - a.ordinal);
    const beats = (tasks: ClaimedTask[]) => heartbeat(tasks.map((t) => ({ run: t.run_id, ordinal: t.ordinal, fence: t.attempt, started: true })), 30);
    const shuffled = claimed.toSorted((a, b) => ((a.ordinal * 7919) % 401) - ((b.ordinal * 7919) % 401));
    await Promise.all([beats(backwards), beats(claimed), done(shuffled.slice(0, 300)), beats(shuffled)]);
    await done(claimed);
  }
}, 60_000);

describe('a claim that is given back', () => {
  const names = (tasks: ClaimedTask[]) => tasks.map((t) => ({ run: t.run_id, ordinal: t.ordinal, fence: t.attempt }));
  const rowsOf = async () => (await pool().query<object>(`select state, attempt, started_at from task_run order by ordinal`)).rows;

  it('leaves no trace, and the task is there for others', async () => {
    await queue(here, await pipeline(here), 3);
    const before = await rowsOf();
    const claimed = await claim(3);
    expect(await giveBack(newId(), names(claimed))).toEqual([]);
    expect((await giveBack(WORKER, names(claimed))).toSorted((a, b) => a.ordinal - b.ordinal)).toEqual(names(claimed));
    expect(await rowsOf()).toEqual(before);
    expect((await pool().query('select from attempt')).rowCount).toBe(0);
    expect((await claim(3)).map((t) => t.attempt)).toEqual([1, 1, 1]);
  });

  it('takes back what the fair share was charged for it', async () => {
    const other = (await makeWorkspace()).id;
    await queue(here, await pipeline(here), 5);
    await queue(other, await pipeline(other), 5);
    const claimed = await claim(4);
    const charged = async () => (await pool().query<{ n: number }>('select count(*)::int as n from share_entry')).rows[0]!.n;
    expect(await charged()).toBeGreaterThan(0);
    await giveBack(WORKER, names(claimed));
    const { rows } = await pool().query<{ seconds: number; virtual: number }>('select sum(seconds) as seconds, sum(virtual_time) as virtual from share_entry group by workspace_id');
    for (const each of rows) expect([Math.abs(each.seconds), Math.abs(each.virtual)]).toEqual([expect.closeTo(0, 5), expect.closeTo(0, 5)]);
  });

  it('keeps one that has begun or ended, and those of a run that is being stopped', async () => {
    await queue(here, await pipeline(here), 2);
    const [begun, over] = (await claim(2)) as [ClaimedTask, ClaimedTask];
    await heartbeat(names([begun]).map((each) => ({ ...each, started: true })), 30);
    await done([over]);
    expect(await giveBack(WORKER, names([begun, over]))).toEqual([]);
    await queue(here, await pipeline(here), 1);
    const stopped = await claim(1);
    await pool().query('update run set cancel_requested = true where id = $1', [stopped[0]!.run_id]);
    expect(await giveBack(WORKER, names(stopped))).toEqual([]);
    expect((await pool().query(`select from attempt where lease_until is not null`)).rowCount).toBe(2);
  });
});
