import proto from 'onnx-proto';

const { onnx } = proto;

const FLOAT = 1;
const INT64 = 7;

type Value = { name: string; shape: (number | string)[]; type?: number };

const valueInfo = ({ name, shape, type = FLOAT }: Value) => ({
  name,
  type: { tensorType: { elemType: type, shape: { dim: shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size })) } } },
});
const floats = (name: string, dims: number[], values: number[]) => ({ name, dims, dataType: FLOAT, floatData: values });

function modelOf(graph: { nodes: object[]; inputs: Value[]; outputs: Value[]; initializers?: object[] }): Buffer {
  const model = onnx.ModelProto.create({
    irVersion: 8,
    producerName: 'penstock-tests',
    opsetImport: [{ domain: '', version: 13 }],
    graph: { name: 'g', node: graph.nodes, input: graph.inputs.map(valueInfo), output: graph.outputs.map(valueInfo), initializer: graph.initializers ?? [] },
  });
  return Buffer.from(onnx.ModelProto.encode(model).finish());
}

/** logisticModel makes an ONNX file: one tensor `x` of [N, k] floats, the output `probability` of [N, 1] is the sigmoid of weights·x + bias. */
export function logisticModel(weights: number[], bias = 0): Buffer {
  return modelOf({
    inputs: [{ name: 'x', shape: ['N', weights.length] }],
    outputs: [{ name: 'probability', shape: ['N', 1] }],
    initializers: [floats('w', [weights.length, 1], weights), floats('b', [1], [bias])],
    nodes: [
      { opType: 'MatMul', input: ['x', 'w'], output: ['xw'] },
      { opType: 'Add', input: ['xw', 'b'], output: ['logit'] },
      { opType: 'Sigmoid', input: ['logit'], output: ['probability'] },
    ],
  });
}

/** sumModel makes an ONNX file with one named input of [N, 1] floats for each name; the output `total` of [N, 1] is weight times their sum. */
export function sumModel(names: string[], weight = 1): Buffer {
  return modelOf({
    inputs: names.map((name) => ({ name, shape: ['N', 1] })),
    outputs: [{ name: 'total', shape: ['N', 1] }],
    initializers: [floats('weight', [1], [weight])],
    nodes: [
      { opType: 'Sum', input: names, output: ['sum'] },
      { opType: 'Mul', input: ['sum', 'weight'], output: ['total'] },
    ],
  });
}

/** echoModel makes an ONNX file that gives its inputs back: whole numbers `id` and texts `name`, both [N]. */
export function echoModel(): Buffer {
  return modelOf({
    inputs: [{ name: 'id', shape: ['N'], type: INT64 }, { name: 'name', shape: ['N'], type: 8 }],
    outputs: [{ name: 'id_out', shape: ['N'], type: INT64 }, { name: 'name_out', shape: ['N'], type: 8 }],
    nodes: [
      { opType: 'Identity', input: ['id'], output: ['id_out'] },
      { opType: 'Identity', input: ['name'], output: ['name_out'] },
    ],
  });
}
