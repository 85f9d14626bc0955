import { z } from 'zod';
import { audienceSchema, METRICS, stateSchema } from './schema';
import { VERBS } from './states';
import { VERDICTS } from './verdict';

const versionShape = z.object({ version: z.number(), uuid: z.string() });
const weightsShape = z.object({ stable: z.number(), candidate: z.number() });
const armShape = versionShape.extend({
  units: z.number(),
  rows: z.number(),
  errors: z.number(),
  errorRate: z.number().nullable(),
  latency: z.object({ p50: z.number(), p95: z.number(), p99: z.number() }).nullable(),
  scoreMean: z.number().nullable(),
});

/** Answers of REST, for its document. */
export const evidenceShape = z.object({
  at: z.date(),
  phase: z.number().nullable(),
  kind: z.enum(['traffic', 'shadow']),
  weight: z.number(),
  candidate: armShape,
  stable: armShape,
  comparisons: z.array(z.object({
    metric: z.enum(METRICS),
    candidate: z.number().nullable(),
    stable: z.number().nullable(),
    difference: z.number().nullable(),
    low: z.number().nullable(),
    high: z.number().nullable(),
    margin: z.number(),
    finding: z.enum(['better', 'no_worse', 'worse', 'undecided', 'no_data']),
    units: z.number(),
    guard: z.boolean(),
  })),
  sampleRatio: z.object({
    state: z.enum(['as_planned', 'off', 'too_few']),
    chi2: z.number(),
    df: z.number(),
    p: z.number(),
    inBothArms: z.number(),
    phases: z.array(z.object({ step: z.number(), weight: z.number(), stable: z.number(), candidate: z.number() })),
  }),
  verdict: z.enum(VERDICTS),
  lead: z.string(),
  rest: z.string(),
});

const summaryFields = {
  id: z.string(),
  endpoint: z.string().nullable(),
  model: z.string().nullable(),
  state: stateSchema,
  step: z.number(),
  steps: z.array(z.record(z.string(), z.unknown())),
  stepStartedAt: z.date(),
  weights: weightsShape,
  candidate: versionShape,
  baseline: versionShape,
  revision: z.number(),
  reason: z.string(),
  createdBy: z.string().nullable(),
  createdAt: z.date(),
  finishedAt: z.date().nullable(),
};
export const rolloutSummaryShape = z.object(summaryFields);

export const rolloutShape = z.object({
  ...summaryFields,
  audience: audienceSchema,
  unit: z.string(),
  metrics: z.array(z.object({ metric: z.enum(METRICS), margin: z.number().optional() })),
  seed: z.string(),
  ready: z.object({ replicas: z.number(), ready: z.number(), problem: z.string().nullable() }).nullable(),
  approval: z.object({
    role: z.string(),
    minApprovers: z.number(),
    expiresAt: z.date(),
    evidenceHash: z.string(),
    approvals: z.array(z.object({ by: z.string(), at: z.date(), reason: z.string() })),
  }).nullable(),
  evidence: evidenceShape.nullable(),
  evidenceHash: z.string().nullable(),
  decisions: z.array(z.object({
    id: z.string(),
    at: z.date(),
    actor: z.string(),
    verb: z.string(),
    reason: z.string(),
    fromState: stateSchema,
    toState: stateSchema,
    step: z.number(),
    weights: weightsShape,
    evidence: evidenceShape.nullable(),
    evidenceHash: z.string().nullable(),
  })),
  may: z.record(z.enum(VERBS), z.string().nullable()),
});
