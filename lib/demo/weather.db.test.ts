import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { listen } from '@/lib/db/notify';
import { previewVersion, listVersions, stopReaders, uploadFile } from '@/lib/datasets/server';
import { TEMPLATES } from '@/lib/pipeline';
import { createPipeline, publish } from '@/lib/pipeline/server';
import { planBody, type BackfillView } from '@/lib/scheduler';
import { getBackfill, planBackfill, startBackfill } from '@/lib/scheduler/server';
import { makeContext, testDatabase, type TestContext } from '@/lib/testing';
import { startWorker } from '@/lib/worker/server';

vi.setConfig({ testTimeout: 180_000 });
testDatabase();

const CSV = path.join('node_modules', 'vega-datasets', 'data', 'seattle-weather.csv');
const SLUG = 'seattle-weather';
let ctx: TestContext;
let worker: Awaited<ReturnType<typeof startWorker>>;

beforeAll(async () => {
  ctx = await makeContext('admin');
  await uploadFile(ctx, 'demo/seattle-weather.csv', { path: path.resolve(CSV) });
  const { name, spec } = TEMPLATES.find((template) => template.key === SLUG)!;
  await createPipeline(ctx, { slug: SLUG, name, spec });
  await publish(ctx, SLUG, {});
  worker = await startWorker({ version: 'test', slots: 4 });
}, 60_000);
afterAll(async () => {
  await worker.stop();
  await stopReaders();
});

/** Backfills a range and waits, woken by notices, until it has ended. */
async function backfill(from: string, to: string, reprocess: 'none' | 'completed' = 'none'): Promise<BackfillView> {
  const { token } = await planBackfill(ctx, SLUG, planBody.parse({ from, to, reprocess }));
  const { id } = await startBackfill(ctx, SLUG, token);
  const listening = await listen(() => wake(), () => wake());
  let wake = (): void => undefined;
  try {
    for (;;) {
      const heard = new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, 2_000);
      });
      const now = await getBackfill(ctx, SLUG, id);
      if (now.finishedAt !== null) return now;
      await heard;
    }
  } finally {
    await listening.stop();
  }
}

/** What the dataset holds: day, weather, mean temperature. */
async function held(): Promise<string[]> {
  const [newest] = (await listVersions(ctx, 'seattle_days', { limit: 1 })).items;
  const { rows } = await previewVersion(ctx, 'seattle_days', newest!.number, { limit: 1000, offset: 0, sort: null });
  return rows.map((row) => `${String(row.date).slice(0, 10)} ${String(row.weather)} ${Number(row.temp_mean)}`).sort();
}

/** The same of the file itself. */
async function truth(from: string, to: string): Promise<string[]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const result = await connection.runAndReadAll(
    `select strftime(date, '%Y-%m-%d'), weather, round((temp_max + temp_min) / 2, 1)::double from read_csv('${CSV}') where date between '${from}' and '${to}' order by 1`,
  );
  return result.getRows().map((row) => `${String(row[0])} ${String(row[1])} ${Number(row[2])}`);
}

test('a month of the weather, and then an overlapping month, hold exactly their days', async () => {
  const march = await backfill('2012-03-01', '2012-03-31');
  expect([march.state, march.counts.total, march.counts.succeeded]).toEqual(['succeeded', 31, 31]);
  expect(await held()).toEqual(await truth('2012-03-01', '2012-03-31'));

  const overlapping = await backfill('2012-03-15', '2012-04-14', 'completed');
  expect([overlapping.state, overlapping.items.filter((item) => item.action === 'rerun').length, overlapping.counts.succeeded]).toEqual(['succeeded', 17, 31]);
  expect(await held()).toEqual(await truth('2012-03-01', '2012-04-14'));
});
