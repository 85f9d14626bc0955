import { declaredColumns, type Column } from './declared';
import { featureTypeOf, type Feature, type Signature, type Tensor } from './signature';

/** How many values of a row a tensor holds: one, a fixed number, a number that varies, or something that is no row. */
function width(tensor: Tensor): number | 'varies' | 'none' {
  if (tensor.shape.length <= 1) return 1;
  if (tensor.shape.length > 2) return 'none';
  const size = tensor.shape[1] ?? -1;
  return size === -1 ? 'varies' : size;
}

/**
 * describeModel puts a model's tensors and the columns that people named together into a signature. A tensor of one value a row is a
 * feature; one of k values is k features, named by the given columns or `<tensor>_0` and so on.
 * @param given the signature that came with the model, in any form that declaredColumns reads
 * @returns the signature, and sentences on what did not fit
 */
export function describeModel(inputs: Tensor[], outputs: Tensor[], given: unknown): { signature: Signature; problems: string[] } {
  const problems: string[] = [];
  const declared = given === undefined || given === null ? null : declaredColumns(given);
  if (typeof declared === 'string') problems.push(declared);
  const columns = Array.isArray(declared) ? declared : null;

  const widths = inputs.map(width);
  const single = inputs.length === 1 ? widths[0] : undefined;
  const needed = single === 'varies' && columns ? columns.length : widths.reduce<number>((sum, each) => sum + (typeof each === 'number' ? each : 0), 0);
  const fits = columns !== null && columns.length === needed;
  if (columns && !fits) problems.push(`The signature names ${columns.length} columns, but a row of the model has ${needed} values. Its own names are used.`);

  // inputs of one value each are features by their own names; given columns say only their types
  const separate = inputs.length > 1 && widths.every((each) => each === 1);
  const unknown = separate ? columns?.find((column) => !inputs.some((tensor) => tensor.name === column.name)) : undefined;
  if (unknown && fits) problems.push(`The signature names "${unknown.name}", which is no input of the model. Its inputs are ${inputs.map((tensor) => `"${tensor.name}"`).join(', ')}.`);

  const features: Feature[] = [];
  for (const [i, tensor] of inputs.entries()) {
    const size = widths[i] === 'varies' ? (fits && single === 'varies' ? needed : 0) : widths[i];
    if (typeof size !== 'number') continue;
    for (let column = 0; column < size; column++) {
      const named = separate ? columns?.find((each) => each.name === tensor.name) : fits ? columns[features.length] : undefined;
      const own = size === 1 ? tensor.name : `${tensor.name}_${column}`;
      features.push({ name: named?.name ?? own, type: typeOf(tensor, named), input: tensor.name, column: size === 1 ? null : column });
    }
  }
  return { signature: { inputs, outputs, features }, problems };
}

/** A declared type is taken where the tensor can hold it: whole numbers in a tensor of floats, for one. */
function typeOf(tensor: Tensor, named: Column | undefined): Feature['type'] {
  const own = featureTypeOf(tensor.datatype);
  return own === 'number' && named?.type && named.type !== 'string' ? named.type : own;
}
