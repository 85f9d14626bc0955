import { z } from 'zod';
import { durationSchema } from '@/lib/pipeline';

const instant = z.iso.datetime({ offset: true, message: 'Give a time like 2026-03-28T00:00:00Z.' });

/** The most fires that a preview lists. */
const MOST_TIMES = 1000;

export const previewBody = z
  .strictObject({
    cron: z.string().min(1).max(200).optional(),
    every: durationSchema.optional(),
    start: z.string().max(40).optional(),
    zone: z.string().min(1).max(100).default('UTC'),
    calendar: z.string().min(1).max(63).optional(),
    after: instant.optional(),
    count: z.number().int().min(1).max(MOST_TIMES).default(10),
  })
  .superRefine((body, context) => {
    if ((body.cron === undefined) === (body.every === undefined)) {
      context.addIssue({ code: 'custom', path: ['cron'], message: 'Give either cron or every, and not both.' });
    }
  });
export type PreviewBody = z.output<typeof previewBody>;

export const previewShape = z.object({ times: z.array(z.date()) });

const moment = z.date();

export const intervalShape = z.object({ start: moment, end: moment });

/** A schedule of a pipeline's current version, and what it last came to. */
export const scheduleShape = z.object({
  id: z.string(),
  pipeline: z.object({ slug: z.string(), name: z.string(), paused: z.boolean() }),
  version: z.number().int(),
  words: z.string(),
  cron: z.string().nullable(),
  every: z.string().nullable(),
  zone: z.string(),
  catchup: z.boolean(),
  overlap: z.string(),
  calendar: z.string().nullable().describe('the calendar on whose days it does not fire'),
  enabled: z.boolean(),
  next: intervalShape.extend({ due: moment }).nullable().describe('The next interval and when its run is due; null while it is off or the pipeline is paused.'),
  waiting: z.number().int().describe('Intervals that wait for the run under way to end.'),
  lastResult: z.object({ kind: z.enum(['run', 'skipped', 'refused']), text: z.string(), at: z.string(), runId: z.string().optional() }).nullable(),
  lastRun: z.object({ id: z.string(), state: z.string(), interval: intervalShape.nullable(), startedAt: moment.nullable() }).nullable(),
});
export type ScheduleView = z.output<typeof scheduleShape>;

export const listSchedulesQuery = z.strictObject({ pipeline: z.string().optional() });
