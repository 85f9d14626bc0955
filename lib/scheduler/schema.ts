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
