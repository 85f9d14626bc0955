import { type Browser } from '@playwright/test';
import pg from 'pg';
import { findEmbedded } from '@/lib/db/embedded';
import { newProduct, remove, type Product } from '../e2e/fixtures/built-product';
import { launchBrowser, signedIn } from './browser';
import { LeanClient } from './lean-client';
import { figure, numberOption, round, type BenchOptions, type BenchResult } from './result';

const WARMUPS = 5;
/** Runs per statement that stores them. */
const BATCH = 50;

/**
 * grid: what became of every task in the last 100 runs of a pipeline that has many more, asked over REST. Beside it the page in a real
 * browser, from the request to its painted cells (`pageMs`), and a click on another run (`clickMs`). Floor: one bare statement that reads
 * the same cells of the same runs, with its answer as JSON. Options: --tasks (200), --runs shown (100), --stored runs (1000), --repeats (9).
 */
export default async function grid(options: BenchOptions, say: (text: string) => void): Promise<BenchResult> {
  const tasks = numberOption(options, 'tasks', 200);
  const runs = numberOption(options, 'runs', 100);
  const stored = numberOption(options, 'stored', 1_000);
  const repeats = numberOption(options, 'repeats', 9);
  const product = await newProduct();
  const client = new pg.Client({ connectionString: findEmbedded(product.home) ?? '' });
  await client.connect();
  const caller = new LeanClient(product);
  let browser: Browser | undefined;
  try {
    await store(product, client, tasks, stored);
    say(`${stored} runs of ${tasks} tasks are stored; the grid shows ${runs} …`);
    const ours: number[] = [];
    const floor: number[] = [];
    for (let i = -WARMUPS; i < repeats; i++) {
      const began = performance.now();
      const answer = await caller.call<{ tasks: unknown[]; runs: { cells: unknown[] }[] }>('GET', `/w/main/pipelines/grid/grid?runs=${runs}`);
      const ms = performance.now() - began;
      if (answer.tasks.length !== tasks || answer.runs.length !== runs) throw new Error(`The grid has ${answer.tasks.length} tasks and ${answer.runs.length} runs.`);
      const bareMs = await bare(client, runs, runs * tasks);
      if (i < 0) continue;
      ours.push(ms);
      floor.push(bareMs);
      say(`  ${i + 1}/${repeats}: ours ${ms.toFixed(1)} ms, floor ${bareMs.toFixed(1)} ms`);
    }
    browser = await launchBrowser();
    const pages = await openPages(browser, product, runs);
    say(`  the page ${pages.pageMs} ms, a click ${pages.clickMs} ms`);
    const [mine, theirs] = [figure(ours, 'ms'), figure(floor, 'ms')];
    return { repeats, ours: { ...mine, ...pages, tasks, runs, stored }, floor: theirs, rivals: {}, ratio: round(mine.median / theirs.median) };
  } finally {
    await browser?.close();
    caller.close();
    await client.end();
    await remove(product);
  }
}

/** Runs a pipeline once, and stores what became of it so many times more, a day apart. */
async function store(product: Product, client: pg.Client, tasks: number, stored: number): Promise<void> {
  const ids = Array.from({ length: tasks }, (_, i) => `t${i}`);
  const spec = { schemaVersion: 1, tasks: ids.map((id) => ({ id, kind: 'empty' })), edges: ids.slice(1).map((to, i) => ({ from: ids[i - (i % 4)]!, to })) };
  await product.api('POST', '/w/main/pipelines', { slug: 'grid', name: 'Grid', spec });
  await product.api('POST', '/w/main/pipelines/grid/publish', {});
  const run = await product.api<{ id: string }>('POST', '/w/main/pipelines/grid/runs', {});
  const ended = await product.api<{ state: string }>('GET', `/w/main/runs/${run.id}/wait?timeoutSeconds=120`);
  if (ended.state !== 'succeeded') throw new Error(`The first run ended ${ended.state}.`);
  const { rows } = await client.query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = 'task_run'::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
  );
  const columns = rows.map((row) => row.name);
  for (let done = 1; done < stored; done += BATCH) {
    await client.query(
      `with ids as materialized (select gen_random_uuid() as id, n from generate_series($2::int, $3::int) n),
       made as (
         insert into run select (jsonb_populate_record(x, jsonb_build_object('id', i.id, 'created_at', x.created_at - i.n * interval '1 day'))).*
         from run x, ids i where x.id = $1::uuid returning id)
       insert into task_run (${columns.join(', ')}) select ${columns.map((column) => `p.${column}`).join(', ')}
       from task_run x, made m, jsonb_populate_record(x, jsonb_build_object('run_id', m.id)) p where x.run_id = $1::uuid`,
      [run.id, done, Math.min(stored, done + BATCH) - 1],
    );
  }
  await client.query('analyze run, task_run');
}

async function bare(client: pg.Client, runs: number, cells: number): Promise<number> {
  const began = performance.now();
  const { rows } = await client.query<{ run_id: string }>({
    name: 'floor-grid',
    text: `select t.run_id, t.task_id, t.state, t.attempt, t.ordinal, t.started_at, t.finished_at, t.table_output ->> 'rowCount' as row_count
           from (select id from run where pipeline_slug = 'grid' order by created_at desc, id desc limit $1) r join task_run t on t.run_id = r.id`,
    values: [runs],
  });
  JSON.stringify(rows);
  if (rows.length !== cells) throw new Error(`The floor read ${rows.length} cells instead of ${cells}.`);
  return performance.now() - began;
}

async function openPages(browser: Browser, product: Product, runs: number): Promise<{ pageMs: number; clickMs: number }> {
  const page = await signedIn(browser, product);
  const open: number[] = [];
  const click: number[] = [];
  for (let i = -1; i < 3; i++) {
    await page.goto(`${product.url}/w/main/pipelines/grid/grid?runs=${runs}`, { waitUntil: 'commit' });
    await page.locator('[role="gridcell"] a').first().waitFor();
    const opened = await page.evaluate(() => new Promise<number>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())))));
    const clicked = await page.evaluate(async () => {
      const bar = document.querySelectorAll<HTMLElement>('[role="gridcell"] button')[3]!;
      const began = performance.now();
      bar.click();
      do await new Promise((done) => requestAnimationFrame(done));
      while (bar.getAttribute('aria-pressed') !== 'true');
      await new Promise((done) => requestAnimationFrame(done));
      return performance.now() - began;
    });
    if (i < 0) continue;
    open.push(opened);
    click.push(clicked);
  }
  return { pageMs: figure(open, 'ms').median, clickMs: figure(click, 'ms').median };
}
