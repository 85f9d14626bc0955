import { z } from 'zod';

export const logStreamSchema = z.enum(['stdout', 'stderr', 'system']);
export type LogStream = z.infer<typeof logStreamSchema>;

/** One line of an attempt's log; `n` counts from 1 over the attempt, `system` lines are the product's own words. */
export const logLineSchema = z.object({
  n: z.number().int(),
  at: z.iso.datetime(),
  stream: logStreamSchema,
  text: z.string(),
});
export type LogLine = z.infer<typeof logLineSchema>;

/** What a reader of a log may ask for. */
export const logQuerySchema = z.object({
  attempt: z.coerce.number().int().min(1).optional().describe('number of the attempt; the newest when left out'),
  mapIndex: z.coerce.number().int().min(-1).default(-1).describe('index of a mapped task; -1 for others'),
  after: z.coerce.number().int().min(0).optional().describe('lines after this number'),
  before: z.coerce.number().int().min(1).optional().describe('the last lines before this number, instead of `after`'),
  limit: z.coerce.number().int().min(1).max(5000).default(1000).describe('at most this many lines'),
  q: z.string().max(500).optional().describe('only lines that contain this text, whatever the case'),
  context: z.coerce.number().int().min(0).max(20).default(0).describe('with `q`: also this many lines around each match'),
});
export type LogQuery = z.infer<typeof logQuerySchema>;

/** A page of a log. `matches` and `nextMatch` only with `q`; `nextAfter` is null when nothing is left. */
export const logPageSchema = z.object({
  items: z.array(logLineSchema.extend({ match: z.boolean().optional() })),
  attempt: z.number().int(),
  lines: z.number().int().describe('lines in the whole log so far'),
  firstError: z.number().int().nullable().describe('number of the first line that looks like an error'),
  matches: z.number().int().optional().describe('lines in the whole log that match'),
  nextAfter: z.number().int().nullable(),
});
export type LogPage = z.infer<typeof logPageSchema>;
