import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Check } from '@/lib/pipeline';
import { DuckdbError, type DuckdbProcess } from '../duckdb/process';
import { type BoundValue } from '../duckdb/protocol';
import { takeDuckdb, warmDuckdb } from '../duckdb/spare';
import { type CheckOutcome, type Stands } from '../schema';
import { store } from '../storage';
import { planCheck, type CheckPlan, type Finding, type NamedTable } from './plan';

/** Checks of one place on tables that are already stored. */
export type CheckRequest = {
  checks: Check[];
  /** tables under test; a check without `table` means the only one */
  tables: NamedTable[];
  /** further tables that a check may refer to */
  others?: NamedTable[];
  /** domain time, for freshness */
  now: Date;
  signal?: AbortSignal;
  limits?: { memoryMb: number; threads: number };
  /** puts values in place of the expressions in a check's SQL; without it the SQL is taken as it stands */
  bind?: (sql: string) => { sql: string; values: Record<string, BoundValue> };
};

const MAX_ROWS = 1000;

/**
 * runChecks finds out about each check, in order. A check that cannot run is failed, with the reason. It never throws for
 * what a check finds; SQL runs in a process of its own that sees only these tables.
 */
export async function runChecks(request: CheckRequest): Promise<CheckOutcome[]> {
  const all = [...request.tables, ...(request.others ?? [])];
  const plans = request.checks.map((check) => planFor(check, request, all));
  const needsTables = plans.some((plan) => plan.by === 'query' || plan.by === 'rows');
  if (!needsTables) return Promise.all(request.checks.map((check, i) => decide(check, plans[i], null, request)));
  return withTables(all, request, async (duckdb) => {
    const outcomes: CheckOutcome[] = [];
    for (const [i, check] of request.checks.entries()) outcomes.push(await decide(check, plans[i], duckdb, request));
    return outcomes;
  });
}

function planFor(check: Check, request: CheckRequest, all: NamedTable[]): CheckPlan {
  const named = check.table === undefined ? undefined : (request.tables.find((each) => each.name === check.table) ?? all.find((each) => each.name === check.table));
  if (check.table !== undefined && !named) return { by: 'nothing', message: `There is no table "${check.table}" here, so the check could not run.` };
  const [first, ...more] = request.tables;
  const tested = named ?? (check.type === 'sql' || more.length === 0 ? first : undefined);
  if (!tested) {
    return { by: 'nothing', message: first ? `Several tables reach this check (${request.tables.map(({ name }) => name).join(', ')}). Say in the check which one is meant.` : 'No table reaches this check. Connect one.' };
  }
  return planCheck(check, tested, all, request.now);
}

async function decide(check: Check, plan: CheckPlan | undefined, duckdb: DuckdbProcess | null, request: CheckRequest): Promise<CheckOutcome> {
  const severity = check.severity ?? 'block';
  const told = (finding: Finding): CheckOutcome => ({ check, severity, ...finding });
  const failed = (message: string): CheckOutcome => ({ check, severity, passed: false, observed: null, message });
  if (!plan) return failed('The check could not run.');
  if (plan.by === 'facts') return told(plan.finding);
  if (plan.by === 'nothing') return failed(plan.message);
  if (!duckdb) return failed('The check could not run.');
  try {
    if (plan.by === 'query') {
      const { rows } = await duckdb.ask({ op: 'query', sql: plan.sql, values: plan.values, maxRows: 1 });
      return told(plan.judge(rows[0] ?? []));
    }
    const bound = request.bind?.(plan.sql) ?? { sql: plan.sql, values: {} };
    const { rows } = await duckdb.ask({ op: 'select', sql: bound.sql, values: bound.values, maxRows: MAX_ROWS + 1 });
    return told(plan.judge(Math.min(rows.length, MAX_ROWS), rows.length > MAX_ROWS));
  } catch (error) {
    request.signal?.throwIfAborted();
    if (!(error instanceof DuckdbError) && !(error instanceof Error)) throw error;
    const place = error instanceof DuckdbError && plan.by === 'rows' && error.problem.line !== undefined ? `line ${error.problem.line}: ` : '';
    return failed(`The check could not run: ${place}${error.message}`);
  }
}

async function withTables<T>(tables: NamedTable[], request: CheckRequest, work: (duckdb: DuckdbProcess) => Promise<T>): Promise<T> {
  const spillFolder = await mkdtemp(path.join(tmpdir(), 'penstock-check-'));
  const duckdb = await takeDuckdb();
  let letGo = () => undefined as void;
  const onAbort = () => duckdb.kill();
  request.signal?.addEventListener('abort', onAbort, { once: true });
  try {
    request.signal?.throwIfAborted();
    const shown = await Promise.all(
      tables.map(async ({ name, table }) => ({ name, files: await Promise.all(table.files.map((key) => store().get(key))), columns: table.schema, rowCount: table.rowCount })),
    );
    letGo = store().hold(shown.flatMap(({ files }) => files));
    const { memoryMb, threads } = request.limits ?? { memoryMb: 1024, threads: 2 };
    await duckdb.ask({ op: 'open', confinement: { memoryMb, threads, spillFolder, maxSpillMb: 10_240, paths: shown.flatMap(({ files }) => files), folders: [] } });
    await duckdb.ask({ op: 'tables', tables: shown });
    return await work(duckdb);
  } finally {
    request.signal?.removeEventListener('abort', onAbort);
    letGo();
    duckdb.kill();
    warmDuckdb();
    await duckdb.ended;
    await rm(spillFolder, { recursive: true, force: true });
  }
}

/** A check's outcome with the place where the check stands. */
export type PlacedOutcome = { stands: Stands; outcome: CheckOutcome };

/**
 * blockedBy gives the sentence of the failed checks that block; null when none does. Warnings never block.
 * @param outcomes in the order of the checks
 */
export function blockedBy(outcomes: CheckOutcome[]): string | null {
  const failed = outcomes.filter((outcome) => !outcome.passed && outcome.severity === 'block');
  const [first] = failed;
  if (!first) return null;
  return failed.length === 1 ? first.message : `${failed.length} checks failed. ${failed.map(({ message }) => message).join(' ')}`;
}

/**
 * checkOutput runs the checks that stand on a task's fresh output: the task's own, its outgoing edges' and the dataset's.
 * @param table the output, under the task's id
 */
export async function checkOutput(
  request: Omit<CheckRequest, 'checks' | 'tables'> & { table: NamedTable; places: { stands: Exclude<Stands, 'node'>; checks: Check[]; as?: string }[] },
): Promise<{ outcomes: PlacedOutcome[]; blocked: string | null }> {
  const outcomes: PlacedOutcome[] = [];
  const { table, places, ...rest } = request;
  for (const { stands, checks, as } of places) {
    if (checks.length === 0) continue;
    const found = await runChecks({ ...rest, checks, tables: [{ name: as ?? table.name, table: table.table }] });
    outcomes.push(...found.map((outcome) => ({ stands, outcome })));
  }
  return { outcomes, blocked: blockedBy(outcomes.map(({ outcome }) => outcome)) };
}
