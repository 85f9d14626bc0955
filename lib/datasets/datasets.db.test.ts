import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { newId } from '@/lib/core/ids';
import { prisma } from '@/lib/db/client';
import { inTransaction } from '@/lib/db/transaction';
import { makeContext, testDatabase, type TestContext } from '@/lib/testing';
import { stopReaders } from './duckdb/reader';
import { globPattern } from '@/lib/pipeline';
import { deleteFile, findWorkspaceFiles, listFiles, openFile, uploadFile } from './files';
import { type WriteMode } from './manifest';
import { getDataset, listCheckResults, listDatasets, listVersions, previewVersion, profileVersion, putChecks, releaseVersion } from './service';
import { store, storeRoot } from './storage';
import { type TableRef } from './table-ref';
import { holdsOn, pinReads, placeFiles, readTables, recordChecks, settleVersion, stageVersion, withdrawFiles } from './versions';

vi.setConfig({ testTimeout: 60_000 });
testDatabase();

const weather: TableRef = { files: ['outputs/part-0.parquet'], schema: [{ name: 'delay', type: 'BIGINT' }], rowCount: 3_000_000, bytes: 10 };
const day = (n: number) => new Date(Date.UTC(2026, 0, n));
let ctx: TestContext;

beforeAll(async () => {
  ctx = await makeContext('editor');
  mkdirSync(path.join(storeRoot(), 'outputs'), { recursive: true });
  copyFileSync(path.resolve('node_modules/vega-datasets/data/flights-3m.parquet'), path.join(storeRoot(), 'outputs/part-0.parquet'));
});
afterAll(stopReaders);

type Given = { mode?: WriteMode; interval?: { start: Date; end: Date } | null; runId?: string; table?: TableRef; context?: TestContext };

async function stage(dataset: string, given: Given = {}): Promise<string> {
  const { workspaceId } = given.context ?? ctx;
  const table = given.table ?? weather;
  const placed = await placeFiles(workspaceId, dataset, table);
  const { versionId } = await inTransaction((tx) =>
    stageVersion(tx, {
      workspaceId, dataset, mode: given.mode ?? 'replace', table, placed, runId: given.runId ?? newId(), taskId: 'late', attempt: 1,
      pipelineSlug: 'flights', interval: given.interval ?? null, now: day(1),
    }),
  );
  return versionId;
}

const settle = (versionId: string, quarantine?: string) =>
  inTransaction((tx) => settleVersion(tx, ctx.workspaceId, versionId, quarantine === undefined ? { state: 'good' } : { state: 'quarantined', reason: quarantine }, day(2)));

const spec = (name: string) => ({ tasks: [{ id: 'a', kind: 'sql' as const, config: { sql: 'select 1' }, reads: [name] }] });
const pins = (name: string) => inTransaction((tx) => pinReads(tx, ctx.workspaceId, spec(name), null));

describe('a written version', () => {
  it('that was not recorded leaves no files, one that was keeps them', async () => {
    const lost = await placeFiles(ctx.workspaceId, 'lost', weather);
    expect(await store().stat(lost.files[0]!.path)).toMatchObject({ bytes: lost.files[0]!.bytes });
    await withdrawFiles(ctx.workspaceId, lost);
    expect(await store().stat(lost.files[0]!.path)).toBeNull();
    const versionId = await stage('recorded');
    const path = `datasets/${ctx.workspaceId}/recorded/${versionId}/part-0.parquet`;
    await withdrawFiles(ctx.workspaceId, { versionId, files: [{ path, rows: 1, bytes: 1 }] });
    expect(await store().stat(path)).not.toBeNull();
  });

  it('is read by nobody until it is good', async () => {
    const version = await stage('quiet');
    expect(await pins('quiet')).toEqual({ quiet: null });
    await settle(version);
    expect(await pins('quiet')).toEqual({ quiet: version });
    expect((await getDataset(ctx, 'quiet')).currentVersion).toBe(1);
  });

  it('that a check holds back never becomes the newest, holds readers, and is released by a person with a reason', async () => {
    const good = await stage('held');
    await settle(good);
    await settle(await stage('held'), 'delay is not between 0 and 1 in 5 rows.');
    expect(await pins('held')).toEqual({ held: good });
    expect(await inTransaction((tx) => holdsOn(tx, ctx.workspaceId, ['held']))).toMatchObject([{ dataset: 'held', version: 2, text: expect.stringContaining('5 rows') as string }]);
    await expect(releaseVersion(ctx, 'held', 2, 'It is only Tuesday.')).rejects.toMatchObject({ code: 'forbidden' });
    const approver = await makeContext('approver', { workspace: ctx.workspace });
    expect(await releaseVersion(approver, 'held', 2, 'It is only Tuesday.')).toMatchObject({ state: 'good', number: 2, releasedBy: approver.actor.name });
    expect(await inTransaction((tx) => holdsOn(tx, ctx.workspaceId, ['held']))).toEqual([]);
    await expect(releaseVersion(approver, 'held', 2, 'Once more.')).rejects.toMatchObject({ code: 'conflict' });
    const [entry] = await prisma().auditEntry.findMany({ where: { workspaceId: ctx.workspaceId, verb: 'release' } });
    expect(entry).toMatchObject({ targetId: 'held', before: { state: 'quarantined' }, after: { state: 'good', reason: 'It is only Tuesday.' } });
  });

  it('settles once, whatever is asked later', async () => {
    const version = await stage('once');
    await settle(version);
    expect(await settle(version, 'too late')).toMatchObject({ state: 'good' });
  });

  it('that settles after a later one is the newest all the same', async () => {
    const first = await stage('order');
    const second = await stage('order');
    await settle(second);
    expect(await settle(first)).toMatchObject({ number: 3 });
    expect(await pins('order')).toEqual({ order: first });
  });
});

describe('intervals and appends', () => {
  it('of different intervals, settled at once, all stay', async () => {
    const versions = await Promise.all([1, 2, 3, 4].map((n) => stage('daily', { mode: 'interval', interval: { start: day(n), end: day(n + 1) } })));
    await Promise.all(versions.map((version) => settle(version)));
    const dataset = await getDataset(ctx, 'daily');
    expect(dataset.newest).toMatchObject({ files: 4, rowCount: 12_000_000 });
    await settle(await stage('daily', { mode: 'interval', interval: { start: day(1), end: day(4) } }));
    expect((await getDataset(ctx, 'daily')).newest).toMatchObject({ files: 2 });
  });

  it('that do not fit on what is there are held back with the reason', async () => {
    expect(await settle(await stage('daily', { mode: 'interval' }))).toMatchObject({ state: 'quarantined' });
    expect(await settle(await stage('daily', { mode: 'interval', interval: { start: day(2), end: day(3) } }))).toMatchObject({ state: 'quarantined' });
    const [newest, before] = (await listVersions(ctx, 'daily', { limit: 2 })).items;
    expect(newest?.reason).toContain('Run the whole of that interval');
    expect(before?.reason).toContain('covers none');
    expect((await getDataset(ctx, 'daily')).newest).toMatchObject({ files: 2 });
  });

  it('unite the columns of old and new files', async () => {
    await settle(await stage('grow', { mode: 'append' }));
    await settle(await stage('grow', { mode: 'append', table: { ...weather, schema: [...weather.schema, { name: 'origin', type: 'VARCHAR' }] } }));
    expect((await getDataset(ctx, 'grow')).schema.map(({ name }) => name)).toEqual(['delay', 'origin']);
  });
});

describe('what a run reads', () => {
  it('is pinned, and a later version does not change it', async () => {
    const first = await stage('pinned');
    await settle(first);
    const pinned = await pins('pinned');
    await settle(await stage('pinned'));
    const [read] = await readTables(ctx.workspaceId, pinned, spec('pinned').tasks[0] as never, null);
    expect(read).toMatchObject({ name: 'pinned', table: { rowCount: 3_000_000 } });
    expect(read?.table.files[0]).toContain(first);
  });

  it('is named when there is no good version', async () => {
    await expect(readTables(ctx.workspaceId, { nothing: null }, spec('nothing').tasks[0] as never, null)).rejects.toThrow('Run the pipeline that writes it first');
  });
});

describe('the list and the page of a dataset', () => {
  it('shows rows, profile, checks and uses', async () => {
    const runId = newId();
    const version = await stage('shown', { runId });
    await inTransaction((tx) =>
      recordChecks(tx, { workspaceId: ctx.workspaceId, runId, taskId: 'late', attempt: 1, datasetVersionId: version, stands: 'task' }, [
        { check: { type: 'row_count', min: 1 }, severity: 'block', passed: true, observed: { rows: 3 }, message: 'Table late has 3 rows; expected at least 1.' },
      ], day(1)),
    );
    await settle(version);
    await putChecks(ctx, 'shown', [{ type: 'row_count', min: 1 }]);
    expect((await getDataset(ctx, 'shown')).checks).toEqual([{ type: 'row_count', min: 1 }]);
    expect(await listCheckResults(ctx, 'shown')).toMatchObject([{ type: 'row_count', passed: true, version: 1 }]);
    expect((await previewVersion(ctx, 'shown', 1, { limit: 1, sort: { column: 'delay', descending: true } })).rows[0]).toMatchObject({ delay: 1688 });
    expect((await profileVersion(ctx, 'shown', 1)).columns[0]).toMatchObject({ name: 'delay', nulls: 0 });
    expect((await getDataset(ctx, 'shown')).statistics?.columns[0]?.name).toBe('delay');
  });

  it('pages', async () => {
    const first = await listDatasets(ctx, { limit: 2 });
    expect(first.items).toHaveLength(2);
    const second = await listDatasets(ctx, { limit: 2, cursor: first.nextCursor ?? '' });
    expect(second.items[0]?.name).not.toBe(first.items[0]?.name);
    expect((await listVersions(ctx, 'daily', { limit: 2 })).items.map(({ number }) => number)).toHaveLength(2);
  });

  it('of another workspace is not found', async () => {
    const stranger = await makeContext('admin');
    await expect(getDataset(stranger, 'shown')).rejects.toMatchObject({ code: 'not_found' });
    await expect(previewVersion(stranger, 'shown', 1, {})).rejects.toMatchObject({ code: 'not_found' });
    await expect(putChecks(stranger, 'shown', [])).rejects.toMatchObject({ code: 'not_found' });
    await expect(releaseVersion(stranger, 'shown', 1, 'mine now')).rejects.toMatchObject({ code: 'not_found' });
    expect((await listDatasets(stranger, { limit: 10 })).items).toEqual([]);
    expect(await readTables(stranger.workspaceId, { shown: (await pins('shown')).shown ?? null }, spec('shown').tasks[0] as never, null).catch((error: Error) => error.message)).toContain('no good version');
  });
});

describe('files of a workspace', () => {
  it('are stored as they stream in, replaced whole, listed and removed', async () => {
    await uploadFile(ctx, 'in/a.csv', Readable.from([Buffer.from('a\n'), Buffer.from('1\n')]));
    await uploadFile(ctx, 'in/a.csv', Buffer.from('a\n2\n'));
    await uploadFile(ctx, 'in/ü 😀.csv', Buffer.from('a\n3\n'));
    expect((await listFiles(ctx, { limit: 10 })).items.map(({ path: name, bytes }) => [name, bytes])).toEqual([['in/a.csv', 4], ['in/ü 😀.csv', 4]]);
    expect((await findWorkspaceFiles(ctx.workspaceId, 'in/*.csv')).map(({ path: name }) => name)).toEqual(['in/a.csv', 'in/ü 😀.csv']);
    expect((await openFile(ctx, 'in/a.csv')).file.sha256).toHaveLength(64);
    await deleteFile(ctx, 'in/a.csv');
    await expect(openFile(ctx, 'in/a.csv')).rejects.toMatchObject({ code: 'not_found' });
    expect((await prisma().auditEntry.findMany({ where: { workspaceId: ctx.workspaceId, target: 'file' }, orderBy: { id: 'asc' } })).map(({ verb }) => verb)).toEqual(['upload', 'replace', 'upload', 'delete']);
  });

  it('above the limit are refused and leave nothing', async () => {
    await expect(uploadFile(ctx, 'big.bin', Readable.from([Buffer.alloc(600), Buffer.alloc(600)]), 1000)).rejects.toMatchObject({ code: 'too_large' });
    expect(await store().stat(`files/${ctx.workspaceId}/big.bin`)).toBeNull();
  });

  it.each(['../x', '/x', 'a//b', 'a/./b', 'a\\b', '', 'a\u0000b', '*.csv', `${'x'.repeat(300)}.csv`])('cannot have the path %j', async (name) => {
    await expect(uploadFile(ctx, name, Buffer.from('x'))).rejects.toMatchObject({ code: 'invalid' });
  });

  it('cannot stand where a folder stands', async () => {
    await uploadFile(ctx, 'place/file', Buffer.from('x'));
    await expect(uploadFile(ctx, 'place', Buffer.from('x'))).rejects.toMatchObject({ code: 'invalid' });
    await expect(uploadFile(ctx, 'place/file/deeper', Buffer.from('x'))).rejects.toMatchObject({ code: 'invalid' });
  });

  it('are not written by viewers', async () => {
    const viewer = await makeContext('viewer', { workspace: ctx.workspace });
    await expect(uploadFile(viewer, 'x', Buffer.from('x'))).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('match patterns by name and by folder', () => {
    expect(['a/b.csv', 'a/c/b.csv'].map((name) => globPattern('a/*.csv').test(name))).toEqual([true, false]);
    expect(globPattern('a/**/b.csv').test('a/c/b.csv')).toBe(true);
    expect(globPattern('a.csv').test('axcsv')).toBe(false);
  });
});
