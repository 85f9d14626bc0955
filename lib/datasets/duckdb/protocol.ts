import { type Column } from '../table-ref';

/** A value bound into SQL. bigint becomes BIGINT, number DOUBLE, Date TIMESTAMP WITH TIME ZONE, a list a LIST of its items. */
export type BoundValue = string | number | bigint | boolean | null | Date | BoundValue[] | TypedValue;

/** A value with its type said: DATE looks like 2001-04-18, TIMESTAMP like 2001-04-18 06:00:00.000 (UTC), JSON is text. */
export type TypedValue = { type: 'BIGINT' | 'DOUBLE' | 'VARCHAR' | 'BOOLEAN' | 'DATE' | 'TIMESTAMP' | 'JSON' | 'NULL'; value: bigint | number | string | boolean | null };

/** A table that a session shows under a name; without files it is an empty table of the given columns. */
export type SessionTable = {
  name: string;
  files: string[];
  columns: Column[];
  /** show an even sample of about this many rows; needs rowCount */
  sampleRows?: number;
  rowCount?: number;
};

/** How a session is closed in before any SQL runs. */
export type Confinement = {
  memoryMb: number;
  threads: number;
  /** where DuckDB spills; removed by whoever made it */
  spillFolder: string;
  maxSpillMb: number;
  /** files that may be read */
  paths: string[];
  /** folders that may be read and written */
  folders: string[];
};

/** What can be wrong with SQL or with a file, for people. Lines and columns count from 1 in the text that was given. */
export type DuckdbProblem = {
  code:
    | 'syntax'
    | 'unknown_column'
    | 'unknown_table'
    | 'unknown_function'
    | 'wrong_types'
    | 'refused'
    | 'out_of_memory'
    | 'disk_full'
    | 'broken_file'
    | 'bad_value'
    | 'interrupted'
    | 'other';
  message: string;
  line?: number;
  column?: number;
  hint?: string;
  candidates?: string[];
  detail?: string;
};

export type Rows = { columns: Column[]; rows: unknown[][] };

/** What can be asked of a DuckDB process. `open` comes first, once. */
export type Request =
  | { op: 'open'; confinement: Confinement }
  | { op: 'tables'; tables: SessionTable[] }
  /** SQL that a person wrote: checked statement by statement; the last one's rows go to `target` (Parquet) */
  | { op: 'script'; sql: string; values: Record<string, BoundValue>; target: string }
  /** a query that a person wrote: one SELECT, its first rows come back */
  | { op: 'select'; sql: string; values: Record<string, BoundValue>; maxRows: number }
  /** SQL of ours */
  | { op: 'query'; sql: string; values: BoundValue[]; maxRows: number }
  /** what a person's SQL would give on these empty tables; in a database of its own */
  | { op: 'facts'; tables: SessionTable[]; sql: string; timeoutMs: number };

export type Written = { columns: Column[]; rowCount: number };
export type Facts = { columns: Column[]; problems: DuckdbProblem[] };

type Answers = { open: null; tables: null; script: Written; select: Rows; query: Rows; facts: Facts };
export type Answer<R extends Request> = Answers[R['op']];

export type Reply = { id: number; result: unknown } | { id: number; problem: DuckdbProblem };
