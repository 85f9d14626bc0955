import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { stopReaders } from '@/lib/datasets/server';
import { putSecret } from '@/lib/tenancy/server';
import { makeContext, testDatabase, type TestContext } from '@/lib/testing';
import { startRunHarness, type RunHarness } from '@/lib/testing/run-harness';
import { previewOutput } from './server';

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
