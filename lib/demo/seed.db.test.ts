import { expect, test } from 'vitest';
import { listFiles } from '@/lib/datasets/server';
import { TEMPLATES } from '@/lib/pipeline';
import { listPipelines } from '@/lib/pipeline/server';
import { getVariables } from '@/lib/tenancy/server';
import { makeContext, testDatabase } from '@/lib/testing';
import { refreshDemo, seedDemo } from './seed';

testDatabase();

test('the demo has its files, its variable and every template published, however often it is filled', async () => {
  process.env.PENSTOCK_DEMO_URL = 'http://127.0.0.1:4001';
  const ctx = await makeContext('admin');
  await seedDemo(ctx);
  await seedDemo(ctx);
  const files = await listFiles(ctx, { limit: 100 });
  expect(files.items.map((file) => file.path)).toEqual(['demo/airports.csv', 'demo/flights-3m.parquet', 'demo/seattle-weather.csv']);
  const { items } = await listPipelines(ctx, { limit: 100 });
  expect(items.map((pipeline) => [pipeline.slug, pipeline.currentVersion])).toEqual(TEMPLATES.map((template) => [template.key, 1]).sort());
  process.env.PENSTOCK_DEMO_URL = 'http://127.0.0.1:4002';
  await refreshDemo(ctx);
  expect(await getVariables(ctx.workspaceId)).toEqual({ demo_server: 'http://127.0.0.1:4002' });
});
