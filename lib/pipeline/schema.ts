import { z } from 'zod';
import { slugSchema } from './fields';
import { type Problem } from './problems';
import { type DraftSpec, type Spec } from './spec';

/** A tag is `key` or `key:value`. */
export const tagSchema = z
  .string()
  .trim()
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{N}_.-]{0,62}(:[\p{L}\p{N}_. -]{1,62})?$/u,
    'A tag is a word, or a word, a colon and a value, for example team:finance.',
  );

const nameSchema = z
  .string()
  .trim()
  .min(1, 'Give the pipeline a name.')
  .max(200, 'A name has at most 200 characters.')
  .refine((text) => !/[\p{Cc}]/u.test(text), 'A name has no control characters.');

/** Anything that may be a spec; readSpec says what is wrong with it. */
const specInput = z.unknown();

export const createPipelineSchema = z.strictObject({
  slug: slugSchema,
  name: nameSchema,
  spec: specInput.optional(),
  tags: z.array(tagSchema).max(50).optional(),
});
export const updatePipelineSchema = z.strictObject({
  name: nameSchema.optional(),
  tags: z.array(tagSchema).max(50).optional(),
  /** a member's id or e-mail; null: nobody */
  owner: z.string().min(1).nullable().optional(),
  paused: z.boolean().optional(),
  archived: z.boolean().optional(),
});
export const saveDraftSchema = z.strictObject({ baseRevision: z.number().int().min(1), spec: specInput });
export const publishSchema = z.strictObject({
  message: z.string().max(2000).optional(),
  spec: specInput.optional(),
});
export const validateSchema = z.strictObject({ spec: specInput });
export const restoreSchema = z.strictObject({ baseRevision: z.number().int().min(1).optional() });
export const listPipelinesSchema = z.strictObject({
  q: z.string().max(200).optional(),
  tag: z.string().optional(),
  owner: z.string().optional(),
  archived: z.enum(['true', 'false', 'all']).optional(),
  limit: z.coerce.number().int().min(1).max(200).optional(),
  cursor: z.string().optional(),
});

export type CreatePipeline = z.infer<typeof createPipelineSchema>;
export type UpdatePipeline = z.infer<typeof updatePipelineSchema>;
export type ListPipelines = z.infer<typeof listPipelinesSchema>;

export type Owner = { id: string; name: string; email: string };
/** One of a pipeline's last runs, newest first; times ISO 8601. */
export type LastRun = {
  id: string;
  state: string;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  trigger: string;
};

/** A pipeline in lists. */
export type PipelineRow = {
  id: string;
  slug: string;
  name: string;
  tags: string[];
  owner: Owner | null;
  paused: boolean;
  archived: boolean;
  currentVersion: number | null;
  createdAt: Date;
  lastRuns: LastRun[];
  draft: { revision: number; savedAt: Date; savedBy: string | null };
};

/** A pipeline with its draft. */
export type PipelineView = Omit<PipelineRow, 'draft'> & { draft: PipelineRow['draft'] & { spec: DraftSpec } };

export type VersionRow = { version: number; hash: string; message: string; author: string; createdAt: Date };
export type VersionView = VersionRow & { spec: Spec };

export type SavedDraft = { revision: number; problems: Problem[] };
export type Published = { version: number; hash: string; unchanged: boolean };
