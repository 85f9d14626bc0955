import { describe, expect, it, test } from 'vitest';
import { type Signature } from '@/lib/registry';
import { readAddress } from './address';
import { assignCall } from './assign';
import { featuresOf, scoreOf } from './logged';
import { parseBody } from './json';
import { inferText, readInfer } from './oip';
import { passFor, readPass } from './holders';
import { addSnapshots, GatewayMetrics, gatewayMetrics } from './metrics';
import { jsonLine } from './spool';
import { acceptsDatatype, dataText, fillTensor } from './tensor-data';
import { type TableEndpoint } from './table';

describe('addresses', () => {
  it.each([
    ['/main/v2', { kind: 'server', workspace: 'main' }],
    ['/main/v2/health/ready', { kind: 'ready' }],
    ['/main/v2/health/live', { kind: 'live' }],
    ['/main/v2/models/tips', { kind: 'model', workspace: 'main', endpoint: 'tips', version: null }],
    ['/main/v2/models/tips/ready', { kind: 'modelReady', workspace: 'main', endpoint: 'tips', version: null }],
    ['/main/v2/models/tips/infer', { kind: 'infer', workspace: 'main', endpoint: 'tips', version: null }],
    ['/main/v2/models/tips/versions/3/infer', { kind: 'infer', workspace: 'main', endpoint: 'tips', version: '3' }],
    ['/main/v1/models/tips:predict', { kind: 'tfPredict', workspace: 'main', endpoint: 'tips', version: null }],
    ['/main/v1/models/tips/metadata', { kind: 'tfMetadata', workspace: 'main', endpoint: 'tips', version: null }],
    ['/main/tips/invocations', { kind: 'invocations', workspace: 'main', endpoint: 'tips', version: null }],
    ['/main/tips/ping', { kind: 'endpointPing', workspace: 'main', endpoint: 'tips' }],
    ['/main/ping', { kind: 'ping' }],
    ['/metrics', { kind: 'metrics' }],
    ['/api/health/live', { kind: 'live' }],
    ['/main/v2/', { kind: 'server', workspace: 'main' }],
    ['/', null],
    ['/main', null],
    ['/main/v2/models/tips/unknown', null],
  ])('%s', (path, expected) => expect(readAddress(path)).toEqual(expected));
});

describe('datatypes', () => {
  it.each([
    ['FP32', 'FP32', true], ['FP64', 'FP32', true], ['INT64', 'FP32', true], ['INT8', 'INT32', true], ['UINT8', 'INT16', true],
    ['INT64', 'INT32', false], ['FP32', 'INT64', false], ['UINT64', 'INT64', false], ['BYTES', 'FP32', false], ['BOOL', 'INT8', false],
  ] as const)('%s into %s: %s', (sent, wanted, accepted) => expect(acceptsDatatype(sent, wanted)).toBe(accepted));

  it.each([
    ['INT8', [128], 'whole numbers (INT8)'],
    ['UINT8', [-1], 'whole numbers (UINT8)'],
    ['INT32', [1.5], 'whole numbers (INT32)'],
    ['UINT64', ['18446744073709551616'], 'whole numbers (UINT64)'],
    ['BOOL', [2], 'true or false'],
    ['BYTES', [1], 'texts'],
    ['FP64', [null], 'numbers (FP64)'],
  ] as const)('%s does not take %j', (datatype, values, sentence) => expect(() => fillTensor({ name: 'x', datatype }, [1], [...values])).toThrow(sentence));

  test('whole numbers stay exact, and what JSON has no word for is null', () => {
    const { x } = parseBody('{"x": [9007199254740993, -9223372036854775808, 1], "text": "12345678901234567890"}');
    expect(x).toEqual(['9007199254740993', '-9223372036854775808', 1]);
    expect(dataText(fillTensor({ name: 'x', datatype: 'INT64' }, [3], x as unknown[]))).toBe('[9007199254740993,-9223372036854775808,1]');
    expect(dataText({ name: 'x', datatype: 'FP32', shape: [3], data: Float32Array.of(0.5, NaN, Infinity) })).toBe('[0.5,null,null]');
    expect(dataText({ name: 'x', datatype: 'BOOL', shape: [2], data: Uint8Array.of(1, 0) })).toBe('[true,false]');
    expect(parseBody('{"a": 1234567890123456.5, "b": 1234567890123456789e3}')).toEqual({ a: 1234567890123456.5, b: Number('1234567890123456789e3') });
  });
});

const signature: Signature = {
  inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 2] }, { name: 'who', datatype: 'BYTES', shape: [-1] }],
  outputs: [{ name: 'p', datatype: 'FP32', shape: [-1, 2] }],
  features: [{ name: 'a', type: 'number', input: 'x', column: 0 }, { name: 'b', type: 'number', input: 'x', column: 1 }, { name: 'who', type: 'string', input: 'who', column: null }],
};
const request = { inputs: [{ name: 'x', shape: [2, 2], datatype: 'FP32', data: [1, 2, 3, 4] }, { name: 'who', shape: [2], datatype: 'BYTES', data: ['x', 'y'] }] };

test('a request becomes tensors, and rows are logged by feature', () => {
  const call = readInfer(request, signature);
  expect(call).toMatchObject({ rows: 2, id: null, outputs: null });
  expect(featuresOf(signature, call.tensors, 1)).toEqual({ a: 3, b: 4, who: 'y' });
  expect(() => readInfer({ inputs: request.inputs.slice(0, 1) }, signature)).toThrow('The input "who" is missing');
  expect(() => readInfer({ inputs: [...request.inputs, request.inputs[0]] }, signature)).toThrow('sent twice');
  expect(() => readInfer({ inputs: [request.inputs[0], { ...request.inputs[1], shape: [1], data: ['x'] }] }, signature)).toThrow('different numbers of rows');
});

test('the answer is flat, and the id comes back only when one was given', () => {
  const outputs = [{ name: 'p', datatype: 'FP32' as const, shape: [1, 2], data: Float32Array.of(0.25, 0.75) }];
  const base = { endpoint: 'tips', version: 3, parameters: { variant: 'stable' }, outputs };
  expect(JSON.parse(inferText({ ...base, id: 'q"1' }))).toEqual({ model_name: 'tips', model_version: '3', id: 'q"1', parameters: { variant: 'stable' }, outputs: [{ name: 'p', datatype: 'FP32', shape: [1, 2], data: [0.25, 0.75] }] });
  expect(JSON.parse(inferText({ ...base, id: null }))).not.toHaveProperty('id');
});

describe('the score of a row', () => {
  const out = (datatype: 'FP32' | 'INT64', shape: number[], values: number[]) => fillTensor({ name: 'o', datatype }, shape, values);
  it.each([
    ['one float', [out('FP32', [2, 1], [0.25, 0.5])], 0.5],
    ['the second of two classes', [out('INT64', [2], [0, 1]), out('FP32', [2, 2], [0.5, 0.5, 0.25, 0.75])], 0.75],
    ['the likeliest of more', [out('FP32', [2, 3], [0, 0, 1, 0.125, 0.75, 0.125])], 1],
    ['a whole number alone', [out('INT64', [2], [7, 9])], 9],
    ['text alone', [fillTensor({ name: 'o', datatype: 'BYTES' }, [2], ['x', 'y'])], null],
  ])('%s', (_, outputs, expected) => expect(scoreOf(outputs, 1, 2)).toBe(expected));
});

describe('who answers', () => {
  const variant = (name: string, weight: number) => ({ id: name, name, weight, version: 1 }) as TableEndpoint['variants'][number];
  const endpoint = (stable: number, candidate: number | null, routing: object = { rolloutId: 'r', step: 0, seed: 's', audience: {} }) =>
    ({ routing, variants: [variant('stable', stable), ...(candidate === null ? [] : [variant('candidate', candidate)])] }) as unknown as TableEndpoint;
  const chosen = (of: TableEndpoint, wished: string, ready: string[]) =>
    assignCall(() => ({ variant: wished, bucket: 1, assignedBy: 'hash' }), of, (id) => ready.includes(id), { unitId: 'u', attributes: () => ({}) })?.variant.name;
  it.each([
    ['without a rollout stable', endpoint(100, null, {}), 'candidate', ['stable'], 'stable'],
    ['as assigned', endpoint(90, 10), 'candidate', ['stable', 'candidate'], 'candidate'],
    ['nothing at weight 0', endpoint(100, 0), 'candidate', ['stable', 'candidate'], 'stable'],
    ['nothing at weight 0 for stable either', endpoint(0, 100), 'stable', ['stable', 'candidate'], 'candidate'],
    ['the other one when it is not ready', endpoint(90, 10), 'candidate', ['stable'], 'stable'],
    ['but never one at weight 0', endpoint(100, 0), 'stable', ['candidate'], 'stable'],
  ])('%s', (_, of, wished, ready, expected) => expect(chosen(of, wished, ready)).toBe(expected));
});

test('a pass is for a minute, one workspace and one role, and cannot be made up', () => {
  const pass = passFor('secret', { workspaceId: 'w', role: 'viewer' }, 1_000);
  expect(readPass('secret', pass, 2_000)).toEqual({ workspaceId: 'w', role: 'viewer' });
  expect(readPass('secret', pass, 62_000)).toBeNull();
  expect(readPass('other', pass, 2_000)).toBeNull();
  expect(readPass('secret', pass.replace('psp_', 'psp_x'), 2_000)).toBeNull();
  expect(readPass('secret', 'pst_something', 2_000)).toBeNull();
});

test('lines are such that the database can store them', () => {
  const line = { features: { a: 'NUL \u0000, half \ud800, whole 😀, typed \\u0000' } } as never;
  expect(JSON.parse(jsonLine(line))).toEqual({ features: { a: 'NUL \ufffd, half \ufffd, whole 😀, typed \\u0000' } });
});

test('figures of several processes are added, and buckets are cumulative', () => {
  const [a, b] = [new GatewayMetrics(), new GatewayMetrics()];
  const labels = { workspace: 'main', endpoint: 'tips', variant: 'stable', version: '1' };
  a.observe(labels, 200, 2, 0.0008);
  b.observe(labels, 500, 1, 0.2);
  b.refuse(401);
  const text = gatewayMetrics(addSnapshots([a.snapshot(), b.snapshot()]), { routers: 2, spoolBytes: 0, replicas: [] });
  const at = '{workspace="main",endpoint="tips",variant="stable",version="1"';
  expect(text).toContain(`penstock_gateway_request_duration_seconds_bucket${at},le="0.001"} 1`);
  expect(text).toContain(`penstock_gateway_request_duration_seconds_bucket${at},le="+Inf"} 2`);
  expect(text).toContain(`penstock_gateway_requests_total${at},code="500"} 1`);
  expect(text).toContain(`penstock_gateway_rows_total${at}} 3`);
  expect(text).toContain('penstock_gateway_refused_total{code="401"} 1');
});
