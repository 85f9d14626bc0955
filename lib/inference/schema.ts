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

export const inferencesQuery = z.strictObject({
  endpoint: z.string().min(1).optional(),
  id: z.string().min(1).optional(),
  unitId: z.string().min(1).optional(),
  variant: z.string().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().optional(),
});
export type InferencesQuery = z.infer<typeof inferencesQuery>;
