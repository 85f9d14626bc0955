import { z } from 'zod';

/** How a prediction came to its variant. `shadow`: a copy of a call, whose caller got stable's answer. */
export const ASSIGNED_BY = ['hash', 'cookie', 'forced', 'only', 'shadow'] as const;
export type AssignedBy = (typeof ASSIGNED_BY)[number];

/** What one variant did in a window of event time. */
export type VariantStats = {
  variant: string;
  version: number;
  modelVersionId: string;
  /** predictions: rows of calls */
  rows: number;
  errors: number;
  /** different unit ids */
  units: number;
  /** of answered rows, in milliseconds */
  latency: { p50: number; p95: number; p99: number; mean: number; variance: number } | null;
  /** of rows that have a score */
  score: { rows: number; mean: number; variance: number } | null;
  firstAt: Date;
  lastAt: Date;
};

/** One prediction, as people see it. */
export type InferenceView = {
  id: string;
  receivedAt: Date;
  at: Date;
  variant: string;
  version: number;
  modelUuid: string;
  rolloutId: string | null;
  rolloutStep: number | null;
  requestId: string | null;
  unitId: string | null;
  bucket: number | null;
  assignedBy: AssignedBy;
  features: Record<string, unknown> | null;
  prediction: Record<string, unknown> | null;
  score: number | null;
  latencyUs: number;
  status: number;
  error: string | null;
};

export const inferencesQuery = z.strictObject({
  endpoint: z.string().min(1).optional(),
  id: z.string().min(1).optional(),
  unitId: z.string().min(1).optional(),
  variant: z.string().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().optional(),
});
export type InferencesQuery = z.infer<typeof inferencesQuery>;

/** One prediction as a gateway writes it down; the names are the columns of the log. Times are ISO 8601 UTC. */
export type LogLine = {
  id: string;
  received_at: string;
  at: string;
  workspace_id: string;
  endpoint_id: string;
  variant: string;
  model_version_id: string;
  version: number;
  rollout_id: string | null;
  rollout_step: number | null;
  request_id: string | null;
  unit_id: string;
  bucket: number | null;
  assigned_by: AssignedBy;
  features: Record<string, unknown> | null;
  prediction: Record<string, unknown> | null;
  score: number | null;
  latency_us: number;
  status: number;
  error: string | null;
};

/** How many predictions of a minute were answered and not logged. */
export type DropLine = { drop: { endpoint_id: string; workspace_id: string; minute: string; rows: number } };

/** Answer of REST, for its document. */
export const inferenceShape = z.object({
  id: z.uuid(),
  endpoint: z.string(),
  receivedAt: z.date(),
  at: z.date(),
  variant: z.string(),
  version: z.number().int(),
  modelUuid: z.uuid(),
  rolloutId: z.string().nullable(),
  rolloutStep: z.number().int().nullable(),
  requestId: z.string().nullable(),
  unitId: z.string().nullable(),
  bucket: z.number().int().nullable(),
  assignedBy: z.enum(ASSIGNED_BY),
  features: z.record(z.string(), z.unknown()).nullable(),
  prediction: z.record(z.string(), z.unknown()).nullable(),
  score: z.number().nullable(),
  latencyUs: z.number().int(),
  status: z.number().int(),
  error: z.string().nullable(),
});
