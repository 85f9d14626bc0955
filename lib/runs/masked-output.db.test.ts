import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { stopReaders } from '@/lib/datasets/server';
import { putSecret } from '@/lib/tenancy/server';
import { makeContext, testDatabase, type TestContext } from '@/lib/testing';
import { startRunHarness, type RunHarness } from '@/lib/testing/run-harness';
import { exportOutput, previewOutput } from './server';

vi.setConfig({ testTimeout: 60_000 });
testDatabase();

let ctx: TestContext;
let harness: RunHarness;
beforeAll(async () => {
  ctx = await makeContext('admin');
  harness = await startRunHarness(ctx);
});
afterAll(async () => {
  await harness.stop();
  await stopReaders();
});

it('a secret that a task writes into its table is not shown by the preview', async () => {
  await putSecret(ctx, 'api_key', { value: 'very-hidden-value-42' });
  const id = await harness.start({
    tasks: [{ id: 'leak', kind: 'shell', config: { command: 'printf "key,note\\n%s,plain\\n" {{ secrets.api_key }} > "$PENSTOCK_OUTPUT"' } }],
  });
  expect((await harness.ended(id)).state).toBe('succeeded');
  const shown = await previewOutput(ctx, id, 'leak', { limit: 10, offset: 0, sort: null, profile: true });
  expect(JSON.stringify(shown)).not.toContain('very-hidden-value-42');
  expect(JSON.stringify(shown.rows)).toContain('plain');
});

it('a secret in a table is hidden in its CSV, and Parquet is refused with the way out; a table without it is given', async () => {
  await putSecret(ctx, 'quoted', { value: 'says "hidden", 42' });
  const id = await harness.start({
    tasks: [
      { id: 'leak', kind: 'shell', config: { command: 'python3 -c "import csv, sys; w = csv.writer(sys.stdout); w.writerow([chr(110), chr(109)]); [w.writerow([i, sys.argv[1]]) for i in range(20000)]" {{ secrets.quoted }} > "$PENSTOCK_OUTPUT"' } },
      { id: 'clean', kind: 'shell', config: { command: 'printf "a\\n1\\n" > "$PENSTOCK_OUTPUT"' } },
    ],
  });
  expect((await harness.ended(id)).state).toBe('succeeded');
  const csv = await exportOutput(ctx, id, 'leak', 'csv');
  const rows = (await text(csv.stream)).trim().split('\n');
  expect(csv.bytes).toBeNull();
  expect(rows).toHaveLength(20_001);
  expect(rows.filter((row) => row.includes('hidden'))).toEqual([]);
  expect(rows.at(-1)).toMatch(/^19999,/);
  await expect(exportOutput(ctx, id, 'leak', 'parquet')).rejects.toMatchObject({ code: 'conflict', message: expect.stringMatching(/holds a secret .* as CSV/) as string });
  expect((await exportOutput(ctx, id, 'clean', 'parquet')).bytes).toBeGreaterThan(0);
});
