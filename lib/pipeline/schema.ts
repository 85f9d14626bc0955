import { z } from 'zod';
import { slugSchema } from './fields';
import { type Problem } from './problems';
import { specSchema, type DraftSpec, type Spec } from './spec';

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

const instant = z.iso.datetime();
const lastRunShape = z.object({
  id: z.string(),
  state: z.string(),
  createdAt: instant,
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
  trigger: z.string(),
});

/** The shapes of answers, for the description of the API. */
export const pipelineShape = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  tags: z.array(z.string()),
  owner: z.object({ id: z.string(), name: z.string(), email: z.string() }).nullable(),
  paused: z.boolean(),
  archived: z.boolean(),
  currentVersion: z.number().int().nullable(),
  createdAt: instant,
  lastRuns: z.array(lastRunShape),
  draft: z.object({
    revision: z.number().int(),
    savedAt: instant,
    savedBy: z.string().nullable(),
    spec: z.record(z.string(), z.unknown()),
  }),
});
export const pipelineListShape = z.object({
  items: z.array(pipelineShape),
  nextCursor: z.string().nullable(),
});
export const createdPipelineShape = z.object({
  slug: z.string(),
  name: z.string(),
  draft: z.object({ revision: z.number().int() }),
});
export const problemShape = z.object({
  path: z.string(),
  taskId: z.string().optional(),
  severity: z.enum(['error', 'warning']),
  message: z.string(),
});
export const savedDraftShape = z.object({ revision: z.number().int(), problems: z.array(problemShape) });
export const problemsShape = z.object({ problems: z.array(problemShape) });
export const publishedShape = z.object({
  version: z.number().int(),
  hash: z.string(),
  unchanged: z.boolean(),
});
export const versionShape = z.object({
  version: z.number().int(),
  hash: z.string(),
  message: z.string(),
  author: z.string(),
  createdAt: instant,
  spec: specSchema,
});
export const versionListShape = z.object({
  items: z.array(versionShape.omit({ spec: true })),
  nextCursor: z.string().nullable(),
});
const fieldChangeShape = z.object({
  path: z.string(),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  code: z.string().optional(),
});
const taskNameShape = z.object({ taskId: z.string(), kind: z.string(), name: z.string().optional() });
const edgeNameShape = z.object({ from: z.string(), to: z.string() });
const fields = { fields: z.array(fieldChangeShape) };
export const diffShape = z.object({
  unchanged: z.boolean(),
  count: z.number().int(),
  layoutChanged: z.boolean(),
  tasks: z.object({
    added: z.array(taskNameShape),
    removed: z.array(taskNameShape),
    changed: z.array(taskNameShape.extend(fields)),
  }),
  edges: z.object({
    added: z.array(edgeNameShape),
    removed: z.array(edgeNameShape),
    changed: z.array(edgeNameShape.extend(fields)),
  }),
  params: z.object({
    added: z.array(z.string()),
    removed: z.array(z.string()),
    changed: z.array(z.object({ name: z.string(), ...fields })),
  }),
  triggers: z.array(fieldChangeShape),
  settings: z.array(fieldChangeShape),
});
