import pg from 'pg';
import { findEmbedded } from '@/lib/db/embedded';
import { newProduct, remove, type Product } from '../e2e/fixtures/built-product';
import { numberOption, round, type BenchOptions, type BenchResult } from './result';

const SLOTS = 4;
/** How soon after a slot comes free a claim may come: a notice, a claim, a commit, on a busy machine; in milliseconds. */
const TICK_MS = 500;
/** What every workspace began with, one task each whatever its weight, is made up for within about so long; in milliseconds. */
const SETTLING_MS = 10_000;
/** Tasks of a competitor: more than it gets to in the time. */
const ENOUGH = 1_000;
const ENDED = ['succeeded', 'failed', 'cancelled'];

type Run = { id: string; state: string };

/**
 * fairness: (1) workspace A floods the queue, then B adds ten tasks: B's first start against the bound d·⌈T/n⌉ plus one tick (semantics
 * §5). (2) workspaces of weight 1, 2 and 4 compete: how far the slot time of each weight is from what it should be (`shareError`, the
 * largest, as a part of the share). Options: --flood tasks of A (10000), --workspaces (50), --seconds of competition (90).
 */
export default async function fairness(options: BenchOptions, say: (text: string) => void): Promise<BenchResult> {
  const product = await newProduct({ PENSTOCK_SLOTS: String(SLOTS) });
  const client = new pg.Client({ connectionString: findEmbedded(product.home) ?? '' });
  await client.connect();
  try {
    const flooded = await flood(product, client, numberOption(options, 'flood', 10_000), say);
    const shared = await compete(product, client, numberOption(options, 'workspaces', 50), numberOption(options, 'seconds', 90), say);
    const waits = { median: round(flooded.waitMs), min: round(flooded.waitMs), max: round(flooded.waitMs), unit: 'ms' };
    return {
      repeats: 1,
      ours: { ...waits, withinBound: flooded.waitMs <= flooded.boundMs, boundMs: round(flooded.boundMs), longestTaskMs: round(flooded.longestMs), shareError: round(shared.error), shares: shared.shares },
      floor: { median: round(flooded.boundMs), unit: 'ms' },
      rivals: {},
      ratio: round(flooded.waitMs / flooded.boundMs),
    };
  } finally {
    await client.end();
    await remove(product);
  }
}

const spec = (tasks: number, command: string) => ({ schemaVersion: 1, tasks: Array.from({ length: tasks }, (_, i) => ({ id: `t${i}`, kind: 'shell', config: { command } })), edges: [] });

async function pipelineIn(product: Product, workspace: string, tasks: number, command: string): Promise<void> {
  await product.api('POST', `/w/${workspace}/pipelines`, { slug: 'load', name: 'Load', spec: spec(tasks, command) });
  await product.api('POST', `/w/${workspace}/pipelines/load/publish`, {});
}

async function flood(product: Product, client: pg.Client, tasks: number, say: (text: string) => void): Promise<{ waitMs: number; boundMs: number; longestMs: number }> {
  for (const slug of ['flood', 'few']) await product.api('POST', '/workspaces', { slug, name: slug });
  const size = 1_000;
  await pipelineIn(product, 'flood', Math.min(size, tasks), 'sleep 0.2');
  await pipelineIn(product, 'few', 10, 'sleep 0.2');
  say(`Queueing ${tasks} tasks of one workspace …`);
  const runs: Run[] = [];
  for (let queued = 0; queued < tasks; queued += size) runs.push(await product.api<Run>('POST', '/w/flood/pipelines/load/runs', {}));
  while ((await count(client, `select count(*) from task_run where standing = 'running'`)) < SLOTS) await pause(50);
  const mine = await product.api<Run>('POST', '/w/few/pipelines/load/runs', {});
  let ended = mine;
  while (!ENDED.includes(ended.state)) ended = await product.api<Run>('GET', `/w/few/runs/${mine.id}/wait?timeoutSeconds=60`);
  const waitMs = await count(client, `select extract(epoch from min(t.started_at) - min(r.created_at)) * 1000 from task_run t join run r on r.id = t.run_id where r.id = $1`, [mine.id]);
  const longestMs = await count(client, `select max(extract(epoch from finished_at - claimed_at)) * 1000 from attempt where finished_at is not null`);
  for (const run of runs) await product.api('POST', `/w/flood/runs/${run.id}/cancel`, {});
  say(`  first start after ${waitMs.toFixed(0)} ms; the longest task took ${longestMs.toFixed(0)} ms`);
  // two active workspaces share the slots
  return { waitMs, boundMs: longestMs * Math.ceil(2 / SLOTS) + TICK_MS, longestMs };
}

async function compete(product: Product, client: pg.Client, workspaces: number, seconds: number, say: (text: string) => void): Promise<{ error: number; shares: Record<string, number> }> {
  say(`${workspaces} workspaces of weight 1, 2 and 4 compete for ${seconds} s …`);
  const weights = Array.from({ length: workspaces }, (_, i) => [1, 2, 4][i % 3] ?? 1);
  for (const [i, weight] of weights.entries()) {
    await product.api('POST', '/workspaces', { slug: `space-${i}`, name: `Space ${i}` });
    await product.api('PATCH', `/workspaces/space-${i}`, { weight });
    await pipelineIn(product, `space-${i}`, ENOUGH, `sleep ${[0.02, 0.05, 0.09][i % 3 === 0 ? 2 : i % 2] ?? 0.05}`);
  }
  for (const i of weights.keys()) await product.api('POST', `/w/space-${i}/pipelines/load/runs`, {});
  await pause(SETTLING_MS);
  const from = new Date();
  await pause(seconds * 1_000);
  const { rows } = await client.query<{ weight: number; seconds: number; open: boolean }>(
    `with used as (
       select t.workspace_id, sum(extract(epoch from coalesce(a.finished_at, now()) - greatest(a.claimed_at, $1)))::float8 as seconds
       from attempt a join task_run t on t.run_id = a.run_id and t.ordinal = a.ordinal where coalesce(a.finished_at, now()) > $1 group by 1
     ), open as (select distinct q.workspace_id from task_run q where q.standing = 'ready')
     select w.weight, sum(u.seconds) as seconds, bool_and(w.id in (select o.workspace_id from open o)) as open
     from workspace w left join used u on u.workspace_id = w.id where w.slug like 'space-%' group by w.weight order by w.weight`,
    [from],
  );
  if (rows.some((row) => !row.open)) say('  a workspace ran out of tasks: its share is too small');
  const all = rows.reduce((sum, row) => sum + row.seconds, 0);
  const wished = weights.reduce((sum, weight) => sum + weight, 0);
  const shares = Object.fromEntries(rows.map((row) => [`weight ${row.weight}`, round(row.seconds / all)]));
  const errors = rows.map((row) => Math.abs(row.seconds / all / ((row.weight * weights.filter((weight) => weight === row.weight).length) / wished) - 1));
  say(`  ${JSON.stringify(shares)}`);
  return { error: Math.max(...errors), shares };
}

async function count(client: pg.Client, sql: string, values: unknown[] = []): Promise<number> {
  const { rows } = await client.query<Record<string, string | number>>(sql, values);
  return Number(Object.values(rows[0] ?? {})[0] ?? 0);
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
