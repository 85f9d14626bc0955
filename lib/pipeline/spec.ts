import { z } from 'zod';
import { checkSchema } from './checks';
import { datasetNameSchema, expressionSchema, json, seconds, taskIdSchema } from './fields';
import { NODE_KINDS, type NodeKind } from './nodes/table';
import { triggerSchema } from './triggers';

/** The schemaVersion that this product writes; older ones are lifted by upgrade, newer ones refused. */
export const SCHEMA_VERSION = 1;

/** Airflow's twelve names (semantics §1). */
export const TRIGGER_RULES = [
  'all_success',
  'all_failed',
  'all_done',
  'all_done_min_one_success',
  'all_skipped',
  'one_success',
  'one_failed',
  'one_done',
  'none_failed',
  'none_failed_min_one_success',
  'none_skipped',
  'always',
] as const;
export type TriggerRule = (typeof TRIGGER_RULES)[number];

export const LANES = ['interactive', 'production', 'backfill', 'exploratory'] as const;
export type Lane = (typeof LANES)[number];

export const PARAM_TYPES = ['string', 'integer', 'number', 'boolean', 'date', 'datetime', 'json'] as const;
export type ParamType = (typeof PARAM_TYPES)[number];

export const paramSchema = z.strictObject({
  name: z
    .string()
    .regex(
      /^[a-z][A-Za-z0-9_]{0,62}$/,
      'A param name starts with a small letter and has only letters, digits and _ (at most 63).',
    ),
  type: z.enum(PARAM_TYPES),
  /** Without one a run must give the value. */
  default: json.optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  pattern: z.string().optional(),
  enum: z
    .array(z.union([z.string(), z.number(), z.boolean()]))
    .min(1)
    .optional(),
  label: z.string().optional(),
  description: z.string().optional(),
});
export type Param = z.infer<typeof paramSchema>;

export const retrySchema = z.strictObject({
  count: z.number().int().min(0).max(100).optional(),
  delaySeconds: z.number().min(0).max(604_800).optional(),
  factor: z.number().min(1).max(100).optional(),
  maxDelaySeconds: z.number().min(0).max(604_800).optional(),
  /** true: up to the whole delay; a number: that share of it */
  jitter: z.union([z.boolean(), z.number().min(0).max(1)]).optional(),
  /** exit codes and error codes that are worth another try; without it all are */
  on: z
    .array(z.union([z.number().int(), z.string().min(1)]))
    .min(1)
    .optional(),
});
export type Retry = z.infer<typeof retrySchema>;

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Give a time like 07:30.');
const deadlineActions = z.array(
  z.discriminatedUnion('action', [
    z.strictObject({ action: z.literal('notify'), channel: z.string().min(1) }),
    z.strictObject({ action: z.literal('raise_lane') }),
    z.strictObject({ action: z.literal('cancel') }),
    z.strictObject({ action: z.literal('fail') }),
    z.strictObject({ action: z.literal('run'), pipeline: z.string().min(1) }),
  ]),
);
const withActions = { name: z.string().optional(), actions: deadlineActions.optional() };

/** Deadline as in semantics §6; times in seconds. */
export const deadlineSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('finish_by'), time: clock, zone: z.string().optional(), ...withActions }),
  z.strictObject({ type: z.literal('finish_within'), seconds, ...withActions }),
  z.strictObject({ type: z.literal('run_within'), seconds, ...withActions }),
  z.strictObject({ type: z.literal('start_within'), seconds, ...withActions }),
  z.strictObject({ type: z.literal('fresh_within'), seconds, ...withActions }),
]);

const readSchema = z.union([
  datasetNameSchema,
  z.strictObject({
    dataset: datasetNameSchema,
    as: taskIdSchema.optional(),
    window: z.enum(['all', 'interval', 'latest']).optional(),
  }),
]);
const writeSchema = z.union([
  datasetNameSchema,
  z.strictObject({ dataset: datasetNameSchema, mode: z.enum(['replace', 'append', 'interval']).optional() }),
]);

/** The optional fields that every kind of task has (contract §2). */
export const commonFields = {
  name: z.string().max(200).optional(),
  description: z.string().max(10_000).optional(),
  triggerRule: z.enum(TRIGGER_RULES).optional(),
  when: expressionSchema.optional(),
  handlesFailures: z.boolean().optional(),
  failureAllowed: z.boolean().optional(),
  retry: retrySchema.optional(),
  timeoutSeconds: seconds.optional(),
  queueTimeoutSeconds: seconds.optional(),
  startTimeoutSeconds: seconds.optional(),
  heartbeatTimeoutSeconds: seconds.optional(),
  stalled: z
    .strictObject({ afterSeconds: seconds.optional(), then: z.enum(['alert', 'retry']).optional() })
    .optional()
    .describe('Without CPU, output or progress for afterSeconds (300): tell (alert, the default), or end the try so that a retry begins (retry).'),
  memoryMb: z.number().int().min(16).max(1_048_576).optional(),
  onLost: z.enum(['retry', 'fail']).optional(),
  reuse: z.boolean().optional(),
  pool: z.string().min(1).optional(),
  poolSlots: z.number().int().min(1).max(1000).optional(),
  priority: z.number().int().min(-1_000_000).max(1_000_000).optional(),
  workerTags: z.array(z.string().min(1)).optional(),
  deadlines: z.array(deadlineSchema).optional(),
  reads: z.array(readSchema).optional(),
  writes: writeSchema.optional(),
  checks: z.array(checkSchema).optional(),
  latestOnly: z.boolean().optional(),
  map: z
    .strictObject({ over: expressionSchema, maxParallel: z.number().int().min(1).max(10_000).optional() })
    .optional(),
  group: z.string().min(1).max(100).optional(),
};

const taskOf = <K extends NodeKind, C extends z.ZodType>(kind: K, config: C) =>
  z.strictObject({ id: taskIdSchema, kind: z.literal(kind), config, ...commonFields });

export const taskSchema = z.discriminatedUnion('kind', [
  taskOf('source', NODE_KINDS.source.configSchema),
  taskOf('sql', NODE_KINDS.sql.configSchema),
  taskOf('python', NODE_KINDS.python.configSchema),
  taskOf('shell', NODE_KINDS.shell.configSchema),
  taskOf('http', NODE_KINDS.http.configSchema),
  taskOf('check', NODE_KINDS.check.configSchema),
  taskOf('branch', NODE_KINDS.branch.configSchema),
  taskOf('empty', NODE_KINDS.empty.configSchema.default({})),
  taskOf('subpipeline', NODE_KINDS.subpipeline.configSchema),
  taskOf('sensor', NODE_KINDS.sensor.configSchema),
  taskOf('approval', NODE_KINDS.approval.configSchema),
  taskOf('notify', NODE_KINDS.notify.configSchema),
]);
export type Task = z.infer<typeof taskSchema>;
export type TaskOf<K extends NodeKind> = Extract<Task, { kind: K }>;

export const edgeSchema = z.strictObject({
  from: taskIdSchema,
  to: taskIdSchema,
  /** the table's name at the receiving task */
  as: taskIdSchema.optional(),
  /** false: order only */
  data: z.boolean().optional(),
  checks: z.array(checkSchema).optional(),
});
export type Edge = z.infer<typeof edgeSchema>;

export const settingsSchema = z.strictObject({
  maxActiveRuns: z.number().int().min(1).max(10_000).optional(),
  maxActiveTasks: z.number().int().min(1).max(100_000).optional(),
  runVerdict: z.enum(['handled', 'leaves']).optional(),
  deadlines: z.array(deadlineSchema).optional(),
  lane: z.enum(LANES).optional(),
  pauseOnFailure: z.boolean().optional(),
  dependsOnPast: z.boolean().optional(),
  notify: z
    .array(
      z.strictObject({
        on: z.array(z.enum(['succeeded', 'failed', 'cancelled'])).min(1),
        channel: z.string().min(1),
      }),
    )
    .optional(),
  retentionDays: z.number().int().min(1).max(36_500).optional(),
  weightRule: z.enum(['downstream', 'upstream', 'absolute']).optional(),
  groups: z.record(z.string(), z.strictObject({ deadlines: z.array(deadlineSchema).optional() })).optional(),
});
export type Settings = z.infer<typeof settingsSchema>;

const position = z.strictObject({ x: z.number(), y: z.number() });

/** Where boxes stand: no part of a version's behaviour. */
export const layoutSchema = z.looseObject({
  nodes: z.record(z.string(), position).optional(),
  groups: z.record(z.string(), z.looseObject({ folded: z.boolean().optional() })).optional(),
  notes: z
    .array(
      z.looseObject({
        id: z.string(),
        text: z.string(),
        x: z.number(),
        y: z.number(),
        width: z.number().optional(),
        height: z.number().optional(),
      }),
    )
    .optional(),
});
export type Layout = z.infer<typeof layoutSchema>;

/** A spec that may be published. */
export const specSchema = z.strictObject({
  schemaVersion: z.literal(SCHEMA_VERSION),
  params: z.array(paramSchema).default([]),
  tasks: z.array(taskSchema),
  edges: z.array(edgeSchema).default([]),
  triggers: z.array(triggerSchema).default([]),
  settings: settingsSchema.default({}),
  layout: layoutSchema.default({}),
});
export type Spec = z.infer<typeof specSchema>;

/**
 * A draft may be half finished: only its frame is fixed, so that saving never loses what a person typed. Everything that
 * keeps it from being published is a Problem of validate().
 */
export const draftTaskSchema = z.looseObject({
  id: z.string(),
  kind: z.string(),
  name: z.string().optional(),
  config: z.record(z.string(), z.unknown()).default({}),
});
export const draftEdgeSchema = z.looseObject({
  from: z.string(),
  to: z.string(),
  as: z.string().optional(),
  data: z.boolean().optional(),
});
export const draftSpecSchema = z.looseObject({
  schemaVersion: z.number().int().default(SCHEMA_VERSION),
  params: z.array(z.looseObject({ name: z.string() })).default([]),
  tasks: z.array(draftTaskSchema).default([]),
  edges: z.array(draftEdgeSchema).default([]),
  triggers: z.array(z.looseObject({ kind: z.string() })).default([]),
  settings: z.looseObject({}).default({}),
  layout: layoutSchema.default({}),
});
export type DraftTask = z.infer<typeof draftTaskSchema>;
export type DraftEdge = z.infer<typeof draftEdgeSchema>;
export type DraftSpec = z.infer<typeof draftSpecSchema>;

/** emptySpec is what a new pipeline starts with. */
export const emptySpec = (): Spec => ({
  schemaVersion: SCHEMA_VERSION,
  params: [],
  tasks: [],
  edges: [],
  triggers: [],
  settings: {},
  layout: {},
});
