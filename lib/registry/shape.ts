import { z } from 'zod';
import { VERSION_STATUSES } from './schema';
import { signatureSchema } from './signature';

const aliasShape = z.object({ alias: z.string(), version: z.number().int(), reason: z.string(), updatedBy: z.string().nullable(), updatedAt: z.date(), requested: z.object({ version: z.number().int(), reason: z.string(), by: z.string().nullable() }).nullable() });

/** Answers of REST, for its document. */
export const modelShape = z.object({
  name: z.string(),
  description: z.string(),
  createdBy: z.string().nullable(),
  createdAt: z.date(),
  latestVersion: z.number().int().nullable(),
  versions: z.number().int(),
  aliases: z.array(aliasShape),
});

export const modelVersionShape = z.object({
  model: z.string(),
  version: z.number().int(),
  uuid: z.uuid(),
  status: z.enum(VERSION_STATUSES),
  flavor: z.string().nullable(),
  flavors: z.record(z.string(), z.looseObject({ served: z.boolean(), reason: z.string().optional() })),
  signature: signatureSchema.nullable(),
  files: z.array(z.object({ path: z.string(), bytes: z.number(), sha256: z.string() })),
  sha256: z.string(),
  bytes: z.number(),
  tags: z.record(z.string(), z.string()),
  metrics: z.record(z.string(), z.number()),
  problems: z.array(z.string()),
  training: z.unknown(),
  sourceRunId: z.string().nullable(),
  aliases: z.array(z.string()),
  createdBy: z.string().nullable(),
  createdAt: z.date(),
});

/** A version that an alias points at, or will when the endpoints in `pending` have started it. */
export const aliasMoveShape = modelVersionShape.extend({ pending: z.array(z.string()) });

export const modelListQuery = z.strictObject({ q: z.string().max(200).optional(), limit: z.coerce.number().int().min(1).max(200).default(50), cursor: z.string().optional() });
export const versionListQuery = z.strictObject({ tag: z.string().min(1).optional(), limit: z.coerce.number().int().min(1).max(200).default(50), cursor: z.string().optional() });
export const versionUploadQuery = z.strictObject({ path: z.string().min(1).optional() });
