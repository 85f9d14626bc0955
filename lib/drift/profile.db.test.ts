import { afterAll, expect, test } from 'vitest';
import { openStored, stopReaders, uploadFile } from '@/lib/datasets/server';
import { type Feature } from '@/lib/registry';
import { makeContext, testDatabase } from '@/lib/testing';
import { binOf, numericEdges, QUANTILE_LEVELS } from './bins';
import { profileOf, type Predict } from './profile';

testDatabase();
afterAll(stopReaders);

const feature = (name: string, type: Feature['type']): Feature => ({ name, type, input: name, column: null });
const FEATURES = [feature('Distance', 'number'), feature('weekday', 'integer'), feature('origin', 'string'), feature('unknown', 'number')];
const byDistance: Predict = (rows) => Promise.resolve(rows.map((row) => (typeof row.Distance === 'number' ? row.Distance / 1000 : null)));

/** 1,000 rows: distances 0, 3, 6 … 2997 with every 50th missing, weekdays 1-7, origins A0 … A29 of falling frequency. */
const ROWS = Array.from({ length: 1000 }, (_, i) => ({ distance: i % 50 === 49 ? null : i * 3, weekday: 1 + (i % 7), origin: i % 100 === 0 ? null : `A${Math.floor(Math.sqrt(i) % 30)}` }));
const CSV = ['distance,weekday,origin,late', ...ROWS.map((row) => `${row.distance ?? ''},${row.weekday},${row.origin ?? ''},0`)].join('\n');

test('a reference has the bins and counts of its training rows, its prediction, and what the prediction hangs on', async () => {
  const ctx = await makeContext('editor');
  await uploadFile(ctx, 'train.csv', Buffer.from(CSV));
  const stored = await openStored(ctx.workspaceId, { file: 'train.csv' });
  expect(stored.source).toEqual({ file: 'train.csv' });
  const asked: number[] = [];
  const { rows, features } = await profileOf(stored, FEATURES, (given) => {
    asked.push(given.length);
    return byDistance(given);
  });
  expect(rows).toBe(1000);
  expect(asked).toEqual([1000, 1000, 1000, 1000]);
  expect(features.map(({ name, role, importance }) => [name, role, importance])).toEqual([['Distance', 'input', 1], ['weekday', 'input', 0], ['origin', 'input', 0], ['prediction', 'prediction', undefined]]);

  const [distance, weekday, origin, prediction] = features;
  const sorted = ROWS.flatMap((row) => row.distance ?? []).toSorted((a, b) => a - b);
  const quantiles = QUANTILE_LEVELS.map((level) => sorted[Math.max(0, Math.ceil(level * sorted.length) - 1)] ?? 0);
  expect(distance).toMatchObject({ kind: 'numeric', edges: numericEdges(null, quantiles), rows: 1000 });
  expect(weekday).toMatchObject({ edges: [1, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7] });
  for (const [found, value] of [[distance, 'distance'], [weekday, 'weekday'], [origin, 'origin']] as const) {
    if (!found) throw new Error(`no ${value}`);
    const expected = found.counts.map(() => 0);
    for (const row of ROWS) {
      const bin = binOf(found, row[value]);
      expected[bin] = (expected[bin] ?? 0) + 1;
    }
    expect([value, found.counts]).toEqual([value, expected]);
  }
  expect(origin?.kind === 'categorical' && origin.values.length).toBe(20);
  expect([prediction?.rows, prediction?.counts.at(-1), prediction?.counts.slice(1, -2).every((count) => count > 90)]).toEqual([1000, 20, true]);
});

test('training data without the model\'s features is refused with both lists of names', async () => {
  const ctx = await makeContext('editor');
  await uploadFile(ctx, 'other.csv', Buffer.from('a,b\n1,2\n'));
  const stored = await openStored(ctx.workspaceId, { file: 'other.csv' });
  await expect(profileOf(stored, FEATURES, byDistance)).rejects.toThrow('It has a, b; the model takes Distance, weekday, origin, unknown.');
  await expect(openStored(ctx.workspaceId, { dataset: 'none' })).rejects.toThrow('There is no good version of dataset "none" in this workspace.');
});
