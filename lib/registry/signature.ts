import { z } from 'zod';

/** Datatypes of the Open Inference Protocol that a model here can take and give. */
export const DATATYPES = ['BOOL', 'UINT8', 'UINT16', 'UINT32', 'UINT64', 'INT8', 'INT16', 'INT32', 'INT64', 'FP16', 'FP32', 'FP64', 'BYTES'] as const;
export type Datatype = (typeof DATATYPES)[number];

/** FEATURE_TYPES says what people fill in for a feature. */
export const FEATURE_TYPES = ['number', 'integer', 'boolean', 'string'] as const;
export type FeatureType = (typeof FEATURE_TYPES)[number];

const tensorSchema = z.object({
  name: z.string().min(1),
  datatype: z.enum(DATATYPES),
  /** -1 stands for a dimension that varies */
  shape: z.array(z.number().int().min(-1)),
});
/** A tensor that a model takes or gives. */
export type Tensor = z.infer<typeof tensorSchema>;

const featureSchema = z.object({
  name: z.string().min(1),
  type: z.enum(FEATURE_TYPES),
  /** the tensor it is part of, and its column there; null: the whole tensor, one value a row */
  input: z.string(),
  column: z.number().int().min(0).nullable(),
});
/** A named value of one row. */
export type Feature = z.infer<typeof featureSchema>;

export const signatureSchema = z.object({ inputs: z.array(tensorSchema), outputs: z.array(tensorSchema), features: z.array(featureSchema) });
/** What a model takes and gives: tensors, and the named features that they are made of. */
export type Signature = z.infer<typeof signatureSchema>;

/** readSignature reads a stored signature; null when there is none. */
export function readSignature(stored: unknown): Signature | null {
  const parsed = signatureSchema.safeParse(stored);
  return parsed.success ? parsed.data : null;
}

/** isInteger tells whether values of a datatype are whole numbers. */
export const isInteger = (datatype: Datatype): boolean => /^U?INT/.test(datatype);

/** featureTypeOf says what people fill in for values of a datatype. */
export function featureTypeOf(datatype: Datatype): FeatureType {
  if (datatype === 'BYTES') return 'string';
  if (datatype === 'BOOL') return 'boolean';
  return isInteger(datatype) ? 'integer' : 'number';
}
