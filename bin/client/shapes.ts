import { z } from 'zod';

/** What the commands read of the answers (contract §3); everything else passes through for `--json`. */
export const listOf = <T extends z.ZodType>(item: T) => z.looseObject({ items: z.array(item), nextCursor: z.string().nullish() });

export const specSchema = z.looseObject({ params: z.array(z.looseObject({ name: z.string(), type: z.string() })).optional() });

export const pipelineSchema = z.looseObject({
  slug: z.string(),
  name: z.string(),
  paused: z.boolean().optional(),
  currentVersion: z.number().nullish(),
  draft: z.looseObject({ revision: z.number(), spec: specSchema.optional() }),
});
export const versionSchema = z.looseObject({ spec: specSchema });

export const problemItem = z.looseObject({ path: z.string(), message: z.string(), severity: z.string().default('error') });

export const runSchema = z.looseObject({
  id: z.string(),
  pipeline: z.string(),
  version: z.number().nullish(),
  state: z.string(),
  trigger: z.looseObject({ kind: z.string() }).optional(),
  createdAt: z.string(),
  startedAt: z.string().nullish(),
  finishedAt: z.string().nullish(),
  tasks: z
    .array(
      z.looseObject({
        taskId: z.string(),
        mapIndex: z.number().nullish(),
        state: z.string(),
        attempt: z.number(),
        reason: z.looseObject({ text: z.string() }).nullish(),
      }),
    )
    .optional(),
});
export type Run = z.infer<typeof runSchema>;

export const logLines = listOf(z.looseObject({ n: z.number(), at: z.string().nullish(), stream: z.string(), text: z.string() }));

const ENDED = new Set(['succeeded', 'failed', 'cancelled']);

/** hasEnded tells whether a run will not change any more by itself. */
export const hasEnded = (run: Run): boolean => ENDED.has(run.state);
