import { z } from 'zod';
import { datasetNameSchema, expressionSchema, slugSchema } from './fields';

const enabled = z.boolean().optional();

/** An ISO 8601 duration such as PT15M or P1D. */
export const durationSchema = z
  .string()
  .regex(
    /^P(?=\d|T\d)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?$/,
    'Give an ISO 8601 duration, for example PT15M or P1D.',
  );

const instant = z
  .string()
  .refine(
    (text) => /^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(Date.parse(text)),
    'Give a date or time like 2026-01-31 or 2026-01-31T06:00:00Z.',
  );

export const scheduleTriggerSchema = z
  .strictObject({
    kind: z.literal('schedule'),
    cron: z.string().min(1).optional(),
    every: durationSchema.optional(),
    zone: z.string().min(1).optional(),
    start: instant.optional(),
    catchup: z.boolean().optional(),
    catchupWindowSeconds: z.number().positive().optional(),
    overlap: z.enum(['skip', 'buffer_one', 'buffer_all', 'cancel_other', 'allow_all']).optional(),
    calendar: z.string().min(1).optional(),
    jitterSeconds: z.number().min(0).optional(),
    enabled,
  })
  .superRefine((trigger, context) => {
    if ((trigger.cron === undefined) === (trigger.every === undefined))
      context.addIssue({
        code: 'custom',
        path: ['cron'],
        message: 'A schedule needs either cron or every, and not both.',
      });
  });

const conditions = z.array(datasetNameSchema).min(1, 'Name at least one dataset.');

export const triggerSchema = z.discriminatedUnion('kind', [
  scheduleTriggerSchema,
  z
    .strictObject({
      kind: z.literal('dataset'),
      all: conditions.optional(),
      any: conditions.optional(),
      expression: expressionSchema.optional(),
      on: z.enum(['version', 'schema']).optional(),
      onBackfill: z.boolean().optional(),
      enabled,
    })
    .superRefine((trigger, context) => {
      if ([trigger.all, trigger.any, trigger.expression].filter((each) => each !== undefined).length !== 1)
        context.addIssue({
          code: 'custom',
          path: ['any'],
          message: 'A dataset trigger needs one of all, any and expression.',
        });
    }),
  z.strictObject({
    kind: z.literal('webhook'),
    auth: z
      .union([
        z.enum(['token', 'hmac']),
        z.strictObject({ type: z.enum(['token', 'hmac']), secret: z.string().min(1).optional() }),
      ])
      .optional(),
    enabled,
  }),
  z.strictObject({
    kind: z.literal('file'),
    glob: z.string().min(1, 'Give a pattern like incoming/*.csv.'),
    enabled,
  }),
  z.strictObject({
    kind: z.literal('run'),
    pipeline: slugSchema,
    states: z
      .array(z.enum(['succeeded', 'failed', 'cancelled']))
      .min(1, 'Name at least one state.')
      .optional(),
    enabled,
  }),
]);

export type Trigger = z.infer<typeof triggerSchema>;
export type ScheduleTrigger = Extract<Trigger, { kind: 'schedule' }>;
