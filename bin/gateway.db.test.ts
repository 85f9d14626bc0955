import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prisma } from '@/lib/db/client';
import { createToken } from '@/lib/tenancy/server';
import { makeContext, testDatabase, type TestContext } from '@/lib/testing';
import { registerOnnx, serve, startGateway, untilReady, type RunningGateway } from '@/lib/testing/gateway';
import { echoModel, logisticModel, sumModel } from '@/lib/testing/onnx';
import { whenTrue } from '@/lib/testing/when-true';

const database = testDatabase();
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

let ctx: TestContext;
let gateway: RunningGateway;
let token: string;
let viewer: string;
let foreign: string;

beforeAll(async () => {
  execFileSync(process.execPath, ['scripts/prepare.mjs', '--no-web'], { stdio: 'ignore' });
  ctx = await makeContext('admin');
  token = (await createToken(ctx, { name: 'editor', role: 'editor' })).token;
  viewer = (await createToken(ctx, { name: 'viewer', role: 'viewer' })).token;
  foreign = (await createToken(await makeContext('admin'), { name: 'foreign', role: 'admin' })).token;
  await registerOnnx(ctx, 'delay', logisticModel([0.5, -1, 0.25], 0.1), ['miles', 'stops', 'rain']);
  await registerOnnx(ctx, 'total', sumModel(['a', 'b']));
  await registerOnnx(ctx, 'echo', echoModel());
  await serve(ctx, 'delays', 'delay', 1);
  await serve(ctx, 'totals', 'total', 1);
  await serve(ctx, 'echoes', 'echo', 1);
  gateway = await startGateway({ url: database.url(), home: database.home });
  for (const slug of ['delays', 'totals', 'echoes']) await untilReady(ctx, slug);
}, 120_000);

afterAll(async () => gateway?.stop());

const call = async (path: string, given: { method?: string; body?: unknown; raw?: string; token?: string; headers?: Record<string, string> } = {}) => {
  const body = given.raw ?? (given.body === undefined ? undefined : JSON.stringify(given.body));
  const response = await fetch(`${gateway.url}/${ctx.workspace.slug}${path}`, {
    method: given.method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { ...(given.token === '' ? {} : { authorization: `Bearer ${given.token ?? token}` }), ...given.headers },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: (text.startsWith('{') ? JSON.parse(text) : null) as Record<string, never> };
};
const x = (rows: number[][], datatype = 'FP32') => ({ inputs: [{ name: 'x', shape: [rows.length, rows[0]?.length ?? 0], datatype, data: rows.flat() }] });

describe('the Open Inference Protocol', () => {
  it('tells what it is without a token, and the rest with one', async () => {
    expect((await call('/v2/health/live', { token: '' })).json).toEqual({ live: true });
    expect((await call('/v2/health/ready', { token: '' })).json).toEqual({ ready: true });
    expect((await call('/v2')).json).toMatchObject({ name: 'penstock', extensions: [] });
    expect((await call('/v2/models/delays')).json).toEqual({ name: 'delays', versions: ['1'], platform: 'onnx_onnxv1', inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 3] }], outputs: [{ name: 'probability', datatype: 'FP32', shape: [-1, 1] }] });
    expect((await call('/v2/models/delays/ready')).json).toEqual({ name: 'delays', ready: true });
  });

  it('predicts, echoes the id, and names who answered', async () => {
    const { status, json, headers } = await call('/v2/models/delays/infer', { body: { id: 'mine', ...x([[2, 1, 0], [0, 0, 4]]) }, headers: { 'x-unit-id': 'ada', 'x-request-id': 'r-1' } });
    expect(status).toBe(200);
    expect(json).toMatchObject({ model_name: 'delays', model_version: '1', id: 'mine', outputs: [{ name: 'probability', datatype: 'FP32', shape: [2, 1] }] });
    const [output] = (json as unknown as { outputs: { data: number[] }[] }).outputs;
    expect(output!.data[0]).toBeCloseTo(sigmoid(0.1), 5);
    expect(output!.data[1]).toBeCloseTo(sigmoid(1.1), 5);
    expect(headers.get('x-variant')).toBe('stable');
    expect(headers.get('x-model-version')).toBe('1');
    const { inference_id: id, inference_ids: ids, model_uuid: uuid } = (json as unknown as { parameters: Record<string, string> }).parameters;
    expect(headers.get('x-inference-id')).toBe(id);
    await whenTrue(async () => (await prisma().inferenceLog.count({ where: { id: { in: ids!.split(',') } } })) === 2, 5_000);
    expect(await prisma().inferenceLog.findFirst({ where: { id: id! } })).toMatchObject({
      variant: 'stable', version: 1, modelVersionId: uuid, requestId: 'r-1', unitId: 'ada', assignedBy: 'only', bucket: null, status: 200, error: null,
      features: { miles: 2, stops: 1, rain: 0 }, prediction: { probability: expect.closeTo(sigmoid(0.1), 5) as number }, score: expect.closeTo(sigmoid(0.1), 5) as number,
    });
    expect(await prisma().inferenceHour.count({ where: { workspaceId: ctx.workspaceId } })).toBeGreaterThan(0);
  });

  it('takes nested data, whole numbers exactly, and texts', async () => {
    const nested = await call('/v2/models/delays/infer', { body: { inputs: [{ name: 'x', shape: [1, 3], datatype: 'FP64', data: [[2, 1, 0]] }] } });
    expect(nested.status).toBe(200);
    const echo = await call('/v2/models/echoes/infer', { raw: '{"inputs":[{"name":"id","shape":[2],"datatype":"INT64","data":[9007199254740993,-1]},{"name":"name","shape":[2],"datatype":"BYTES","data":["Zoë \\u0000 \\ud800","12345678901234567890"]}]}' });
    expect(echo.status).toBe(200);
    expect(echo.text).toContain('"data":[9007199254740993,-1]');
    expect(echo.text).toContain('12345678901234567890');
    const id = echo.headers.get('x-inference-id')!;
    await whenTrue(async () => (await prisma().inferenceLog.count({ where: { id } })) === 1, 5_000);
    expect((await prisma().inferenceLog.findFirst({ where: { id } }))?.features).toEqual({ id: '9007199254740993', name: 'Zoë \ufffd \ufffd' });
  });

  it.each([
    ['no JSON', '{', 'The body is not JSON'],
    ['no inputs', {}, '"inputs" is a list'],
    ['an unknown input', { inputs: [{ name: 'y', shape: [1, 3], datatype: 'FP32', data: [1, 2, 3] }] }, 'The model takes no input "y". It takes "x".'],
    ['a wrong shape', x([[1, 2]]), 'Input "x" has shape [1, 2], but the model takes [-1, 3]'],
    ['too few values', { inputs: [{ name: 'x', shape: [2, 3], datatype: 'FP32', data: [1, 2, 3] }] }, 'it needs 6 values, but 3 were sent'],
    ['uneven lists', { inputs: [{ name: 'x', shape: [2, 3], datatype: 'FP32', data: [[1, 2, 3], [1, 2]] }] }, 'a list at depth 2 has 2 parts; 3 were expected'],
    ['text for numbers', { inputs: [{ name: 'x', shape: [1, 3], datatype: 'FP32', data: [1, 'a', 3] }] }, 'expects numbers (FP32), but value 2 is "a"'],
    ['another datatype', x([[1, 2, 3]], 'BYTES'), 'Input "x" is FP32, but BYTES was sent.'],
    ['an unknown datatype', x([[1, 2, 3]], 'FLOAT'), 'Expected one of BOOL'],
    ['an unknown output', { ...x([[1, 2, 3]]), outputs: [{ name: 'z' }] }, 'The model gives no output "z"'],
    ['binary data', { inputs: [{ name: 'x', shape: [1, 3], datatype: 'FP32', parameters: { binary_data_size: 12 } }] }, 'The binary tensor extension is not taken here yet'],
    ['no rows', { inputs: [{ name: 'x', shape: [0, 3], datatype: 'FP32', data: [] }] }, 'no row'],
  ])('refuses %s with a sentence', async (_, body, sentence) => {
    const { status, json } = await call('/v2/models/delays/infer', typeof body === 'string' ? { raw: body } : { body });
    expect({ status, error: json.error }).toEqual({ status: 400, error: expect.stringContaining(sentence) as string });
  });

  it('refuses in the order 401, 404, 403, and too large with 413', async () => {
    const infer = '/v2/models/delays/infer';
    expect((await call(infer, { body: {}, token: '' })).status).toBe(401);
    expect((await call(infer, { body: {}, token: `pst_${'x'.repeat(43)}` })).status).toBe(401);
    expect((await call(infer, { body: {}, token: foreign })).status).toBe(404);
    expect((await call('/v2/models/nothing/infer', { body: {} })).status).toBe(404);
    expect((await call('/v2/models/delays/versions/9/infer', { body: x([[1, 2, 3]]) })).status).toBe(404);
    expect((await call(infer, { body: x([[1, 2, 3]]), token: viewer, headers: { 'x-event-time': '2026-01-01T00:00:00Z' } })).status).toBe(403);
    expect((await call(infer, { body: x([[1, 2, 3]]), headers: { 'x-event-time': 'yesterday' } })).status).toBe(400);
    expect((await call(infer, { body: x([[1, 2, 3]]), token: viewer })).status).toBe(200);
    expect((await call(infer)).status).toBe(405);
    expect((await call(infer, { raw: ' '.repeat(17 * 1024 * 1024) }).catch(() => ({ status: 413 }))).status).toBe(413);
  });

  it('an event time is what the log goes by', async () => {
    const { headers } = await call('/v2/models/delays/infer', { body: x([[1, 2, 3]]), headers: { 'x-event-time': '2026-03-01T06:30:00+01:00' } });
    const id = headers.get('x-inference-id')!;
    await whenTrue(async () => (await prisma().inferenceLog.count({ where: { id } })) === 1, 5_000);
    expect((await prisma().inferenceLog.findFirst({ where: { id } }))?.at.toISOString()).toBe('2026-03-01T05:30:00.000Z');
    expect(await prisma().inferenceHour.count({ where: { hour: new Date('2026-03-01T05:00:00Z') } })).toBe(1);
  });
});

describe('other protocols', () => {
  it.each([
    ['dataframe_split', { dataframe_split: { columns: ['b', 'a', 'more'], data: [[1, 2, 'x'], [3, 4, 'y']] } }, [3, 7]],
    ['dataframe_records', { dataframe_records: [{ a: 1, b: 2 }] }, [3]],
    ['instances', { instances: [[1, 2], { a: 5, b: [6] }] }, [3, 11]],
    ['inputs', { inputs: { a: [[1], [2]], b: [3, 4] } }, [4, 6]],
  ])("MLflow's %s", async (_, body, predictions) => expect((await call('/totals/invocations', { body })).json).toEqual({ predictions }));

  it('MLflow refuses with its words', async () => {
    expect(await call('/totals/invocations', { body: { dataframe_records: [{ a: 1 }] } })).toMatchObject({ status: 400, json: { error_code: 'BAD_REQUEST', message: 'Row 1 has no value for "b".' } });
    expect((await call('/totals/invocations', { body: { instances: [], inputs: {} } })).status).toBe(400);
    expect((await call('/totals/ping', { token: '' })).status).toBe(200);
  });

  it('TF Serving by rows and by columns', async () => {
    expect((await call('/v1/models/totals:predict', { body: { instances: [{ a: 1, b: 2 }] } })).json).toEqual({ predictions: [3] });
    expect((await call('/v1/models/totals:predict', { body: { inputs: { a: [1], b: [2] } } })).json).toEqual({ outputs: [3] });
    expect((await call('/v1/models/totals')).json).toMatchObject({ model_version_status: [{ version: '1', state: 'AVAILABLE' }] });
  });

  it('counts for Prometheus', async () => {
    const text = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(text).toMatch(/penstock_gateway_request_duration_seconds_bucket\{workspace="[^"]+",endpoint="delays",variant="stable",version="1",le="\+Inf"\} [1-9]/);
    expect(text).toContain('penstock_gateway_dropped_rows_total 0');
  });
});
