import { expect, test } from 'vitest';
import { newId } from '@/lib/core/ids';
import { pool } from '@/lib/db/pool';
import { makeWorkspace, testDatabase } from '@/lib/testing';
import { binCount, binOf } from './bins';
import { freezeReference } from './profile-store';
import { type ProfileFeature } from './schema';
import { countChangedHours, readWindows } from './window-store';

testDatabase();

const FEATURES: ProfileFeature[] = [
  { kind: 'numeric', role: 'input', name: 'distance', edges: [0, 100, 500, 2000], counts: [0, 10, 10, 10, 0, 0], rows: 30 },
  { kind: 'numeric', role: 'input', name: 'constant', edges: [7], counts: [0, 30, 0], rows: 30 },
  { kind: 'numeric', role: 'input', name: 'nothing', edges: [], counts: [0, 30], rows: 30 },
  { kind: 'categorical', role: 'input', name: 'origin', values: ['ATL', 'ORD', 'true'], counts: [10, 10, 0, 10, 0], rows: 30 },
  { kind: 'numeric', role: 'prediction', name: 'prediction', edges: [0, 0.25, 1], counts: [0, 20, 10, 0, 0], rows: 30 },
];
const ODD: unknown[] = [-1, 0, 99.9, 100, 2000, 2000.1, 7, null, 'ATL', 'ORD', 'XXX', true, [1], { a: 1 }, '', 1e200];

async function monitored() {
  const { id: workspaceId } = await makeWorkspace();
  const of = { workspaceId, endpointId: newId(), modelVersionId: newId() };
  await freezeReference(workspaceId, { modelVersionId: of.modelVersionId, status: 'ready', problem: null, source: { file: 'a.csv' }, rows: 30, features: FEATURES, createdAt: new Date() });
  return of;
}
type Of = Awaited<ReturnType<typeof monitored>>;
type Asked = { features: Record<string, unknown>; score: number | null; status?: number };

/** Logs rows of one hour as the gateway does: rows and the hour's mark in one transaction. */
async function log(of: Of, at: string, rows: Asked[]): Promise<void> {
  const client = await pool().connect();
  try {
    await client.query('begin');
    for (const { features, score, status = 200 } of rows) {
      await client.query(
        `insert into inference_log (id, received_at, at, workspace_id, endpoint_id, variant, model_version_id, version, assigned_by, features, score, latency_us, status)
         values ($1, now(), $2, $3, $4, 'stable', $5, 1, 'only', $6, $7, 100, $8)`,
        [newId(), at, of.workspaceId, of.endpointId, of.modelVersionId, JSON.stringify(features), score, status],
      );
    }
    await client.query(
      `insert into inference_hour (endpoint_id, model_version_id, hour, workspace_id, changed_at) values ($1, $2, date_trunc('hour', $3::timestamptz, 'UTC'), $4, clock_timestamp())
       on conflict (endpoint_id, model_version_id, hour) do update set changed_at = greatest(excluded.changed_at, inference_hour.changed_at + interval '1 ms')`,
      [of.endpointId, of.modelVersionId, at, of.workspaceId],
    );
    await client.query('commit');
  } finally {
    client.release();
  }
}

const YEAR = [new Date('2001-01-01T00:00:00Z'), new Date('2002-01-01T00:00:00Z')] as const;
const windows = (of: Of, grain: 'hour' | 'day' | 'week' | 'month') => readWindows(of, grain, ...YEAR);

test('the database puts every value into the bin that binOf names', async () => {
  const of = await monitored();
  const rows = ODD.map((value, i): Asked => ({ features: { distance: value, constant: value, nothing: value, origin: value }, score: typeof value === 'number' ? value : i % 2 ? 0.25 : 1 }));
  await log(of, '2001-01-01T00:30:00Z', [...rows, { features: {}, score: null }, { features: { distance: 5 }, score: 0.1, status: 500 }]);
  expect((await countChangedHours()).hours).toBe(1);
  const found = await windows(of, 'hour');
  for (const feature of FEATURES) {
    const expected = new Array<number>(binCount(feature)).fill(0);
    for (const value of [...rows.map((row) => (feature.role === 'prediction' ? row.score : row.features[feature.name])), null]) {
      const bin = binOf(feature, value);
      expected[bin] = (expected[bin] ?? 0) + 1;
    }
    expect([feature.name, found.get(feature.name)?.[0]?.counts]).toEqual([feature.name, expected]);
  }
});

test('hours add up to days, weeks and months, late rows are counted in, and counting again changes nothing', async () => {
  const of = await monitored();
  const some = (n: number, distance: number): Asked[] => Array.from({ length: n }, () => ({ features: { distance, origin: 'ATL' }, score: 0.5 }));
  await log(of, '2001-01-31T23:59:59.999Z', some(3, 50));
  await log(of, '2001-02-01T00:00:00Z', some(2, 150));
  await log(of, '2001-02-01T13:00:00Z', some(4, 1000));
  while ((await countChangedHours()).hours > 0);
  const once = await windows(of, 'hour');
  expect(once.get('distance')?.map((w) => [w.window.toISOString(), w.rows, w.total])).toEqual([
    ['2001-01-31T23:00:00.000Z', 3, 150],
    ['2001-02-01T00:00:00.000Z', 2, 300],
    ['2001-02-01T13:00:00.000Z', 4, 4000],
  ]);
  expect((await windows(of, 'day')).get('distance')?.map((w) => w.counts)).toEqual([[0, 3, 0, 0, 0, 0], [0, 0, 2, 4, 0, 0]]);
  expect((await windows(of, 'week')).get('distance')?.map((w) => [w.window.toISOString(), w.counts])).toEqual([['2001-01-29T00:00:00.000Z', [0, 3, 2, 4, 0, 0]]]);
  expect((await windows(of, 'month')).get('prediction')?.map((w) => [w.counts, w.total])).toEqual([[[0, 0, 3, 0, 0], 1.5], [[0, 0, 6, 0, 0], 3]]);

  await log(of, '2001-01-31T23:10:00Z', some(5, 5000));
  expect((await countChangedHours()).hours).toBe(1);
  expect((await windows(of, 'hour')).get('distance')?.[0]?.counts).toEqual([0, 3, 0, 0, 5, 0]);
  expect((await countChangedHours()).hours).toBe(0);
  await pool().query('update inference_hour set counted_at = null where endpoint_id = $1', [of.endpointId]);
  const before = await windows(of, 'hour');
  expect((await countChangedHours()).hours).toBe(3);
  expect(await windows(of, 'hour')).toEqual(before);
});

test('two workers and a writer in between: every row is counted once', async () => {
  const of = await monitored();
  const day = (n: number) => `2001-03-${String(1 + (n % 28)).padStart(2, '0')}T${String(n % 24).padStart(2, '0')}:30:00Z`;
  const write = async () => {
    for (let n = 0; n < 60; n += 1) await log(of, day(n % 30), [{ features: { distance: n, origin: 'ORD' }, score: 0.1 }]);
  };
  const count = async () => {
    for (let round = 0; round < 20; round += 1) await countChangedHours();
  };
  await Promise.all([write(), write(), count(), count()]);
  while ((await countChangedHours()).hours > 0);
  const rows = [...(await windows(of, 'hour')).values()].map((series) => series.reduce((sum, w) => sum + w.rows, 0));
  expect(rows).toEqual(FEATURES.map(() => 120));
});

test('hours of a version without a reference wait for it', async () => {
  const { id: workspaceId } = await makeWorkspace();
  const of = { workspaceId, endpointId: newId(), modelVersionId: newId() };
  await log(of, '2001-01-01T00:30:00Z', [{ features: { distance: 5 }, score: 0.1 }]);
  expect((await countChangedHours()).hours).toBe(0);
  const reference = { modelVersionId: of.modelVersionId, status: 'ready' as const, problem: null, source: { file: 'a.csv' }, rows: 30, features: FEATURES, createdAt: new Date() };
  expect(await freezeReference(workspaceId, reference)).toBe(true);
  expect(await freezeReference(workspaceId, { ...reference, features: [] })).toBe(false);
  expect((await countChangedHours()).hours).toBe(1);
});
