import { z } from 'zod';
import { draftSpecSchema, LANES } from '@/lib/pipeline';
import { readCursor } from './cursor';
import { paceSchema } from './pace';
import { RUN_STATES, TASK_STATES } from './states';

export const TRIGGER_KINDS = [
  'manual', 'schedule', 'dataset', 'webhook', 'file', 'run', 'backfill', 'try', 'subpipeline', 'rerun',
] as const;
export type TriggerKind = (typeof TRIGGER_KINDS)[number];

/** One question that waits for a decision. */
export const waitingApprovalSchema = z.object({
  runId: z.string(),
  pipeline: z.string(),
  version: z.number().int().nullable(),
  taskId: z.string(),
  mapIndex: z.number().int().nullable(),
  message: z.string(),
  approvers: z.array(z.string()),
  notAuthor: z.boolean(),
  startedBy: z.string().nullable(),
  askedAt: z.date().nullable(),
  expiresAt: z.date().nullable(),
  /** null when the caller may decide, else why not */
  refusal: z.string().nullable(),
});
export type WaitingApproval = z.infer<typeof waitingApprovalSchema>;

/** Why a task waits: the closed list of contract §3. */
export const REASON_CODES = [
  'upstream', 'pool', 'pipeline_limit', 'workspace_limit', 'tag_limit', 'lane_share', 'queue_order', 'worker_tags', 'no_worker',
  'paused', 'held_by_check', 'retry_delay', 'sensor', 'approval', 'depends_on_past', 'disk_full',
] as const;

const json = z.json();
const params = z.record(z.string(), json);
const instant = z.iso.datetime({ offset: true, message: 'Give a time like 2001-04-18T00:00:00Z.' });

export const createRunBody = z.strictObject({
  params: params.optional(),
  version: z.number().int().min(1).optional(),
  logicalDate: instant.optional(),
  lane: z.enum(LANES).optional(),
  note: z.string().max(2000).optional(),
});

export const tryBody = z.strictObject({
  spec: draftSpecSchema,
  taskId: z.string().min(1),
  upTo: z.boolean().optional(),
  sampleRows: z.number().int().min(1).max(1_000_000).optional(),
  params: params.optional(),
});

export const rerunBody = z.strictObject({
  from: z.enum(['start', 'failed']).default('failed'),
  taskIds: z.array(z.string()).min(1).optional(),
  version: z.number().int().min(1).optional(),
});

export const clearBody = z.strictObject({
  upstream: z.boolean().optional(),
  downstream: z.boolean().optional(),
  onlyFailed: z.boolean().optional(),
  past: z.boolean().optional(),
  future: z.boolean().optional(),
  mapIndex: z.number().int().optional(),
});

export const raiseBody = z
  .strictObject({ lane: z.enum(LANES).optional(), priority: z.number().int().min(-1_000_000).max(1_000_000).optional() })
  .refine((body) => body.lane !== undefined || body.priority !== undefined, 'Give a lane, a priority, or both.');

export const markBody = z.strictObject({
  state: z.enum(['succeeded', 'failed', 'skipped']),
  reason: z.string().trim().min(1, 'Say why, so that others can follow it.').max(2000),
  mapIndex: z.number().int().optional(),
});

export const approveBody = z.strictObject({
  decision: z.enum(['approve', 'reject']),
  reason: z.string().trim().min(1, 'Say why, so that others can follow it.').max(2000),
  mapIndex: z.number().int().min(0).optional(),
});

const states = z.string().transform((s) => s.split(',').filter(Boolean)).pipe(z.array(z.enum(RUN_STATES)));
const kinds = z.string().transform((s) => s.split(',').filter(Boolean)).pipe(z.array(z.enum(TRIGGER_KINDS)));

export const listRunsQuery = z.object({
  pipeline: z.string().optional(),
  state: states.optional(),
  trigger: kinds.optional(),
  from: instant.optional(),
  to: instant.optional(),
  q: z.string().optional(),
  who: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z
    .string()
    .refine((text) => readCursor(text) !== null, 'The cursor is not one that this list gave. Leave it out to begin at the start.')
    .optional(),
});
export type ListRuns = z.infer<typeof listRunsQuery>;

export const reasonSchema = z.object({ code: z.string(), text: z.string(), details: json.optional() });
export type Reason = z.infer<typeof reasonSchema>;

const time = z.date().nullable();

export const taskRunSchema = z.object({
  taskId: z.string(),
  mapIndex: z.number().int().nullable(),
  /** of a mapped task's own row: how many parts its list has; null before it is made, and for every other task */
  mapCount: z.number().int().nullable(),
  kind: z.string(),
  state: z.enum(TASK_STATES),
  reason: reasonSchema.nullable(),
  attempt: z.number().int(),
  readyAt: time,
  startedAt: time,
  finishedAt: time,
  output: json,
  rowCount: z.number().nullable(),
  columnCount: z.number().nullable(),
  marked: json,
  restoredFrom: json,
  pace: paceSchema.nullable().describe('how it gets on while it runs: working, slow, waiting, stalled, unknown, with the reasons; null else'),
});
export type TaskRunView = z.infer<typeof taskRunSchema>;

/** The parts of a mapped task for its grid: one state each, in the order of its list. */
export const mapGridSchema = z.object({
  count: z.number().int(),
  counts: z.record(z.string(), z.number().int()),
  items: z.array(z.object({ mapIndex: z.number().int(), state: z.enum(TASK_STATES), attempt: z.number().int(), startedAt: time, finishedAt: time })),
  nextCursor: z.null(),
});
export type MapGrid = z.infer<typeof mapGridSchema>;

export const runSummarySchema = z.object({
  id: z.string(),
  pipeline: z.string(),
  version: z.number().int().nullable(),
  state: z.enum(RUN_STATES),
  trigger: z.object({ kind: z.enum(TRIGGER_KINDS), id: z.string().optional() }),
  lane: z.enum(LANES),
  params: z.record(z.string(), json),
  logicalDate: time,
  interval: z.object({ start: z.date(), end: z.date() }).nullable(),
  parentRunId: z.string().nullable(),
  note: z.string().nullable(),
  createdBy: z.string().nullable(),
  createdAt: z.date(),
  startedAt: time,
  finishedAt: time,
});
export type RunSummary = z.infer<typeof runSummarySchema>;

export const runSchema = runSummarySchema.extend({ tasks: z.array(taskRunSchema), taskCount: z.number().int() });
export type RunView = z.infer<typeof runSchema>;

export const attemptSchema = z.object({
  number: z.number().int(),
  state: z.string(),
  worker: z.string().nullable(),
  claimedAt: z.date(),
  startedAt: time,
  finishedAt: time,
  exitCode: z.number().int().nullable(),
  error: json,
  output: json,
  metrics: json,
  progress: z.number().nullable(),
  message: z.string().nullable(),
  resolved: json,
  timings: json,
  logLines: z.number().int(),
  brokenLines: z.number().int(),
});
export type AttemptView = z.infer<typeof attemptSchema>;

const attemptMomentSchema = attemptSchema.pick({ number: true, state: true, worker: true, claimedAt: true, startedAt: true, finishedAt: true }).extend({
  message: z.string().nullable(),
  beforeClear: z.boolean().describe('made before the task was last started over'),
});

export const timelineSchema = z.object({
  runId: z.string(),
  state: z.enum(RUN_STATES),
  createdAt: z.date(),
  startedAt: time,
  finishedAt: time,
  tasks: z.array(
    taskRunSchema.pick({ taskId: true, mapIndex: true, kind: true, state: true, finishedAt: true, pace: true }).extend({
      waitsFrom: time.describe('since when it waited for its turn: the end of the upstream it waited for last, else the creation of the run'),
      upstream: z.array(z.string()),
      critical: z.boolean().describe('on the chain of tasks that determined the end'),
      slackMs: z.number().nullable().describe('how much later it could have ended without moving the end of the run'),
      attempts: z.array(attemptMomentSchema),
    }),
  ),
});
export type TimelineView = z.infer<typeof timelineSchema>;

export const gridQuery = z.object({
  runs: z.coerce.number().int().min(1).max(100).default(25),
  state: states.optional(),
  cursor: listRunsQuery.shape.cursor,
});
export type GridQuery = z.infer<typeof gridQuery>;

const gridCellSchema = z.object({
  state: z.enum(TASK_STATES).describe('of a mapped task the state that needs a look first'),
  parts: z.number().int(),
  attempts: z.number().int().describe('the most that one part took'),
  tookMs: z.number().nullable().describe('from its first start to its end'),
  rowCount: z.number().nullable(),
});
export type GridCell = z.infer<typeof gridCellSchema>;

export const gridSchema = z.object({
  tasks: z.array(z.object({ taskId: z.string(), name: z.string() })),
  runs: z.array(runSummarySchema.extend({ cells: z.array(gridCellSchema.nullable()).describe('one for each of tasks; null where the run has no such task') })),
  nextCursor: z.string().nullable(),
});
export type GridView = z.infer<typeof gridSchema>;

export const comparisonSchema = z.object({
  other: runSummarySchema.nullable().describe('the last run of the pipeline before this one that succeeded'),
  params: z.array(z.object({ name: z.string(), now: json, before: json })).describe('those that differ'),
  tasks: z.array(
    z.object({
      taskId: z.string(),
      name: z.string(),
      now: gridCellSchema.nullable(),
      before: gridCellSchema.nullable(),
      differs: z.array(z.enum(['state', 'duration', 'rows'])),
    }),
  ),
});
export type ComparisonView = z.infer<typeof comparisonSchema>;
