import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newId } from '@/lib/core/ids';
import { prisma } from '@/lib/db/client';
import { inTransaction } from '@/lib/db/transaction';
import { addCandidate, announceEndpoint, requireEndpoint, setTraffic } from '@/lib/serving/server';
import { createToken, revokeToken } from '@/lib/tenancy/server';
import { makeContext, testDatabase, type TestContext } from '@/lib/testing';
import { registerOnnx, serve, startGateway, untilReady, type RunningGateway } from '@/lib/testing/gateway';
import { logisticModel } from '@/lib/testing/onnx';
import { severable, type Severed } from '@/lib/testing/severed';
import { whenTrue } from '@/lib/testing/when-true';

const database = testDatabase();
let ctx: TestContext;
let gateway: RunningGateway;
let way: Severed;
let token: string;

beforeAll(async () => {
  execFileSync(process.execPath, ['scripts/prepare.mjs', '--no-web'], { stdio: 'ignore' });
  ctx = await makeContext('admin');
  token = (await createToken(ctx, { name: 'caller', role: 'editor' })).token;
  await registerOnnx(ctx, 'delay', logisticModel([0.5, -1]), ['miles', 'stops']);
  await registerOnnx(ctx, 'delay', logisticModel([-0.5, 1]), ['miles', 'stops']);
  await serve(ctx, 'delays', 'delay', 1, 2);
  const { hostname, port } = new URL(database.url());
  way = await severable({ host: hostname, port: Number(port) });
  await start(0);
  await untilReady(ctx, 'delays');
}, 120_000);

afterAll(async () => {
  await gateway?.stop();
  await way.cut();
});

async function start(port: number): Promise<void> {
  const url = new URL(database.url());
  url.hostname = '127.0.0.1';
  url.port = String(way.port);
  gateway = await startGateway({ url: url.href, home: database.home, port, env: { PENSTOCK_SPOOL_MB: '1' } });
}

const call = (rows = 1, given: { token?: string; unit?: string } = {}) =>
  fetch(`${gateway.url}/${ctx.workspace.slug}/v2/models/delays/infer`, {
    method: 'POST',
    headers: { authorization: `Bearer ${given.token ?? token}`, ...(given.unit === undefined ? {} : { 'x-unit-id': given.unit }) },
    body: JSON.stringify({ inputs: [{ name: 'x', shape: [rows, 2], datatype: 'FP32', data: Array.from({ length: rows * 2 }, (_, i) => i % 7) }] }),
    signal: AbortSignal.timeout(20_000),
  });

/** load calls without a pause until stopped, and keeps the ids of all answers and what else came. */
function load(callers: number) {
  const answered: string[] = [];
  const failures: string[] = [];
  let on = true;
  const loops = Array.from({ length: callers }, async () => {
    while (on) {
      try {
        const response = await call();
        const { parameters, error } = (await response.json()) as { parameters?: { inference_id: string }; error?: string };
        if (response.status === 200 && parameters) answered.push(parameters.inference_id);
        else failures.push(`${response.status}: ${error ?? ''}`);
      } catch (error) {
        failures.push(error instanceof Error ? `${error.message} ${error.cause instanceof Error ? error.cause.message : ''}` : String(error));
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
  });
  return {
    answered,
    failures,
    more: (n: number) => {
      const from = answered.length;
      return whenTrue(() => Promise.resolve(answered.length >= from + n), 20_000);
    },
    stop: async () => {
      on = false;
      await Promise.all(loops);
    },
  };
}

/** Processes below one, whose command names a bundle. */
function processesOf(parent: number, bundle: string): number[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] !== 'Z' && Number(fields[1]) === parent && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(bundle);
    } catch {
      return false;
    }
  });
}

const logged = async (ids: string[]) => {
  let found = 0;
  for (let i = 0; i < ids.length; i += 5_000) found += await prisma().inferenceLog.count({ where: { id: { in: ids.slice(i, i + 5_000) } } });
  return found;
};

it('a killed routing process, replica or supervisor: calls are answered again, and no answered prediction is missing', { timeout: 120_000 }, async () => {
  const calls = load(8);
  await calls.more(200);

  const [replica] = processesOf(gateway.pid, 'replica-child');
  process.kill(replica!, 'SIGKILL');
  await calls.more(200);
  // the other replica takes over the calls of the killed one
  expect(calls.failures).toEqual([]);
  await whenTrue(() => Promise.resolve(processesOf(gateway.pid, 'replica-child').length === 2), 10_000);

  const [router] = processesOf(gateway.pid, 'gateway-router');
  process.kill(router!, 'SIGKILL');
  await calls.more(200);
  await whenTrue(() => Promise.resolve(processesOf(gateway.pid, 'gateway-router').length === 2), 10_000);

  const { port } = gateway;
  process.kill(gateway.pid, 'SIGKILL');
  // `penstock up` starts it again under its port
  await start(port);
  await calls.more(200);
  await calls.stop();

  expect(new Set(calls.answered).size).toBe(calls.answered.length);
  await whenTrue(async () => (await logged(calls.answered)) === calls.answered.length, 15_000);
});

it('answers known callers while the database is gone, and logs what it answered when it is back', { timeout: 60_000 }, async () => {
  await untilReady(ctx, 'delays');
  expect((await call()).status).toBe(200);
  await way.cut();
  const calls = load(4);
  await calls.more(300);
  await calls.stop();
  expect(calls.failures).toEqual([]);
  const stranger = await call(1, { token: `pst_${'s'.repeat(43)}` });
  expect(stranger.status).toBe(503);
  expect(stranger.headers.get('retry-after')).toBe('1');
  await way.join();
  await whenTrue(async () => (await logged(calls.answered)) === calls.answered.length, 20_000);
});

it('counts what it cannot log when the database stays away too long', { timeout: 90_000 }, async () => {
  const { id } = await requireEndpoint(ctx, 'delays');
  const rows = async () => {
    const [log, drops] = await Promise.all([prisma().inferenceLog.count({ where: { endpointId: id } }), prisma().inferenceDrop.aggregate({ where: { endpointId: id }, _sum: { rows: true } })]);
    return { logged: log, dropped: drops._sum.rows ?? 0 };
  };
  const before = await rows();
  await way.cut();
  let answered = 0;
  const more = async () => {
    expect((await call(500)).status).toBe(200);
    answered += 500;
  };
  while (answered < 20_000) await more();
  const figures = async () => Number(/penstock_gateway_dropped_rows_total (\d+)/.exec(await (await fetch(`${gateway.url}/metrics`)).text())?.[1]);
  await whenTrue(async () => {
    await more();
    return (await figures()) > 0;
  }, 20_000);
  await way.join();
  await whenTrue(async () => {
    const { logged: log, dropped } = await rows();
    return log + dropped - before.logged - before.dropped === answered && dropped > before.dropped;
  }, 30_000);
});

it('a change of traffic and a revoked token act while calls go on', { timeout: 60_000 }, async () => {
  await untilReady(ctx, 'delays');
  const { id } = await requireEndpoint(ctx, 'delays');
  const version = await prisma().modelVersion.findFirstOrThrow({ where: { workspaceId: ctx.workspaceId, number: 2 } });
  const rolloutId = newId();
  await inTransaction((tx) => addCandidate(tx, { workspaceId: ctx.workspaceId, endpointId: id, modelVersionId: version.id, version: 2, rolloutId }));
  announceEndpoint(ctx.workspaceId, id);
  await untilReady(ctx, 'delays');
  const seen = async () => (await call(1, { unit: newId() })).headers.get('x-variant');
  expect(await seen()).toBe('stable');
  const change = (candidate: number) =>
    inTransaction((tx) =>
      setTraffic(tx, { workspaceId: ctx.workspaceId, endpointId: id, actor: 'x', verb: 'weight', reason: 'x', at: new Date(), weights: { stable: 100 - candidate, candidate }, routing: { rolloutId, step: 0, seed: 's', audience: {} } }),
    ).then(() => announceEndpoint(ctx.workspaceId, id));
  for (const [weight, variant] of [[100, 'candidate'], [0, 'stable'], [100, 'candidate'], [0, 'stable']] as const) {
    await change(weight);
    const from = performance.now();
    await whenTrue(async () => (await seen()) === variant, 2_000);
    expect(performance.now() - from).toBeLessThan(1_000);
    for (let i = 0; i < 20; i++) expect(await seen()).toBe(variant);
  }

  const spare = await createToken(ctx, { name: 'spare', role: 'viewer' });
  expect((await call(1, { token: spare.token })).status).toBe(200);
  await revokeToken(ctx, spare.id);
  await whenTrue(async () => (await call(1, { token: spare.token })).status === 401, 6_000);
});

it('of two gateways the older one says how endpoints stand, and the other takes over', { timeout: 90_000 }, async () => {
  await untilReady(ctx, 'delays');
  const { id } = await requireEndpoint(ctx, 'delays');
  const seen = new Set<number>();
  const first = gateway;
  await start(0);
  const second = gateway;
  await whenTrue(() => Promise.resolve(processesOf(second.pid, 'replica-child').length >= 2), 10_000);
  for (let i = 0; i < 10; i++) seen.add((await prisma().variant.findFirstOrThrow({ where: { endpointId: id, name: 'stable', retiredAt: null } })).ready);
  expect([...seen]).toEqual([2]);
  expect((await call()).status).toBe(200);
  await first.stop();
  expect(await prisma().gateway.count()).toBe(1);
  // nobody says in between that nothing is ready
  expect((await requireEndpoint(ctx, 'delays')).variants[0]?.ready).toBe(2);
  await second.stop();
  expect(await requireEndpoint(ctx, 'delays')).toMatchObject({ state: 'starting', variants: [{ ready: 0 }, { ready: 0 }] });
});
