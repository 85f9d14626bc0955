import { z } from 'zod';
import { LANES } from '@/lib/pipeline';

const moment = z
  .string()
  .max(40)
  .refine((text) => /^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(Date.parse(text)), 'Give a date or time like 2026-01-31 or 2026-01-31T06:00:00Z.');

/** The most intervals of one backfill. */
export const MOST_INTERVALS = 10_000;

export const REPROCESS = ['none', 'failed', 'completed'] as const;
export type Reprocess = (typeof REPROCESS)[number];

const shape = {
  from: moment.optional(),
  to: moment.optional(),
  intervals: z.array(moment).min(1, 'Name at least one interval by its start.').max(MOST_INTERVALS).optional(),
  taskIds: z.array(z.string()).min(1, 'Name at least one task, or leave it out for all.').optional(),
  params: z.record(z.string(), z.json()).optional(),
  reprocess: z.enum(REPROCESS).default('none'),
  order: z.enum(['forward', 'reverse']).default('forward'),
  maxActiveRuns: z.number().int().min(1).max(100).optional(),
  lane: z.enum(LANES).default('backfill'),
  version: z.enum(['own', 'newest']).default('own'),
};

/** What a backfill is asked for. A date stands for the whole day in the schedule's zone; both ends of a range are included. */
export const planBody = z.strictObject(shape).superRefine((body, context) => {
  const range = body.from !== undefined || body.to !== undefined;
  if (range === (body.intervals !== undefined))
    context.addIssue({ code: 'custom', path: [range ? 'intervals' : 'from'], message: 'Give either from and to, or intervals.' });
  else if (range && (body.from === undefined || body.to === undefined))
    context.addIssue({ code: 'custom', path: [body.from === undefined ? 'from' : 'to'], message: 'A range needs both from and to.' });
});
export type BackfillRequest = z.output<typeof planBody>;

export const startBody = z.strictObject({ token: z.string().min(1, 'Give the token of a plan.') });
export const extendBody = z.strictObject({ from: moment.optional(), to: moment.optional(), intervals: shape.intervals }).refine(
  (body) => body.from !== undefined || body.to !== undefined || body.intervals !== undefined,
  { path: ['to'], message: 'Say up to where: give to, or from, or intervals.' },
);
export type ExtendRequest = z.output<typeof extendBody>;

export const ACTIONS = ['create', 'rerun', 'skip'] as const;
export const ITEM_STATES = ['waiting', 'running', 'succeeded', 'failed', 'cancelled', 'skipped'] as const;
export type ItemState = (typeof ITEM_STATES)[number];
export const BACKFILL_STATES = ['running', 'paused', 'succeeded', 'failed', 'cancelled'] as const;
export type BackfillState = (typeof BACKFILL_STATES)[number];

const planned = {
  intervalStart: z.date(),
  intervalEnd: z.date(),
  action: z.enum(ACTIONS),
  reason: z.string(),
  version: z.number().int().nullable(),
};

export const planItemShape = z.object({ ...planned, estimateSeconds: z.number().optional() });
export type PlanItem = z.output<typeof planItemShape>;
export const planShape = z.object({ token: z.string(), items: z.array(planItemShape) });
export type BackfillPlan = z.output<typeof planShape>;

const time = z.date().nullable();

export const backfillRowShape = z.object({
  id: z.string(),
  pipeline: z.string(),
  state: z.enum(BACKFILL_STATES),
  request: z.record(z.string(), z.json()),
  createdBy: z.string().nullable(),
  createdAt: z.date(),
  finishedAt: time,
  counts: z.object({ total: z.number(), ...Object.fromEntries(ITEM_STATES.map((state) => [state, z.number()])) } as Record<'total' | ItemState, z.ZodNumber>),
  first: time.describe('Start of its first interval.'),
  last: time.describe('Start of its last interval.'),
});
export type BackfillRow = z.output<typeof backfillRowShape>;

export const backfillShape = backfillRowShape.extend({
  items: z.array(z.object({ ...planned, state: z.enum(ITEM_STATES), runId: z.string().nullable(), startedAt: time, finishedAt: time })),
});
export type BackfillView = z.output<typeof backfillShape>;

export const listBackfillsQuery = z.strictObject({
  pipeline: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.uuid('The cursor is not one that this list gave. Leave it out to begin at the start.').optional(),
});
export type ListBackfills = z.output<typeof listBackfillsQuery>;

export const rangeQuery = z.strictObject({ from: moment, to: moment });

/** A day or hour of the calendar: an interval with its newest run. */
export const intervalRunShape = z.object({ start: z.date(), end: z.date(), state: z.string().nullable(), runId: z.string().nullable() });
export type IntervalRun = z.output<typeof intervalRunShape>;
