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
