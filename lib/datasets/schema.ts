import { z } from 'zod';
import { checkSchema, type Check } from '@/lib/pipeline';
import { type ManifestFile, type WriteMode } from './manifest';
import { type Column } from './table-ref';

export const VERSION_STATES = ['staged', 'good', 'quarantined'] as const;
export type VersionState = (typeof VERSION_STATES)[number];

/** Where a check stands. */
export const STANDS = ['task', 'edge', 'dataset', 'node'] as const;
export type Stands = (typeof STANDS)[number];

/** What one check found. */
export type CheckOutcome = {
  check: Check;
  severity: 'warn' | 'block';
  passed: boolean;
  /** what was measured, for charts and details */
  observed: Record<string, unknown> | null;
  /** one sentence */
  message: string;
};

/** What a column holds, as far as one look tells. */
export type ColumnProfile = {
  name: string;
  type: string;
  nulls: number;
  /** about how many different values */
  distinct: number;
  min: string | number | null;
  max: string | number | null;
  mean: number | null;
  /** equal-width bins of a numeric or time column */
  histogram: { from: number | string; to: number | string; count: number }[] | null;
  /** most frequent values of other columns */
  top: { value: string; count: number }[] | null;
};

export type TableProfile = {
  rowCount: number;
  /** rows that were looked at for histograms and top values */
  sampledRows: number;
  columns: ColumnProfile[];
};

export type Preview = { schema: Column[]; rows: Record<string, unknown>[]; rowCount: number };

export type DatasetVersionView = {
  id: string;
  number: number;
  state: VersionState;
  mode: WriteMode;
  schema: Column[];
  rowCount: number;
  bytes: number;
  files: number;
  runId: string | null;
  taskId: string | null;
  pipeline: string | null;
  interval: { start: Date; end: Date } | null;
  createdAt: Date;
  settledAt: Date | null;
  /** why it is quarantined, or why a person released it */
  reason: string | null;
  releasedBy: string | null;
};

export type DatasetSummary = {
  name: string;
  currentVersion: number | null;
  rowCount: number | null;
  bytes: number | null;
  columns: number | null;
  updatedAt: Date;
  /** a newer version than the current one that is held back */
  quarantined: { version: number; reason: string | null } | null;
  writers: TaskReference[];
  readers: TaskReference[];
};

export type TaskReference = { pipeline: string; task: string };

export type DatasetView = DatasetSummary & { checks: Check[]; schema: Column[]; statistics: TableProfile | null; newest: DatasetVersionView | null };

export type CheckResultView = {
  id: string;
  stands: Stands;
  type: string;
  check: Check;
  severity: 'warn' | 'block';
  passed: boolean;
  observed: unknown;
  message: string;
  version: number | null;
  runId: string | null;
  taskId: string | null;
  at: Date;
};

/** A version row as the database keeps it. */
export type VersionRow = {
  id: string;
  workspaceId: string;
  datasetId: string;
  number: number;
  state: string;
  mode: string;
  manifest: ManifestFile[];
  schema: Column[];
};

export const checksInput = z.object({ checks: z.array(checkSchema).max(200) });
export const releaseInput = z.object({ reason: z.string().trim().min(3, 'Say why this version may be used.').max(2000) });
export const sortSchema = z.object({ column: z.string().min(1), descending: z.boolean().default(false) });
export type Sort = z.infer<typeof sortSchema>;

const columnShape = z.object({ name: z.string(), type: z.string(), nullable: z.boolean().optional() });
const referenceShape = z.object({ pipeline: z.string(), task: z.string() });
const columnProfileShape = z.object({
  name: z.string(),
  type: z.string(),
  nulls: z.number(),
  distinct: z.number(),
  min: z.union([z.string(), z.number()]).nullable(),
  max: z.union([z.string(), z.number()]).nullable(),
  mean: z.number().nullable(),
  histogram: z.array(z.object({ from: z.union([z.number(), z.string()]), to: z.union([z.number(), z.string()]), count: z.number() })).nullable(),
  top: z.array(z.object({ value: z.string(), count: z.number() })).nullable(),
});

/** Shapes of answers, for the OpenAPI document. */
export const fileShape = z.object({ path: z.string(), bytes: z.number(), sha256: z.string(), uploadedBy: z.string().nullable(), updatedAt: z.date() });
export const profileShape = z.object({ rowCount: z.number(), sampledRows: z.number(), columns: z.array(columnProfileShape) });
export const previewShape = z.object({ schema: z.array(columnShape), rows: z.array(z.record(z.string(), z.json())), rowCount: z.number() });
export const versionShape = z.object({
  id: z.uuid(),
  number: z.number().int(),
  state: z.enum(VERSION_STATES),
  mode: z.enum(['replace', 'append', 'interval']),
  schema: z.array(columnShape),
  rowCount: z.number(),
  bytes: z.number(),
  files: z.number(),
  runId: z.uuid().nullable(),
  taskId: z.string().nullable(),
  pipeline: z.string().nullable(),
  interval: z.object({ start: z.date(), end: z.date() }).nullable(),
  createdAt: z.date(),
  settledAt: z.date().nullable(),
  reason: z.string().nullable(),
  releasedBy: z.string().nullable(),
});
export const datasetSummaryShape = z.object({
  name: z.string(),
  currentVersion: z.number().int().nullable(),
  rowCount: z.number().nullable(),
  bytes: z.number().nullable(),
  columns: z.number().nullable(),
  updatedAt: z.date(),
  quarantined: z.object({ version: z.number(), reason: z.string().nullable() }).nullable(),
  writers: z.array(referenceShape),
  readers: z.array(referenceShape),
});
export const datasetShape = datasetSummaryShape.extend({
  checks: z.array(checkSchema),
  schema: z.array(columnShape),
  statistics: profileShape.nullable(),
  newest: versionShape.nullable(),
});
export const checkResultShape = z.object({
  id: z.uuid(),
  stands: z.enum(STANDS),
  type: z.string(),
  check: checkSchema,
  severity: z.enum(['warn', 'block']),
  passed: z.boolean(),
  observed: z.json(),
  message: z.string(),
  version: z.number().nullable(),
  runId: z.uuid().nullable(),
  taskId: z.string().nullable(),
  at: z.date(),
});

const limit = z.coerce.number().int().min(1).max(1000).default(100);
export const listQuery = z.object({ limit, cursor: z.string().optional(), q: z.string().optional() });
export const filesQuery = z.object({ limit, cursor: z.string().optional(), prefix: z.string().optional() });
export const uploadQuery = z.object({ path: z.string('Say where the file goes: ?path=folder/name.csv.').min(1) });
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(0).max(1000).default(100),
  offset: z.coerce.number().int().min(0).max(1e12).default(0),
  sort: z.string().min(1).optional(),
  order: z.enum(['asc', 'desc']).default('asc'),
  format: z.enum(['json', 'csv', 'parquet']).default('json'),
});
