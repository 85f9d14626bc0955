import { z } from 'zod';
import { ROLLOUT_STATES } from './states';

/** What is compared between the candidate and the stable version. */
export const METRICS = ['error_rate', 'latency_p95', 'score_mean'] as const;
export type Metric = (typeof METRICS)[number];

const MOST_STEPS = 50;
const MOST_LISTED = 10_000;
const LONGEST_PAUSE_SECONDS = 90 * 86_400;
const DAY_SECONDS = 86_400;

const metricName = z.enum(METRICS, { message: `Name a metric: ${METRICS.join(', ')}.` });
/** A metric by its name, or with the margin by which the candidate may be worse: a share, milliseconds, or the score's unit. */
export const metricSchema = z
  .union([metricName, z.strictObject({ metric: metricName, margin: z.number().positive().optional() })], {
    message: `Give the name of a metric (${METRICS.join(', ')}) or {"metric": name, "margin": number}.`,
  })
  .transform((given): ComparedMetric => (typeof given === 'string' ? { metric: given } : given));
export type ComparedMetric = { metric: Metric; margin?: number | undefined };

const metricList = z.array(metricSchema).max(METRICS.length);

const weight = z
  .number({ message: 'Give the candidate\'s share in percent, 0 to 100.' })
  .min(0, 'Give the candidate\'s share in percent, 0 to 100.')
  .max(100, 'Give the candidate\'s share in percent, 0 to 100.')
  .refine((share) => Math.abs(share * 100 - Math.round(share * 100)) < 1e-6, 'A share has two decimals at most.');

export const approveSchema = z.strictObject({
  role: z.enum(['approver', 'admin'], { message: 'Ask for the role approver or admin; others may not approve.' }).default('approver'),
  minApprovers: z.number().int().min(1).max(20).default(1),
  expiresSeconds: z.number().int().min(1).max(LONGEST_PAUSE_SECONDS).default(DAY_SECONDS),
});

const STEP_KINDS = ['shadow', 'weight', 'pause', 'analysis', 'approve', 'promote'] as const;
export type StepKind = (typeof STEP_KINDS)[number];

const stepBody = z
  .strictObject({
    shadow: z.strictObject({ percent: z.number().positive().max(100), minRows: z.number().int().positive().optional() }).optional(),
    weight: weight.optional(),
    pause: z.number().min(0).max(LONGEST_PAUSE_SECONDS).nullable().optional(),
    analysis: z.strictObject({ metrics: metricList.min(1, 'Name at least one metric.') }).optional(),
    approve: approveSchema.optional(),
    promote: z.strictObject({}).optional(),
  })
  .superRefine((step, context) => {
    if (STEP_KINDS.filter((kind) => step[kind] !== undefined).length !== 1)
      context.addIssue({ code: 'custom', message: `A step is one of ${STEP_KINDS.join(', ')}, like {"weight": 5}.` });
  });
export type StepBody = z.output<typeof stepBody>;

/** A step with its kind said, so that decisions can switch on it. */
export type Step =
  | { kind: 'weight'; weight: number }
  | { kind: 'pause'; seconds: number | null }
  | { kind: 'analysis'; metrics: ComparedMetric[] }
  | { kind: 'approve'; role: 'approver' | 'admin'; minApprovers: number; expiresSeconds: number }
  | { kind: 'promote' }
  | { kind: 'shadow'; percent: number; minRows: number };

/** readStep tells a step's kind. */
export function readStep(step: StepBody): Step {
  if (step.weight !== undefined) return { kind: 'weight', weight: step.weight };
  if (step.pause !== undefined) return { kind: 'pause', seconds: step.pause };
  if (step.analysis) return { kind: 'analysis', metrics: step.analysis.metrics };
  if (step.approve) return { kind: 'approve', ...step.approve };
  if (step.shadow) return { kind: 'shadow', percent: step.shadow.percent, minRows: step.shadow.minRows ?? 0 };
  return { kind: 'promote' };
}

export const stepsSchema = z.array(stepBody).min(1, 'Give at least one step, like {"weight": 5}.').max(MOST_STEPS);

const units = z.array(z.string().min(1).max(200)).max(MOST_LISTED);
/** Who takes part. `rules` are expressions about the request (`item.<attribute>`); with rules, a unit for which none holds stays with the stable version. */
export const audienceSchema = z.strictObject({
  deny: units.optional(),
  allow: units.optional(),
  rules: z.array(z.strictObject({ if: z.string().min(1).max(1000) })).max(20).optional(),
});
export type Audience = z.output<typeof audienceSchema>;

export const newRolloutSchema = z.strictObject({
  candidate: z.number({ message: 'Give the number of a version of the endpoint\'s model.' }).int().positive().max(2 ** 31 - 1),
  steps: stepsSchema,
  audience: audienceSchema.default({}),
  unit: z.string().min(1, 'Say what a unit is, for example "user".').max(200).default('x-unit-id'),
  metrics: metricList.default([{ metric: 'error_rate' }, { metric: 'latency_p95' }]),
});
export type NewRollout = z.output<typeof newRolloutSchema>;

export const decisionBody = z.strictObject({
  reason: z.string({ message: 'Give a reason; it stands in the ledger.' }).trim().min(1, 'Give a reason; it stands in the ledger.').max(2000),
  /** the revision that was seen; a newer one refuses the decision, but never an abort */
  revision: z.number().int().positive().optional(),
  /** the evidence that was seen; other evidence refuses an approval */
  evidenceHash: z.string().max(64).optional(),
});
export type DecisionBody = z.output<typeof decisionBody>;

export const stateSchema = z.enum(ROLLOUT_STATES);

export const listRolloutsQuery = z.strictObject({
  endpoint: z.string().optional(),
  state: stateSchema.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().optional(),
});
