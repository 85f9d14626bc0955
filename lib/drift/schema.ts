import { z } from 'zod';
import { isoTime } from './time';

export const GRAINS = ['hour', 'day', 'week', 'month'] as const;
export type Grain = (typeof GRAINS)[number];

/** What a person or a program may read of one judged window: too_few_rows; chance (the change may be chance); small (sure, but too
 * small to matter); moved (large and sure, in this window only so far); drifted (in the window before too). */
export const VERDICTS = ['too_few_rows', 'chance', 'small', 'moved', 'drifted'] as const;
export type Verdict = (typeof VERDICTS)[number];

const shared = {
  name: z.string(),
  role: z.enum(['input', 'prediction']),
  importance: z.number().min(0).max(1).optional(),
  counts: z.array(z.number().int().nonnegative()),
  rows: z.number().int().nonnegative(),
};

/** A feature frozen as bins with their counts. A numeric one counts [below, bins between its edges, above, null]; a categorical
 * one [its values, other, null]. */
export const profileFeatureSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('numeric'), edges: z.array(z.number()), ...shared }),
  z.object({ kind: z.literal('categorical'), values: z.array(z.string()), ...shared }),
]);
export type ProfileFeature = z.infer<typeof profileFeatureSchema>;

/** Where a reference comes from. */
export const referenceSourceSchema = z.union([z.object({ dataset: z.string(), version: z.number().int() }), z.object({ file: z.string() })]);
export type ReferenceSource = z.infer<typeof referenceSourceSchema>;

const span = { from: isoTime.optional(), to: isoTime.optional(), grain: z.enum(GRAINS).optional(), version: z.coerce.number().int().positive().optional() };

/** Without times the whole span that has predictions; without a grain the one that suits the span. */
export const driftQuery = z.object(span);
export type DriftQuery = z.infer<typeof driftQuery>;

export const distributionQuery = z.object({ window: isoTime, grain: z.enum(GRAINS).default('day'), version: span.version });
export type DistributionQuery = z.infer<typeof distributionQuery>;

const pointSchema = z.object({
  window: z.iso.datetime(),
  rows: z.number(),
  psi: z.number().nullable(),
  /** what chance alone stays below, 95 % */
  band: z.number().nullable(),
  /** chance of such an index without drift, corrected for the number of features */
  chance: z.number().nullable(),
  verdict: z.enum(VERDICTS),
  /** of a number: its mean */
  mean: z.number().nullable(),
});
export type DriftPoint = z.infer<typeof pointSchema>;

const seriesSchema = z.object({
  name: z.string(),
  kind: z.enum(['numeric', 'categorical']),
  importance: z.number().nullable(),
  series: z.array(pointSchema),
});
export type DriftSeries = z.infer<typeof seriesSchema>;

const modelSchema = z.object({ name: z.string(), version: z.number(), uuid: z.string() });
const referenceSchema = z.object({ status: z.enum(['none', 'waiting', 'ready', 'failed']), source: referenceSourceSchema.nullable(), rows: z.number(), problem: z.string().nullable(), createdAt: z.iso.datetime().nullable() });

export const driftReportSchema = z.object({
  endpoint: z.string(),
  model: modelSchema,
  /** the versions that have answered at this endpoint, newest first */
  versions: z.array(z.number()),
  reference: referenceSchema,
  grain: z.enum(GRAINS),
  from: z.iso.datetime().nullable(),
  to: z.iso.datetime().nullable(),
  threshold: z.number(),
  minRows: z.number(),
  finding: z.string(),
  features: z.array(seriesSchema),
  prediction: seriesSchema.nullable(),
});
export type DriftReport = z.infer<typeof driftReportSchema>;

export const distributionSchema = z.object({
  feature: z.string(),
  kind: z.enum(['numeric', 'categorical']),
  window: z.object({ start: z.iso.datetime(), end: z.iso.datetime() }),
  grain: z.enum(GRAINS),
  rows: z.number(),
  referenceRows: z.number(),
  source: referenceSourceSchema,
  psi: z.number(),
  band: z.number().nullable(),
  jensenShannon: z.number(),
  lInfinity: z.number(),
  bins: z.array(z.object({ label: z.string(), reference: z.number(), window: z.number(), low: z.number(), high: z.number() })),
});
export type Distribution = z.infer<typeof distributionSchema>;

export const monitoredSchema = z.object({
  endpoint: z.string(),
  model: z.string(),
  version: z.number().nullable(),
  reference: z.enum(['none', 'waiting', 'ready', 'failed']),
  rows: z.number(),
  lastAt: z.iso.datetime().nullable(),
  grain: z.enum(GRAINS),
  finding: z.string(),
  worst: z.object({ feature: z.string(), psi: z.number(), verdict: z.enum(VERDICTS), window: z.iso.datetime() }).nullable(),
});
export type Monitored = z.infer<typeof monitoredSchema>;
