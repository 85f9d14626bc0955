import { expect, test } from 'vitest';
import { listFiles } from '@/lib/datasets/server';
import { TEMPLATES } from '@/lib/pipeline';
import { listPipelines } from '@/lib/pipeline/server';
import { getModel, listVersions } from '@/lib/registry/server';
import { listRunsQuery } from '@/lib/runs';
import { listRuns } from '@/lib/runs/server';
import { getEndpoint } from '@/lib/serving/server';
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
  const versions = (await listVersions(ctx, 'flight-delay', { limit: 10 })).items;
  expect(versions.map(({ version, status, flavor, problems, training }) => ({ version, status, flavor, problems, training }))).toEqual(
    [2, 1].map((version) => ({ version, status: 'ready', flavor: 'onnx', problems: [], training: { dataset: 'delay_training', version: 1 } })),
  );
  expect(versions[0]?.signature?.features.map(({ name, type }) => [name, type])).toEqual([['hour', 'number'], ['weekday', 'number'], ['distance', 'number'], ['origin', 'string'], ['destination', 'string']]);
  expect(versions[0]?.metrics.auc).toBeGreaterThan(versions[1]?.metrics.auc ?? 1);
  expect((await getModel(ctx, 'flight-delay')).aliases.map(({ alias, version }) => [alias, version])).toEqual([['champion', 1]]);
  expect((await getEndpoint(ctx, 'flight-delay')).variants.map(({ name, version, weight }) => [name, version, weight])).toEqual([['stable', 1, 100]]);
  const runs = (await listRuns(ctx, listRunsQuery.parse({}))).items;
  expect(runs.map(({ pipeline, state, lane }) => [pipeline, state, lane])).toEqual([['delay-training', 'queued', 'exploratory']]);
  process.env.PENSTOCK_DEMO_URL = 'http://127.0.0.1:4002';
  await refreshDemo(ctx);
  expect(await getVariables(ctx.workspaceId)).toEqual({ demo_server: 'http://127.0.0.1:4002' });
});
