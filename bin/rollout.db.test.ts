import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bucketOf } from '@/lib/rollout/assign';
import { newRolloutSchema } from '@/lib/rollout';
import { decideRollout, getRollout, makeController, startRollout } from '@/lib/rollout/server';
import { createToken } from '@/lib/tenancy/server';
import { makeContext, testDatabase, type TestContext } from '@/lib/testing';
import { registerOnnx, serve, startGateway, untilReady, type RunningGateway } from '@/lib/testing/gateway';
import { logisticModel } from '@/lib/testing/onnx';
import { whenTrue } from '@/lib/testing/when-true';

const database = testDatabase();
const SLUG = 'delays';
const UNITS = 400;

let author: TestContext;
let second: TestContext;
let gateway: RunningGateway;
let token: string;

beforeAll(async () => {
  execFileSync(process.execPath, ['scripts/prepare.mjs', '--no-web'], { stdio: 'ignore' });
  author = await makeContext('admin');
  second = await makeContext('approver', { workspace: author.workspace });
  token = (await createToken(author, { name: 'caller', role: 'viewer' })).token;
  await registerOnnx(author, 'delay', logisticModel([0.5, -1, 0.25], 0.1), ['miles', 'stops', 'rain']);
  await registerOnnx(author, 'delay', logisticModel([0.4, -1, 0.3], 0.1), ['miles', 'stops', 'rain']);
  await serve(author, SLUG, 'delay', 1);
  gateway = await startGateway({ url: database.url(), home: database.home });
  await untilReady(author, SLUG);
}, 180_000);
afterAll(async () => gateway?.stop());

/** One call of a unit; who answered. */
async function answerer(unit: string): Promise<string> {
  const response = await fetch(`${gateway.url}/${author.workspace.slug}/v2/models/${SLUG}/infer`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'x-unit-id': unit },
    body: JSON.stringify({ inputs: [{ name: 'x', shape: [1, 3], datatype: 'FP32', data: [2, 1, 0] }] }),
  });
  expect([response.status, await response.text()][0]).toBe(200);
  return response.headers.get('x-variant') ?? '';
}

async function candidates(): Promise<Set<string>> {
  const found = new Set<string>();
  for (let i = 0; i < UNITS; i++) if ((await answerer(`unit-${i}`)) === 'candidate') found.add(`unit-${i}`);
  return found;
}

it('moves real traffic by hash, only adds units, and takes it all back within a second', { timeout: 120_000 }, async () => {
  const steps = [{ weight: 20 }, { approve: {} }, { weight: 60 }, { pause: null }, { promote: {} }];
  const { id } = await startRollout(author, SLUG, newRolloutSchema.parse({ candidate: 2, steps, unit: 'unit', audience: { deny: ['unit-1'], allow: ['unit-2'] } }));
  const turn = makeController(() => new Date());
  const stateOf = async () => (await getRollout(author, id)).state;
  await whenTrue(async () => {
    await turn({ hurry: true });
    return (await stateOf()) === 'awaiting_approval';
  }, 30_000);
  const expected = (percent: number) => new Set(Array.from({ length: UNITS }, (_, i) => `unit-${i}`).filter((unit) => unit !== 'unit-1' && (unit === 'unit-2' || bucketOf(id, unit) < percent * 100)));
  await whenTrue(async () => (await answerer('unit-2')) === 'candidate', 5_000);
  const fifth = await candidates();
  expect(fifth).toEqual(expected(20));

  await whenTrue(async () => (await getRollout(author, id)).evidence!.candidate.rows >= fifth.size - 1, 10_000);
  const { evidence } = await getRollout(author, id);
  // what a list sent is not counted
  expect(evidence).toMatchObject({ verdict: 'inconclusive', candidate: { units: fifth.size - 1, errors: 0 }, sampleRatio: { state: 'as_planned' } });

  await expect(decideRollout(author, id, 'approve', { reason: 'mine' })).rejects.toMatchObject({ code: 'forbidden' });
  expect(await decideRollout(second, id, 'approve', { reason: 'Errors flat' })).toMatchObject({ state: 'paused', weights: { stable: 40, candidate: 60 } });
  const added = [...expected(60)].find((unit) => !fifth.has(unit))!;
  await whenTrue(async () => (await answerer(added)) === 'candidate', 5_000);
  const most = await candidates();
  expect(most).toEqual(expected(60));
  for (const unit of fifth) expect(most).toContain(unit);

  let answering = true;
  const late: string[] = [];
  let aborted = Infinity;
  const callers = Array.from({ length: 4 }, async (_, lane) => {
    for (let i = lane; answering; i += 4) {
      const begun = Date.now();
      if ((await answerer([...most][i % most.size]!)) === 'candidate' && begun > aborted + 1000) late.push(new Date(begun).toISOString());
    }
  });
  // no controller takes part in this
  expect(await decideRollout(second, id, 'abort', { reason: 'Seen enough' })).toMatchObject({ state: 'rolled_back', weights: { stable: 100, candidate: 0 } });
  aborted = Date.now();
  await new Promise((resolve) => setTimeout(resolve, 2500));
  answering = false;
  await Promise.all(callers);
  expect(late).toEqual([]);
  expect((await candidates()).size).toBe(0);
});
