import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { PUT as putChecks } from '@/app/api/v1/w/[workspace]/datasets/[name]/checks/route';
import { GET as getDataset } from '@/app/api/v1/w/[workspace]/datasets/[name]/route';
import { GET as preview } from '@/app/api/v1/w/[workspace]/datasets/[name]/versions/[n]/preview/route';
import { POST as release } from '@/app/api/v1/w/[workspace]/datasets/[name]/versions/[n]/release/route';
import { GET as listVersions } from '@/app/api/v1/w/[workspace]/datasets/[name]/versions/route';
import { GET as listDatasets } from '@/app/api/v1/w/[workspace]/datasets/route';
import { GET as content } from '@/app/api/v1/w/[workspace]/files/content/route';
import { GET as listFiles, POST as upload } from '@/app/api/v1/w/[workspace]/files/route';
import { newId } from '@/lib/core/ids';
import { inTransaction } from '@/lib/db/transaction';
import { placeFiles, settleVersion, stageVersion, stopReaders, storeRoot } from '@/lib/datasets/server';
import { type RouteHandler } from '@/lib/http/route';
import { createToken } from '@/lib/tenancy/server';
import { makeContext, testDatabase } from '@/lib/testing';

vi.setConfig({ testTimeout: 60_000 });
testDatabase();

const tokens: Record<string, string> = {};
let slug = '';
let strange = '';

beforeAll(async () => {
  const ctx = await makeContext('admin');
  slug = ctx.workspace.slug;
  for (const role of ['viewer', 'editor', 'approver'] as const) tokens[role] = (await createToken(ctx, { name: role, role })).token;
  const stranger = await makeContext('admin');
  strange = (await createToken(stranger, { name: 's', role: 'admin' })).token;
  mkdirSync(path.join(storeRoot(), 'outputs'), { recursive: true });
  copyFileSync(path.resolve('node_modules/vega-datasets/data/flights-3m.parquet'), path.join(storeRoot(), 'outputs/a.parquet'));
  const table = { files: ['outputs/a.parquet'], schema: [{ name: 'date', type: 'TIMESTAMP' }, { name: 'delay', type: 'BIGINT' }], rowCount: 3_000_000, bytes: 1 };
  for (const state of ['good', 'quarantined'] as const) {
    const placed = await placeFiles(ctx.workspaceId, 'flights', table);
    await inTransaction(async (tx) => {
      const { versionId } = await stageVersion(tx, { workspaceId: ctx.workspaceId, dataset: 'flights', mode: 'replace', table, placed, runId: newId(), taskId: 't', attempt: 1, pipelineSlug: 'p', interval: null, now: new Date() });
      await settleVersion(tx, ctx.workspaceId, versionId, state === 'good' ? { state } : { state, reason: 'Too late.' }, new Date());
    });
  }
});
afterAll(stopReaders);

type Sent = { token?: string; body?: string | Uint8Array<ArrayBuffer>; params?: Record<string, string>; headers?: Record<string, string>; method?: string; query?: string };

async function send(handler: RouteHandler, { token = tokens.editor ?? '', body, params = {}, headers = {}, method = 'GET', query = '' }: Sent) {
  const request = new Request(`http://localhost:3000/api/v1/x${query}`, { method, headers: { authorization: `Bearer ${token}`, ...headers }, ...(body === undefined ? {} : { body }) });
  const response = await handler(request, { params: Promise.resolve({ workspace: slug, ...params }) });
  const text = await response.text();
  const json = /json/.test(response.headers.get('content-type') ?? '') ? (JSON.parse(text) as Record<string, never>) : null;
  return { status: response.status, headers: response.headers, text, json };
}

const post = (query: string, more: Sent = {}) => send(upload, { method: 'POST', body: 'a,b\n1,2\n', query, ...more });

describe('files', () => {
  it('are uploaded as bytes, listed and read back', async () => {
    expect(await post('?path=in/data.csv')).toMatchObject({ status: 201, json: { path: 'in/data.csv', bytes: 8 } });
    expect((await send(listFiles, { query: '?prefix=in/' })).json).toMatchObject({ items: [{ path: 'in/data.csv' }], nextCursor: null });
    const read = await send(content, { query: '?path=in/data.csv' });
    expect(read.text).toBe('a,b\n1,2\n');
    expect(read.headers.get('content-disposition')).toContain('data.csv');
  });

  it.each([
    ['a path that leaves the folder', '?path=../x', {}, 422],
    ['no path', '', {}, 422],
    ['a form', '?path=x', { headers: { 'content-type': 'multipart/form-data; boundary=x' } }, 422],
    ['a gigabyte', '?path=x', { headers: { 'content-length': String(1024 ** 3) } }, 413],
    ['a gigabyte at a bad path', '?path=../x', { headers: { 'content-length': String(1024 ** 3) } }, 413],
  ] as [string, string, Sent, number][])('refuse %s', async (_what, query, more, status) => {
    const answer = await post(query, more);
    expect(answer).toMatchObject({ status, json: { status } });
    expect(String(answer.json?.detail).length).toBeGreaterThan(20);
  });

  it('are written by editors of this workspace only', async () => {
    expect((await post('?path=x', { token: tokens.viewer ?? '' })).status).toBe(403);
    expect((await post('?path=x', { token: strange })).status).toBe(404);
    expect((await post('?path=x', { token: 'pst_nothing' })).status).toBe(401);
  });
});

describe('datasets', () => {
  const params = { name: 'flights' };

  it('are listed and shown with their versions', async () => {
    expect((await send(listDatasets, {})).json).toMatchObject({ items: [{ name: 'flights', currentVersion: 1, rowCount: 3_000_000, quarantined: { version: 2, reason: 'Too late.' } }] });
    expect((await send(getDataset, { params })).json).toMatchObject({ name: 'flights', schema: [{ name: 'date' }, { name: 'delay' }], readers: [], writers: [] });
    expect((await send(listVersions, { params })).json).toMatchObject({ items: [{ number: 2, state: 'quarantined' }, { number: 1, state: 'good' }] });
  });

  it('show rows by page, sorted, and refuse a column they do not have', async () => {
    const page = await send(preview, { params: { ...params, n: '1' }, query: '?limit=1&sort=delay&order=desc' });
    expect(page.json).toMatchObject({ rowCount: 3_000_000, rows: [{ delay: 1688 }] });
    expect(await send(preview, { params: { ...params, n: '1' }, query: '?sort=nope' })).toMatchObject({ status: 422, json: { errors: [{ path: 'sort', value: 'nope' }] } });
    expect((await send(preview, { params: { ...params, n: '99' } })).status).toBe(404);
    expect((await send(preview, { params: { ...params, n: 'x' } })).status).toBe(404);
    expect((await send(preview, { params: { ...params, n: '1' }, query: '?format=parquet' })).headers.get('content-length')).toBe('13493022');
  });

  it('take checks, and name the field that is wrong', async () => {
    expect(await send(putChecks, { params, method: 'PUT', body: JSON.stringify({ checks: [{ type: 'not_null', column: 'delay' }] }) })).toMatchObject({ status: 200 });
    expect(await send(putChecks, { params, method: 'PUT', body: JSON.stringify({ checks: [{ type: 'not_nul' }] }) })).toMatchObject({ status: 422, json: { errors: [{ path: expect.stringContaining('checks[0]') as string }] } });
    expect((await send(putChecks, { params: { name: 'nope' }, method: 'PUT', body: '{"checks":[]}', token: tokens.viewer ?? '' })).status).toBe(404);
  });

  it('are released by approvers with a reason', async () => {
    const call = { params: { ...params, n: '2' }, method: 'POST' };
    expect((await send(release, { ...call, body: '{"reason":"It is fine."}' })).status).toBe(403);
    expect((await send(release, { ...call, token: tokens.approver ?? '', body: '{}' })).status).toBe(422);
    expect(await send(release, { ...call, token: tokens.approver ?? '', body: '{"reason":"It is fine."}' })).toMatchObject({ status: 200, json: { state: 'good', reason: 'It is fine.' } });
    expect((await send(release, { ...call, token: tokens.approver ?? '', body: '{"reason":"It is fine."}' })).status).toBe(409);
  });
});
