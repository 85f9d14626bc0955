import { appendFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { newId } from '@/lib/core/ids';
import { prisma } from '@/lib/db/client';
import { pool } from '@/lib/db/pool';
import { makeContext, testDatabase, type TestContext } from '@/lib/testing';
import { updateWorkspace } from '@/lib/tenancy/server';
import { countDropped, forgetInferences, listInferences, LogWriter, makeDaysAhead, variantStats } from './server';
import { type LogLine } from './schema';

const database = testDatabase();
const endpointId = newId();
const versionId = newId();
let ctx: TestContext;
let folder: string;

beforeAll(async () => {
  ctx = await makeContext('admin');
  folder = path.join(database.home, 'spool');
  mkdirSync(folder, { recursive: true });
});

const line = (given: Partial<LogLine> = {}): LogLine => ({
  id: newId(), received_at: '2026-05-01T10:00:00.000Z', at: '2026-05-01T10:00:00.000Z', workspace_id: ctx.workspaceId, endpoint_id: endpointId, variant: 'stable', model_version_id: versionId, version: 1,
  rollout_id: null, rollout_step: null, request_id: null, unit_id: 'u', bucket: null, assigned_by: 'only', features: { a: 1 }, prediction: { y: 0.5 }, score: 0.5, latency_us: 1_000, status: 200, error: null, ...given,
});
const spool = (file: string, lines: unknown[], end = '\n') => appendFileSync(path.join(folder, file), lines.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))).join('\n') + end);
const count = () => prisma().inferenceLog.count({ where: { endpointId } });

it('lines come into the log once, however often they are read', async () => {
  const writer = new LogWriter(folder);
  spool('r1.000001.ndjson', [line({ unit_id: 'a' }), line({ unit_id: 'b' })]);
  await writer.flush(() => true);
  expect(await count()).toBe(2);
  // as if the process was killed after the commit, before it noted how far it had read
  rmSync(path.join(folder, 'r1.000001.ndjson.read'));
  spool('r1.000001.ndjson', [line({ unit_id: 'c' })]);
  await writer.flush(() => true);
  expect(await count()).toBe(3);
  expect(existsSync(path.join(folder, 'r1.000001.ndjson'))).toBe(true);
  await writer.flush(() => false);
  expect(existsSync(path.join(folder, 'r1.000001.ndjson'))).toBe(false);
  expect(writer.bytes()).toBe(0);
});

it('a file is left when its writer goes on to the next; half a line is never a prediction', async () => {
  const writer = new LogWriter(folder);
  spool('r2.000001.ndjson', [line()]);
  spool('r2.000002.ndjson', [line(), '{"id":"half'], '');
  await writer.flush(() => true);
  expect(existsSync(path.join(folder, 'r2.000001.ndjson'))).toBe(false);
  expect(await count()).toBe(5);
  await writer.flush(() => false);
  expect(writer.bytes()).toBe(0);
  expect(await count()).toBe(5);
});

it('a line that cannot be stored holds nothing up and is counted', async () => {
  const writer = new LogWriter(folder);
  spool('r3.000001.ndjson', [line(), { ...line(), latency_us: 'soon' }, line(), { drop: { endpoint_id: endpointId, workspace_id: ctx.workspaceId, minute: '2026-05-01T10:05:00.000Z', rows: 7 } }]);
  await writer.flush(() => false);
  expect(await count()).toBe(7);
  expect(await countDropped(ctx, endpointId, new Date('2026-05-01T00:00:00Z'), new Date('2026-05-02T00:00:00Z'))).toBe(8);
});

it('the hour of the event moves with the rows', async () => {
  const hour = { endpointId, modelVersionId: versionId, hour: new Date('2026-04-30T22:00:00Z') };
  const writer = new LogWriter(folder);
  spool('r4.000001.ndjson', [line({ at: '2026-05-01T00:30:00+02:00' })]);
  await writer.flush(() => false);
  const first = await prisma().inferenceHour.findFirstOrThrow({ where: hour });
  spool('r5.000001.ndjson', [line({ at: '2026-04-30T22:59:59.999Z' })]);
  await writer.flush(() => false);
  const then = await prisma().inferenceHour.findFirstOrThrow({ where: hour });
  expect(then.changedAt.getTime()).toBeGreaterThanOrEqual(first.changedAt.getTime());
});

it('figures are by variant, with shadows and other windows left out', async () => {
  const at = '2026-06-01T12:00:00.000Z';
  const candidate = newId();
  const writer = new LogWriter(folder);
  spool('r6.000001.ndjson', [
    ...[1, 2, 3, 4].map((ms) => line({ at, received_at: at, unit_id: `u${ms % 2}`, latency_us: ms * 1_000, score: ms / 10 })),
    line({ at, received_at: at, status: 500, score: null, error: 'It broke.' }),
    line({ at, received_at: at, variant: 'candidate', model_version_id: candidate, version: 2, assigned_by: 'hash', score: 0.9 }),
    line({ at, received_at: at, variant: 'candidate', model_version_id: candidate, version: 2, assigned_by: 'shadow', score: 0.1 }),
  ]);
  await writer.flush(() => false);
  const window = { endpointId, from: new Date('2026-06-01T00:00:00Z'), to: new Date('2026-06-02T00:00:00Z') };
  const [stable, other, ...more] = await variantStats(ctx, window);
  expect(more).toEqual([]);
  expect(stable).toMatchObject({ variant: 'stable', version: 1, rows: 5, errors: 1, units: 3, latency: { p50: 2.5 }, score: { rows: 4, mean: 0.25 } });
  expect(other).toMatchObject({ variant: 'candidate', version: 2, rows: 1, score: { mean: 0.9 } });
  expect(await variantStats(ctx, { ...window, assignedBy: ['shadow'] })).toMatchObject([{ variant: 'candidate', rows: 1, score: { mean: 0.1 } }]);
  const page = await listInferences(ctx, { endpointId, limit: 3 });
  expect(page.items).toHaveLength(3);
  const rest = await listInferences(ctx, { endpointId, limit: 100, cursor: page.nextCursor! });
  expect(rest.items.length + 3).toBe(await count());
});

it('days get partitions ahead, and retention drops them', async () => {
  await makeDaysAhead(new Date('2026-08-01T12:00:00Z'));
  const writer = new LogWriter(folder);
  spool('r7.000001.ndjson', [line({ received_at: '2026-08-02T01:00:00.000Z' }), line({ received_at: '2026-08-03T01:00:00.000Z' })]);
  await writer.flush(() => false);
  const days = async () => (await pool().query<{ name: string }>(`select tableoid::regclass::text as name from inference_log where received_at >= '2026-08-01' order by received_at`)).rows.map((row) => row.name);
  expect(await days()).toEqual(['inference_log_20260802', 'inference_log_20260803']);
  await makeDaysAhead(new Date('2026-08-01T12:00:00Z'));
  await updateWorkspace(ctx, { inferenceRetentionDays: 10 });
  await forgetInferences(new Date('2026-08-12T12:00:00Z'));
  expect(await days()).toEqual(['inference_log_20260803']);
  expect(await prisma().inferenceLog.count({ where: { endpointId, receivedAt: { lt: new Date('2026-08-02T12:00:00Z') } } })).toBe(0);
});
