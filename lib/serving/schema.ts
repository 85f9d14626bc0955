import { z } from 'zod';

/** An endpoint's slug; `v1` and `v2` begin addresses of the protocols. */
export const endpointSlugSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'Use lower-case letters, digits and dashes, starting with a letter or digit, at most 63.')
  .refine((slug) => slug !== 'v1' && slug !== 'v2', '"v1" and "v2" are parts of the protocols\' addresses. Choose another slug.');

/** How rows of waiting calls are put together. */
export const batchingSchema = z.strictObject({
  /** rows a call of the model takes at most */
  maxRows: z.number().int().min(1).max(10_000).optional(),
  /** calls that may wait for one replica; more are refused with 429 */
  maxQueue: z.number().int().min(1).max(100_000).optional(),
});
export type Batching = z.infer<typeof batchingSchema>;

const replicas = z.number().int().min(1).max(32);

export const createEndpointSchema = z
  .strictObject({
    slug: endpointSlugSchema,
    model: z.string().min(1),
    version: z.number().int().min(1).optional(),
    alias: z.string().min(1).optional(),
    minReplicas: replicas.optional(),
    maxReplicas: replicas.optional(),
    batching: batchingSchema.optional(),
  })
  .refine((given) => (given.version === undefined) !== (given.alias === undefined), { path: ['version'], message: 'Give a version or an alias, one of the two.' })
  .refine((given) => (given.minReplicas ?? 1) <= (given.maxReplicas ?? given.minReplicas ?? 1), { path: ['maxReplicas'], message: 'maxReplicas is at least minReplicas.' });
export type CreateEndpoint = z.infer<typeof createEndpointSchema>;

export const deleteEndpointSchema = z.strictObject({ confirm: z.string().optional() });
export const ledgerQuery = z.strictObject({ at: z.iso.datetime({ offset: true }).optional(), limit: z.coerce.number().int().min(1).max(500).default(100) });

export const ENDPOINT_STATES = ['starting', 'ready', 'failed'] as const;
export type EndpointState = (typeof ENDPOINT_STATES)[number];

export const VARIANTS = ['stable', 'candidate'] as const;
export type VariantName = (typeof VARIANTS)[number];

/** What a running rollout asks of the gateway; empty without one. The audience is opaque here: who assigns reads it. */
export type Routing = { rolloutId: string; step: number; seed: string; audience: unknown; shadow?: { percent: number } } | Record<string, never>;

/** Shares of traffic in percent. */
export type Weights = { stable: number; candidate: number };

export type VariantView = {
  id: string;
  name: string;
  version: number;
  uuid: string;
  weight: number;
  replicas: number;
  ready: number;
  problem: string | null;
};

export type EndpointView = {
  id: string;
  slug: string;
  model: string;
  alias: string | null;
  state: EndpointState;
  problem: string | null;
  minReplicas: number;
  maxReplicas: number;
  batching: Batching;
  variants: VariantView[];
  revision: number;
  createdBy: string | null;
  createdAt: Date;
  updatedAt: Date;
};

export type LedgerWeight = { variant: string; version: number; uuid: string; weight: number };
export type LedgerEntry = { id: string; at: Date; actor: string; verb: string; reason: string; weights: LedgerWeight[]; rolloutId: string | null };
