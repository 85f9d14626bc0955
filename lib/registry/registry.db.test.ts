import { Readable } from 'node:stream';
import { beforeAll, expect, it } from 'vitest';
import { store } from '@/lib/datasets/server';
import { makeContext, testDatabase, type TestContext } from '@/lib/testing';
import { logisticModel, sumModel } from '@/lib/testing/onnx';
import { createModel, getModel, getVersion, listModels, listVersions, modelKey, putAlias, putTag, registerVersion, resolveVersion, Upload } from './server';
import { type VersionFields } from './schema';

testDatabase();

let ctx: TestContext;

beforeAll(async () => {
  ctx = await makeContext('editor');
  await createModel(ctx, { name: 'fare', description: 'Guesses fares.' });
});

async function upload(files: Record<string, Buffer | string>, given: VersionFields = {}) {
  const taken = new Upload(ctx.workspaceId);
  for (const [path, content] of Object.entries(files)) await taken.add(path, Buffer.from(content));
  return registerVersion(ctx, 'fare', taken, given);
}

it('an ONNX file is loaded apart, and its signature is known', async () => {
  const version = await upload({ 'model.onnx': logisticModel([0.5, -0.25, 2]) }, { signature: '[{"name":"miles","type":"double"},{"name":"stops","type":"long"},{"name":"rain","type":"boolean"}]', tags: { stage: 'trial' }, metrics: { auc: 0.9 }, training: { dataset: 'rides' } });
  expect(version).toMatchObject({
    version: 1,
    status: 'ready',
    flavor: 'onnx',
    problems: [],
    training: { dataset: 'rides' },
    signature: {
      inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 3] }],
      outputs: [{ name: 'probability', datatype: 'FP32', shape: [-1, 1] }],
      features: [{ name: 'miles', type: 'number', input: 'x', column: 0 }, { name: 'stops', type: 'integer', column: 1 }, { name: 'rain', type: 'boolean', column: 2 }],
    },
  });
  expect(version.files).toMatchObject([{ path: 'model.onnx', sha256: version.sha256 }]);
  expect(await store().stat(modelKey(ctx.workspaceId, version.uuid, 'model.onnx'))).toMatchObject({ bytes: version.bytes });
});

it('a broken file gives a failed version with a sentence', async () => {
  const version = await upload({ 'model.onnx': 'this is no protobuf' });
  expect(version).toMatchObject({ version: 2, status: 'failed', flavor: null, signature: null });
  expect(version.problems).toEqual([expect.stringContaining('The ONNX runtime cannot load the file')]);
});

it('an MLmodel folder says what is served and why the rest is not', async () => {
  const mlmodel = "flavors:\n  onnx: {data: model.onnx, onnx_version: 1.16.0}\n  sklearn: {pickled_model: model.pkl}\nsignature:\n  inputs: '[{\"name\": \"a\", \"type\": \"double\"}, {\"name\": \"b\", \"type\": \"double\"}]'\n";
  const version = await upload({ 'fare/MLmodel': mlmodel, 'fare/model.onnx': sumModel(['a', 'b']), 'fare/model.pkl': 'pickle' });
  expect(version).toMatchObject({ version: 3, status: 'ready', flavor: 'onnx', problems: [], flavors: { onnx: { served: true, file: 'fare/model.onnx' }, sklearn: { served: false, reason: expect.stringContaining('skl2onnx') as string } } });
  expect(version.signature?.features.map((feature) => feature.name)).toEqual(['a', 'b']);
});

it('what is not served here is kept, with the reason', async () => {
  expect(await upload({ 'model.pkl': 'pickle' })).toMatchObject({ version: 4, status: 'ready', flavor: null, problems: [expect.stringContaining('only ONNX is served here')] });
});

it('paths that leave the folder are refused, and nothing stays behind', async () => {
  const taken = new Upload(ctx.workspaceId);
  await taken.add('a/model.onnx', Buffer.from('x'));
  await expect(taken.add('../escape', Buffer.from('x'))).rejects.toMatchObject({ code: 'invalid' });
  await expect(taken.add('a/model.onnx', Buffer.from('x'))).rejects.toMatchObject({ code: 'invalid' });
  await expect(new Upload(ctx.workspaceId, 4).add('big', Buffer.from('12345'))).rejects.toMatchObject({ code: 'too_large' });
  await expect(new Upload(ctx.workspaceId).addZip(Readable.from([Buffer.from('no zip')]))).rejects.toMatchObject({ code: 'invalid' });
  await taken.abandon();
  expect(await store().stat(modelKey(ctx.workspaceId, taken.versionId, 'a/model.onnx'))).toBeNull();
});

it('aliases point at one version with a reason; of a tag the newest version wins', async () => {
  await putAlias(ctx, 'fare', 'champion', { version: 1, reason: 'It is the first.' });
  expect((await putAlias(ctx, 'fare', 'champion', { version: 3, reason: 'It is better.' })).aliases).toEqual(['champion']);
  expect((await getVersion(ctx, 'fare', 1)).aliases).toEqual([]);
  expect((await getModel(ctx, 'fare')).aliases).toMatchObject([{ alias: 'champion', version: 3, reason: 'It is better.' }]);
  expect((await resolveVersion(ctx, 'fare', { alias: 'champion' })).version).toBe(3);
  await expect(putAlias(ctx, 'fare', 'latest', { version: 1, reason: 'x' })).rejects.toMatchObject({ code: 'invalid', issues: [{ path: 'alias' }] });
  await expect(putAlias(ctx, 'fare', 'x', { version: 99, reason: 'x' })).rejects.toMatchObject({ code: 'invalid' });

  await putTag(ctx, 'fare', 3, 'stage', 'trial');
  expect((await listVersions(ctx, 'fare', { limit: 10, tag: 'stage' })).items.map((each) => each.version)).toEqual([3, 1]);
  expect((await listModels(ctx, { limit: 10 })).items).toMatchObject([{ name: 'fare', latestVersion: 4, versions: 4 }]);
});
