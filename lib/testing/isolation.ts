import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { newId } from '@/lib/core/ids';
import { prisma } from '@/lib/db/client';
import { inTransaction } from '@/lib/db/transaction';
import { placeFiles, settleVersion, stageVersion, store, uploadFile, type TableRef } from '@/lib/datasets/server';
import { createPipeline, publish } from '@/lib/pipeline/server';
import { createModel, requireModel } from '@/lib/registry/server';
import { newRolloutSchema } from '@/lib/rollout';
import { startRollout } from '@/lib/rollout/server';
import { putPool } from '@/lib/dispatch/server';
import { createRun, markTask } from '@/lib/runs/server';
import { planBody } from '@/lib/scheduler';
import { listEventTriggers, planBackfill, putCalendar, startBackfill } from '@/lib/scheduler/server';
import { createEndpoint, requireEndpoint } from '@/lib/serving/server';
import { createToken, invite, listMembers, putChannel, putConnection, putSecret, putVariable } from '@/lib/tenancy/server';
import { makeContext, makeUser, type TestContext } from './factories';

/** A workspace with one of everything that belongs to a workspace; `mark` is a word in every name that is not an id. */
export type Tenant = {
  ctx: TestContext;
  mark: string;
  tokens: Record<'viewer' | 'editor' | 'approver' | 'admin', string>;
  slug: string;
  /** another pipeline, archived, to be deleted */
  oldSlug: string;
  spec: object;
  runId: string;
  taskId: string;
  artifactId: string;
  dataset: string;
  file: string;
  name: string;
  memberId: string;
  memberUserId: string;
  inviteId: string;
  inviteEmail: string;
  tokenId: string;
  /** an endpoint with a rollout that asks for approval, and one without */
  endpoint: string;
  /** one that nothing happens to */
  idleEndpoint: string;
  /** the model of all, with versions 1 and 2 */
  model: string;
  spareEndpoint: string;
  rolloutId: string;
  backfillId: string;
  /** of a plan of another interval */
  backfillToken: string;
  /** a webhook of the pipeline */
  webhookId: string;
};

/** tenantSpec is a pipeline of two tasks; the second one makes it differ between versions. */
export const tenantSpec = (second: string) => ({
  schemaVersion: 1,
  params: [],
  tasks: [
    { id: 'first', kind: 'empty', config: {} },
    { id: second, kind: 'empty', config: {} },
  ],
  edges: [{ from: 'first', to: second }],
  triggers: [{ kind: 'webhook' }],
  settings: {},
  layout: {},
});

/** makeTenant fills a fresh workspace: two versions of a pipeline, an ended run, datasets, a file, people, names, tokens. */
export async function makeTenant(mark: string): Promise<Tenant> {
  const ctx = await makeContext('admin');
  const spec = tenantSpec('second');
  const slug = `${mark}-flow`;
  const oldSlug = `${mark}-old`;
  await createPipeline(ctx, { slug, name: `${mark} flow`, spec: tenantSpec('other') });
  await publish(ctx, slug, {});
  await publish(ctx, slug, { spec });
  await createPipeline(ctx, { slug: oldSlug, name: `${mark} old`, spec });
  await prisma().pipeline.updateMany({ where: { workspaceId: ctx.workspaceId, slug: oldSlug }, data: { archivedAt: ctx.now } });

  const table = await smallTable(`outputs/${ctx.workspaceId}/small.parquet`);
  const runId = await endedRun(ctx, slug, table);
  const artifactId = await keepArtifact(runId, ctx.workspaceId);
  const dataset = `${mark}_sales`;
  for (const state of ['good', 'quarantined'] as const) await addVersion(ctx, dataset, table, slug, state);

  const file = `${mark}/data.csv`;
  await uploadFile(ctx, file, Buffer.from('a,b\n1,2\n'));
  const name = `${mark}_name`;
  await putSecret(ctx, name, { value: `${mark}-hidden-value` });
  await putVariable(ctx, name, { value: 1 });
  await putCalendar(ctx, name, { dates: ['2026-12-25'] });
  await putPool(ctx, name, { slots: 2 });
  await putChannel(ctx, name, { kind: 'email', config: { to: [`${mark}@example.test`] } });
  await putConnection(ctx, name, { kind: 'http', config: { baseUrl: 'https://example.test', auth: 'none' } });
  const person = await makeUser({ workspaceId: ctx.workspaceId, role: 'editor' });
  const memberId = (await listMembers(ctx)).find((m) => m.userId === person.id)!.id;
  const inviteEmail = `${mark}-guest@example.test`;
  const invited = await invite(ctx, { email: inviteEmail, role: 'viewer' }, 'http://localhost');

  const tokens = { viewer: '', editor: '', approver: '', admin: '' };
  for (const role of ['viewer', 'editor', 'approver', 'admin'] as const) tokens[role] = (await createToken(ctx, { name: `${mark} ${role}`, role })).token;
  const tokenId = (await createToken(ctx, { name: `${mark} spare`, role: 'viewer' })).id;
  return {
    ctx, mark, tokens, slug, oldSlug, spec, runId, taskId: 'second', artifactId, dataset, file, name, memberId, memberUserId: person.id,
    inviteId: invited.id, inviteEmail, tokenId, webhookId: (await listEventTriggers(ctx, slug)).items[0]!.id, ...(await makeServed(ctx, mark)), ...(await backfillOf(ctx, slug)),
  };
}

/** makeServed serves a model of two versions three times; somebody else starts a rollout behind the first endpoint. */
async function makeServed(ctx: TestContext, mark: string): Promise<Pick<Tenant, 'endpoint' | 'spareEndpoint' | 'rolloutId' | 'model' | 'idleEndpoint'>> {
  const author = await makeContext('admin', { workspace: ctx.workspace });
  const model = `${mark}-served`;
  await createModel(ctx, { name: model });
  const { id: modelId } = await requireModel(ctx, model);
  for (const number of [1, 2]) {
    await prisma().modelVersion.create({ data: { id: newId(), workspaceId: ctx.workspaceId, modelId, number, status: 'ready', flavor: 'onnx', files: [], sha256: mark, bytes: 1n } });
  }
  const [endpoint, spareEndpoint, idleEndpoint] = [`${mark}-live`, `${mark}-spare`, `${mark}-idle`];
  for (const slug of [endpoint, spareEndpoint, idleEndpoint]) await createEndpoint(ctx, { slug, model, version: 1 });
  const { modelVersionId } = (await requireEndpoint(ctx, endpoint)).variants[0]!;
  const features = [{ kind: 'numeric', role: 'input', name: mark, edges: [0, 1], counts: [0, 5, 0, 0], rows: 5 }];
  await prisma().referenceProfile.create({ data: { modelVersionId, workspaceId: ctx.workspaceId, status: 'ready', source: { file: 'a.csv' }, rows: 5n, features } });
  const { id } = await startRollout(author, endpoint, newRolloutSchema.parse({ candidate: 2, steps: [{ approve: {} }, { pause: null }, { promote: {} }] }));
  return { endpoint, spareEndpoint, rolloutId: id, model, idleEndpoint };
}

/** backfillOf starts a backfill of two named days, and plans another of a third. */
async function backfillOf(ctx: TestContext, slug: string): Promise<{ backfillId: string; backfillToken: string }> {
  const plan = (intervals: string[]) => planBackfill(ctx, slug, planBody.parse({ intervals }));
  const { id } = await startBackfill(ctx, slug, (await plan(['2026-01-02', '2026-01-03'])).token);
  return { backfillId: id, backfillToken: (await plan(['2026-01-09'])).token };
}

async function smallTable(key: string): Promise<TableRef> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'penstock-small-'));
  const file = path.join(folder, 'small.parquet');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(`copy (select 1::bigint as a union all select 2) to '${file}' (format parquet)`);
  connection.closeSync();
  const { bytes } = await store().put(key, { path: file, move: false });
  await rm(folder, { recursive: true });
  return { files: [key], schema: [{ name: 'a', type: 'BIGINT' }], rowCount: 2, bytes };
}

/** endedRun makes a run whose tasks a person marked, the second one with a table. */
async function endedRun(ctx: TestContext, slug: string, table: TableRef): Promise<string> {
  const { id } = await createRun(ctx, { pipelineSlug: slug });
  for (const task of ['first', 'second']) await markTask(ctx, id, task, { state: 'succeeded', reason: 'by hand' });
  await prisma().taskRun.updateMany({ where: { runId: id, taskId: 'second' }, data: { tableOutput: table } });
  return id;
}

async function keepArtifact(runId: string, workspaceId: string): Promise<string> {
  const key = `outputs/${workspaceId}/${runId}/artifact.txt`;
  await store().put(key, Buffer.from('an artifact'));
  const id = newId();
  await prisma().artifact.create({ data: { id, runId, ordinal: 1, attempt: 1, name: 'artifact.txt', type: 'text/plain', path: key, bytes: 11 } });
  return id;
}

async function addVersion(ctx: TestContext, dataset: string, table: TableRef, pipelineSlug: string, state: 'good' | 'quarantined'): Promise<void> {
  const placed = await placeFiles(ctx.workspaceId, dataset, table);
  await inTransaction(async (tx) => {
    const { versionId } = await stageVersion(tx, {
      workspaceId: ctx.workspaceId, dataset, mode: 'replace', table, placed, runId: newId(), taskId: 'second', attempt: 1, pipelineSlug, interval: null, now: ctx.now,
    });
    await settleVersion(tx, ctx.workspaceId, versionId, state === 'good' ? { state } : { state, reason: 'Too few rows.' }, ctx.now);
  });
}
