import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DELETE as deleteSecret, PUT as putSecret } from '@/app/api/v1/w/[workspace]/secrets/[name]/route';
import { POST as postToken } from '@/app/api/v1/w/[workspace]/tokens/route';
import { createToken, putSecret as storeSecret } from '@/lib/tenancy/server';
import { makeContext, testDatabase } from '@/lib/testing';
import { route, type RouteHandler } from './route';

testDatabase();

let admin = '';
let viewer = '';
let slug = '';
let other = '';

beforeAll(async () => {
  const ctx = await makeContext('admin');
  const foreign = await makeContext('admin');
  slug = ctx.workspace.slug;
  other = foreign.workspace.slug;
  admin = (await createToken(ctx, { name: 'a', role: 'admin' })).token;
  viewer = (await createToken(ctx, { name: 'v', role: 'viewer' })).token;
  await storeSecret(foreign, 'theirs', { value: 'x' });
});

type Sent = {
  token?: string;
  body?: string;
  params?: Record<string, string>;
  headers?: Record<string, string>;
  method?: string;
  query?: string;
};

async function send(
  handler: RouteHandler,
  { token = admin, body, params = {}, headers = {}, method = 'POST', query = '' }: Sent,
) {
  const request = new Request(`http://localhost:3000/api/v1/x${query}`, {
    method,
    headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
    ...(body === undefined ? {} : { body }),
  });
  const response = await handler(request, { params: Promise.resolve({ workspace: slug, ...params }) });
  const text = await response.text();
  return {
    response,
    status: response.status,
    json: (text ? JSON.parse(text) : null) as Record<string, never>,
  };
}

const echo = route({
  path: '/echo',
  permission: 'pipeline:write',
  summary: 'Echo',
  body: z.strictObject({
    tasks: z.array(z.strictObject({ config: z.strictObject({ sql: z.string() }) })),
    password: z.string().min(9).optional(),
  }),
  bodyLimitBytes: 2000,
  find: ({ params }) =>
    params.id === 'gone'
      ? Promise.reject(Object.assign(new Error('no'), { code: 'P2025' }))
      : Promise.resolve(1),
  handle: ({ body }) => Promise.resolve({ ...body, big: 7n, huge: 2n ** 80n, at: new Date(0) }),
});

describe('a route refuses in the order of the contract', () => {
  it('401 without or with a bad token, before all else', async () => {
    for (const token of ['', 'nonsense', `pst_${'x'.repeat(43)}`]) {
      const { status, response, json } = await send(echo, {
        token,
        params: { workspace: 'nowhere' },
        body: '{',
      });
      expect([status, response.headers.get('content-type')]).toEqual([401, 'application/problem+json']);
      expect(json).toMatchObject({
        type: expect.any(String) as string,
        title: expect.any(String) as string,
        status: 401,
        errors: [],
      });
    }
  });
  it('404 for an unknown or foreign workspace and for a thing that is not here, before 403', async () => {
    expect((await send(echo, { token: viewer, params: { workspace: 'nowhere' } })).status).toBe(404);
    expect((await send(echo, { token: viewer, params: { workspace: other } })).status).toBe(404);
    expect((await send(echo, { token: viewer, params: { id: 'gone' }, body: '{' })).status).toBe(404);
    expect(
      (await send(deleteSecret, { token: viewer, params: { name: 'theirs' }, method: 'DELETE' })).status,
    ).toBe(404);
  });
  it('403 for the role, before 413; 413 before 422', async () => {
    expect((await send(echo, { token: viewer, body: 'x'.repeat(3000) })).status).toBe(403);
    expect((await send(echo, { body: 'x'.repeat(3000) })).status).toBe(413);
    expect((await send(echo, { body: 'x' })).status).toBe(422);
  });
});

describe('a route reads its body', () => {
  it('and names each wrong field by its path, without saying secrets back', async () => {
    const { json } = await send(echo, {
      body: JSON.stringify({ tasks: [{ config: { sql: 5, sqll: 'x' } }], password: 'hunter2' }),
    });
    expect(json.errors).toEqual([
      { path: 'tasks[0].config.sql', message: expect.any(String) as string, value: 5 },
      { path: 'tasks[0].config.sqll', message: expect.stringContaining('sqll') as string },
      { path: 'password', message: expect.any(String) as string },
    ]);
  });
  it('and refuses text that is no JSON, no UTF-8 or holds NUL', async () => {
    expect((await send(echo, { body: '{"tasks": [' })).json.detail).toMatch(/not JSON/);
    expect(
      (await send(echo, { body: '{"tasks":[{"config":{"sql":"a\\u0000"}}]}' })).json.errors,
    ).toMatchObject([{ path: 'tasks[0].config.sql' }]);
  });
  it('and answers big numbers and dates as JSON can hold them', async () => {
    const { json, response } = await send(echo, { body: '{"tasks":[]}' });
    expect(json).toMatchObject({ big: 7, huge: '1208925819614629174706176', at: '1970-01-01T00:00:00.000Z' });
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
  it('and hides what went wrong inside', async () => {
    const broken = route({
      path: '/x',
      permission: 'run:read',
      summary: 'x',
      handle: () => Promise.reject(new Error('secret detail')),
    });
    const { status, json } = await send(broken, { method: 'GET' });
    expect(status).toBe(500);
    expect(JSON.stringify(json)).not.toContain('secret detail');
  });
});

describe('a write with an Idempotency-Key', () => {
  it('happens once and is answered alike, also with a token that is shown once', async () => {
    const given = {
      body: JSON.stringify({ name: 'once', role: 'viewer' }),
      headers: { 'idempotency-key': 'k1' },
    };
    const [first, second] = [await send(postToken, given), await send(postToken, given)];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.json).toEqual(first.json);
    expect(second.response.headers.get('idempotent-replayed')).toBe('true');
    expect(
      (await send(postToken, { ...given, body: JSON.stringify({ name: 'two', role: 'viewer' }) })).status,
    ).toBe(422);
  });
  it('that failed may be corrected and repeated', async () => {
    const headers = { 'idempotency-key': 'k2' };
    expect(
      (
        await send(postToken, {
          headers,
          body: JSON.stringify({ name: 'x', role: 'viewer', expiresAt: '2001-01-01T00:00:00Z' }),
        })
      ).status,
    ).toBe(422);
    expect(
      (await send(postToken, { headers, body: JSON.stringify({ name: 'x', role: 'viewer' }) })).status,
    ).toBe(201);
  });
});

it('a secret with a bad name or value is refused by field, and the value is not repeated', async () => {
  expect(
    (await send(putSecret, { method: 'PUT', params: { name: 'bad name' }, body: '{"value":"x"}' })).json
      .errors,
  ).toMatchObject([{ path: 'name' }]);
  const empty = await send(putSecret, { method: 'PUT', params: { name: 'ok' }, body: '{"value":7}' });
  expect(empty.json.errors).toEqual([{ path: 'value', message: expect.any(String) as string }]);
});
