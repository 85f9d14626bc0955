import { z } from 'zod';
import { batchingSchema, ENDPOINT_STATES } from './schema';

/** Answers of REST, for its document. */
export const endpointShape = z.object({
  id: z.uuid(),
  slug: z.string(),
  model: z.string(),
  alias: z.string().nullable(),
  state: z.enum(ENDPOINT_STATES),
  problem: z.string().nullable(),
  minReplicas: z.number().int(),
  maxReplicas: z.number().int(),
  batching: batchingSchema,
  variants: z.array(
    z.object({ id: z.uuid(), name: z.string(), version: z.number().int(), uuid: z.uuid(), weight: z.number(), replicas: z.number().int(), ready: z.number().int(), problem: z.string().nullable() }),
  ),
  revision: z.number().int(),
  createdBy: z.string().nullable(),
  createdAt: z.date(),
  updatedAt: z.date(),
});

export const ledgerShape = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      at: z.date(),
      actor: z.string(),
      verb: z.string(),
      reason: z.string(),
      weights: z.array(z.object({ variant: z.string(), version: z.number().int(), uuid: z.uuid(), weight: z.number() })),
      rolloutId: z.string().nullable(),
    }),
  ),
});

export const endpointListQuery = z.strictObject({ q: z.string().max(200).optional(), model: z.string().min(1).optional(), limit: z.coerce.number().int().min(1).max(200).default(50), cursor: z.string().optional() });
export const statsQuery = z.strictObject({ from: z.iso.datetime({ offset: true }).optional(), to: z.iso.datetime({ offset: true }).optional() });
export const statsShape = z.object({
  from: z.date(),
  to: z.date(),
  dropped: z.number().int(),
  variants: z.array(z.looseObject({ variant: z.string(), version: z.number().int(), rows: z.number().int(), errors: z.number().int(), units: z.number().int() })),
});
