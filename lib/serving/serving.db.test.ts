import { beforeAll, expect, it } from 'vitest';
import { newId } from '@/lib/core/ids';
import { prisma } from '@/lib/db/client';
import { inTransaction } from '@/lib/db/transaction';
import { createModel, moveAlias } from '@/lib/registry/server';
import { makeContext, testDatabase, type TestContext } from '@/lib/testing';
import { addCandidate, createEndpoint, deleteEndpoint, getEndpoint, listEndpoints, promoteCandidate, readLedger, readyReplicas, requireEndpoint, retireCandidate, setTraffic } from './server';

testDatabase();

let ctx: TestContext;
const ids: Record<number, string> = {};

async function makeVersion(number: number, status = 'ready'): Promise<void> {
  const model = await prisma().registeredModel.findFirstOrThrow({ where: { workspaceId: ctx.workspaceId, name: 'fare' } });
  const id = (ids[number] = newId());
  await prisma().modelVersion.create({
    data: { id, workspaceId: ctx.workspaceId, modelId: model.id, number, status, flavor: status === 'ready' ? 'onnx' : null, files: [], sha256: 'x', bytes: 1n, problems: status === 'ready' ? [] : ['The file is no ONNX model.'] },
  });
}

beforeAll(async () => {
  ctx = await makeContext('editor');
  await createModel(ctx, { name: 'fare' });
  await makeVersion(1);
  await makeVersion(2);
  await makeVersion(3, 'failed');
});

const change = (endpointId: string, verb: string) => ({ workspaceId: ctx.workspaceId, endpointId, actor: 'Ada', verb, reason: 'because', at: new Date() });

it('an endpoint begins with stable at 100 % and its ledger', async () => {
  const made = await createEndpoint(ctx, { slug: 'fares', model: 'fare', version: 1, minReplicas: 2 });
  expect(made).toMatchObject({ slug: 'fares', state: 'starting', maxReplicas: 2, variants: [{ name: 'stable', version: 1, uuid: ids[1], weight: 100, replicas: 2, ready: 0 }] });
  expect((await readLedger(ctx, 'fares', { limit: 10 })).items).toMatchObject([{ verb: 'create', weights: [{ variant: 'stable', version: 1, weight: 100 }] }]);
  await expect(createEndpoint(ctx, { slug: 'fares', model: 'fare', version: 1 })).rejects.toMatchObject({ code: 'conflict' });
  expect((await listEndpoints(ctx, { limit: 10, model: 'fare' })).items.map((each) => each.slug)).toEqual(['fares']);
});

it('what cannot be served makes no endpoint, and says why', async () => {
  await expect(createEndpoint(ctx, { slug: 'broken', model: 'fare', version: 3 })).rejects.toThrow('Version 3 of "fare" cannot be served. The file is no ONNX model.');
  await expect(createEndpoint(ctx, { slug: 'broken', model: 'fare', version: 9 })).rejects.toMatchObject({ code: 'invalid', issues: [{ path: 'version' }] });
  await expect(createEndpoint(ctx, { slug: 'broken', model: 'fare', alias: 'champion' })).rejects.toMatchObject({ code: 'invalid', issues: [{ path: 'alias' }] });
  await expect(createEndpoint(ctx, { slug: 'broken', model: 'none', version: 1 })).rejects.toMatchObject({ code: 'invalid', issues: [{ path: 'model' }] });
});

it('a candidate takes a share, is promoted, and the ledger tells it', async () => {
  const { id, revision } = await requireEndpoint(ctx, 'fares');
  const rolloutId = newId();
  const place = { workspaceId: ctx.workspaceId, endpointId: id };
  await inTransaction((tx) => addCandidate(tx, { ...place, modelVersionId: ids[2]!, version: 2, rolloutId }));
  await expect(inTransaction((tx) => addCandidate(tx, { ...place, modelVersionId: ids[2]!, version: 2, rolloutId }))).rejects.toMatchObject({ code: 'conflict' });
  expect(await readyReplicas(id)).toEqual({ stable: { replicas: 2, ready: 0, problem: null }, candidate: { replicas: 2, ready: 0, problem: null } });

  const routing = { rolloutId, step: 1, seed: 's', audience: {} };
  await inTransaction((tx) => setTraffic(tx, { ...change(id, 'weight'), weights: { stable: 87.5, candidate: 12.5 }, routing }));
  expect((await getEndpoint(ctx, 'fares')).variants.map(({ name, weight }) => [name, weight])).toEqual([['stable', 87.5], ['candidate', 12.5]]);
  expect((await requireEndpoint(ctx, 'fares')).routing).toEqual(routing);
  await expect(inTransaction((tx) => setTraffic(tx, { ...change(id, 'weight'), weights: { stable: 90, candidate: 20 }, routing }))).rejects.toMatchObject({ code: 'conflict' });

  await inTransaction((tx) => promoteCandidate(tx, change(id, 'promote')));
  const after = await requireEndpoint(ctx, 'fares');
  expect(after).toMatchObject({ routing: {}, revision: revision + 3, variants: [{ name: 'stable', version: 2, weight: 100 }] });
  const ledger = (await readLedger(ctx, 'fares', { limit: 10 })).items;
  expect(ledger.map(({ verb, rolloutId: by }) => [verb, by])).toEqual([['promote', rolloutId], ['weight', rolloutId], ['create', null]]);
});

it('a retired candidate leaves stable with everything; without one nothing happens', async () => {
  const { id } = await requireEndpoint(ctx, 'fares');
  await inTransaction((tx) => addCandidate(tx, { workspaceId: ctx.workspaceId, endpointId: id, modelVersionId: ids[1]!, version: 1, rolloutId: newId() }));
  await inTransaction((tx) => setTraffic(tx, { ...change(id, 'weight'), weights: { stable: 0, candidate: 100 }, routing: {} }));
  await expect(deleteEndpoint(ctx, 'fares', 'fares')).rejects.toMatchObject({ code: 'conflict' });
  expect(await inTransaction((tx) => retireCandidate(tx, change(id, 'abort')))).toBe(true);
  expect(await inTransaction((tx) => retireCandidate(tx, change(id, 'abort')))).toBe(false);
  expect((await getEndpoint(ctx, 'fares')).variants).toMatchObject([{ name: 'stable', version: 2, weight: 100 }]);
});

it('promoting behind an alias moves the alias along', async () => {
  const { id: modelId } = await prisma().registeredModel.findFirstOrThrow({ where: { workspaceId: ctx.workspaceId, name: 'fare' } });
  await inTransaction((tx) => moveAlias(tx, { workspaceId: ctx.workspaceId, modelId, alias: 'champion', version: 1, reason: 'first', by: 'Ada', at: new Date() }));
  const { id } = await createEndpoint(ctx, { slug: 'by-alias', model: 'fare', alias: 'champion' });
  await inTransaction((tx) => addCandidate(tx, { workspaceId: ctx.workspaceId, endpointId: id, modelVersionId: ids[2]!, version: 2, rolloutId: newId() }));
  await inTransaction((tx) => promoteCandidate(tx, change(id, 'promote')));
  expect(await prisma().modelAlias.findFirst({ where: { modelId, alias: 'champion' } })).toMatchObject({ version: 2, updatedBy: 'Ada' });
});

it('an endpoint is deleted by its name only', async () => {
  await expect(deleteEndpoint(ctx, 'fares', undefined)).rejects.toMatchObject({ code: 'invalid', issues: [{ path: 'confirm' }] });
  await deleteEndpoint(ctx, 'fares', 'fares');
  await expect(getEndpoint(ctx, 'fares')).rejects.toMatchObject({ code: 'not_found' });
});
