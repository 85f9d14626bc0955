import { describe, expect, it, test } from 'vitest';
import { declaredColumns } from './declared';
import { describeModel } from './describe';
import { findFlavors } from './flavors';
import { type Tensor } from './signature';

const tensor = (name: string, shape: number[], datatype: Tensor['datatype'] = 'FP32'): Tensor => ({ name, datatype, shape });
const out = [tensor('y', [-1, 1])];
const names = (inputs: Tensor[], given?: unknown) => describeModel(inputs, out, given).signature.features.map((feature) => feature.name);

describe('features', () => {
  it.each([
    ['one value a row', [tensor('a', [-1, 1]), tensor('b', [-1])], undefined, ['a', 'b']],
    ['k values a row have numbers', [tensor('x', [-1, 3])], undefined, ['x_0', 'x_1', 'x_2']],
    ['or the names that were given', [tensor('x', [-1, 3])], [{ name: 'a' }, { name: 'b' }, { name: 'c' }], ['a', 'b', 'c']],
    ['a width that varies needs names', [tensor('x', [-1, -1])], ['a', 'b'], ['a', 'b']],
    ['and has no features without them', [tensor('x', [-1, -1])], undefined, []],
    ['pictures have none', [tensor('x', [-1, 28, 28])], undefined, []],
    ['several tensors take the names in order', [tensor('x', [-1, 2]), tensor('z', [-1, 1])], ['a', 'b', 'c'], ['a', 'b', 'c']],
    ['too many names are not used', [tensor('x', [-1, 2])], ['a', 'b', 'c'], ['x_0', 'x_1']],
    ['one input of one value takes the given name', [tensor('x', [-1, 1])], ['age'], ['age']],
  ])('%s', (_, inputs, given, expected) => expect(names(inputs, given)).toEqual(expected));

  test('names that do not fit are told', () => {
    expect(describeModel([tensor('x', [-1, 2])], out, ['a']).problems).toEqual(['The signature names 1 columns, but a row of the model has 2 values. Its own names are used.']);
    expect(describeModel([tensor('a', [-1, 1]), tensor('b', [-1, 1])], out, ['a', 'c']).problems).toEqual(['The signature names "c", which is no input of the model. Its inputs are "a", "b".']);
  });

  test('types come from the tensor, and finer ones from the given columns', () => {
    const types = describeModel([tensor('n', [-1], 'INT64'), tensor('s', [-1], 'BYTES'), tensor('x', [-1, 1])], out, [{ name: 'n', type: 'double' }, { name: 's', type: 'string' }, { name: 'x', type: 'long' }]).signature.features.map((feature) => feature.type);
    expect(types).toEqual(['integer', 'string', 'integer']);
  });
});

describe('given signatures', () => {
  const columns = [{ name: 'a', type: 'number' }];
  it.each([
    ["MLflow's, with JSON in a text", { inputs: '[{"name":"a","type":"double","required":true}]', outputs: '[]' }, columns],
    ['the list alone', [{ name: 'a', type: 'float' }], columns],
    ['as a text', '[{"name":"a","type":"double"}]', columns],
    ['ours', { features: [{ name: 'a', type: 'number' }] }, columns],
    ["MLflow's tensor form", { inputs: '[{"type":"tensor","tensor-spec":{"dtype":"float32","shape":[-1,4]}}]' }, null],
    ['nothing in it', { outputs: '[]' }, null],
  ])('%s', (_, given, expected) => expect(declaredColumns(given)).toEqual(expected));

  it.each([
    ['no list', { inputs: 'nonsense' }, 'neither a list'],
    ['a column twice', ['a', 'a'], 'twice'],
    ['a column without a name', [{ type: 'double' }], 'cannot be read'],
  ])('%s is told', (_, given, part) => expect(declaredColumns(given)).toEqual(expect.stringContaining(part)));
});

describe('flavors', () => {
  test('two ONNX files need a name', () => {
    expect(findFlavors(['a.onnx', 'b.onnx'], null)).toMatchObject({ onnx: null, problems: [expect.stringContaining('There are 2 ONNX files'), expect.any(String)] });
    expect(findFlavors(['a.onnx', 'x/model.onnx'], null).onnx).toBe('x/model.onnx');
  });
  test('an MLmodel that names a file which is not there', () => {
    expect(findFlavors(['MLmodel'], { path: 'MLmodel', text: 'flavors: {onnx: {data: m.onnx}}' }).problems[0]).toBe('The MLmodel file names "m.onnx", which is not among the files.');
  });
  test('an MLmodel that is no YAML', () => {
    expect(findFlavors(['MLmodel', 'm.onnx'], { path: 'MLmodel', text: '{' })).toMatchObject({ onnx: 'm.onnx', problems: [expect.stringContaining('cannot be read as YAML')] });
  });
});
