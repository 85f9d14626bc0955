import { z } from 'zod';
import { type Signature } from './signature';

/** A model's name: in addresses and in MLflow's `models:/name@alias`. */
export const modelNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,126}$/, 'Use letters, digits, _ . and -, starting with a letter or digit, at most 127.');

/** An alias points at exactly one version; what reads like a version number is none. */
export const aliasSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,62}$/, 'An alias has lower-case letters, digits, _ and -, starts with a letter, and has at most 63 characters.')
  .refine((text) => text !== 'latest' && !/^v\d+$/.test(text), '"latest" and names like "v3" would read as versions. Choose another alias, for example champion.');

export const tagKeySchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,126}$/, 'A tag has letters, digits, _ . : and -, at most 127.');

const description = z.string().trim().max(2000, 'A description has at most 2,000 characters.');
export const createModelSchema = z.strictObject({ name: modelNameSchema, description: description.optional() });
export const putAliasSchema = z.strictObject({
  version: z.number().int().min(1),
  reason: z.string().trim().min(1, 'Say why, for those who read the audit later.').max(1000),
});
export const putTagSchema = z.strictObject({ value: z.string().max(1000, 'A tag has at most 1,000 characters.').default('') });

export type CreateModel = z.infer<typeof createModelSchema>;
export type PutAlias = z.infer<typeof putAliasSchema>;

/** What a version was trained on; its reference profile is made from it. */
export const trainingSchema = z.union([
  z.strictObject({ dataset: z.string().min(1), version: z.number().int().min(1).optional() }),
  z.strictObject({ file: z.string().min(1) }),
]);
export type Training = z.infer<typeof trainingSchema>;

const jsonText = <T extends z.ZodType>(what: string, inner: T) =>
  z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.addIssue({ code: 'custom', message: `Expected JSON, for example ${what}` });
        return z.NEVER;
      }
    })
    .pipe(inner);

/** The fields of a registration's form beside its files; all but `flavor` and `sourceRunId` are JSON. */
export const versionFieldsSchema = z.strictObject({
  flavor: z.string().regex(/^[a-z][a-z0-9_]{0,62}$/, 'A flavor is a lower-case word, for example onnx.').optional(),
  signature: jsonText('[{"name": "age", "type": "double"}].', z.unknown()).optional(),
  tags: jsonText('{"stage": "trial"}.', z.record(tagKeySchema, z.string().max(1000))).optional(),
  metrics: jsonText('{"auc": 0.91}.', z.record(z.string().min(1).max(127), z.number())).optional(),
  training: jsonText('{"dataset": "late_flights"}.', trainingSchema).optional(),
  sourceRunId: z.string().optional(),
});
export type VersionFields = z.infer<typeof versionFieldsSchema>;

export const VERSION_STATUSES = ['registering', 'ready', 'failed'] as const;
export type VersionStatus = (typeof VERSION_STATUSES)[number];

export type ModelFile = { path: string; bytes: number; sha256: string };

/** Flavors by name with what their MLmodel said; `reason` is why one is not served here. */
export type Flavors = Record<string, { served: boolean; reason?: string; [key: string]: unknown }>;

export type AliasView = {
  alias: string;
  version: number;
  reason: string;
  updatedBy: string | null;
  updatedAt: Date;
  /** where it is asked to point, while endpoints that follow it start replicas */
  requested: { version: number; reason: string; by: string | null } | null;
};

export type ModelVersionView = {
  model: string;
  version: number;
  uuid: string;
  status: VersionStatus;
  flavor: string | null;
  flavors: Flavors;
  signature: Signature | null;
  files: ModelFile[];
  sha256: string;
  bytes: number;
  tags: Record<string, string>;
  metrics: Record<string, number>;
  problems: string[];
  training: Training | null;
  sourceRunId: string | null;
  aliases: string[];
  createdBy: string | null;
  createdAt: Date;
};

export type ModelView = {
  name: string;
  description: string;
  createdBy: string | null;
  createdAt: Date;
  latestVersion: number | null;
  versions: number;
  aliases: AliasView[];
};
