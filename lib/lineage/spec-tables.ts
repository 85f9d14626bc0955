import { ExpressionError, findTemplates, replaceTemplates } from '@/lib/core/expressions';
import { sqlFacts, type Facts } from '@/lib/datasets/server';
import { type Column } from '@/lib/datasets';
import { compile, findCycle, inputTables, readsOf, type DraftSpec } from '@/lib/pipeline';
import { requirePipeline } from '@/lib/pipeline/server';
import { type Context } from '@/lib/tenancy/server';
import { datasetSchemas, lastSchemas } from './store';

type SqlProblem = { message: string; severity?: 'error' | 'warning' };
/** A table at a task; columns is null while nothing is known of them. */
export type KnownTable = { name: string; columns: Column[] | null };

/** What is known of the tables in a draft, without running it: what reaches each task, and what each one makes. */
export type SpecTables = {
  inputs: Record<string, KnownTable[]>;
  columns: Record<string, Column[]>;
  sql: Record<string, SqlProblem[]>;
};

/** SQL of at most this many tasks is asked about at one time; answers are kept, so the next time goes on from there. */
const BUDGET_MS = 2_500;
const KEPT = 2_000;
const kept = new Map<string, Facts>();

/**
 * specTables follows columns through a draft: datasets by their newest good version, SQL by what the database engine says of
 * it, everything else by the newest table that the task made. For completion in the editor and for validate()'s facts.
 */
export async function specTables(ctx: Context, slug: string, spec: DraftSpec): Promise<SpecTables> {
  await requirePipeline(ctx, slug);
  const ids = new Set(spec.tasks.map((task) => task.id));
  if (
    ids.size < spec.tasks.length ||
    spec.edges.some((edge) => !ids.has(edge.from) || !ids.has(edge.to)) ||
    findCycle(spec)
  )
    return { inputs: {}, columns: {}, sql: {} };
  const arriving = inputTables(spec);
  const [made, stored] = await Promise.all([
    lastSchemas(ctx.workspaceId, slug),
    datasetSchemas(ctx.workspaceId, [
      ...new Set(spec.tasks.flatMap((task) => readsOf(task).map((read) => read.dataset))),
    ]),
  ]);
  const columns = new Map<string, Column[]>();
  const found: SpecTables = { inputs: {}, columns: {}, sql: {} };
  const tasks = new Map(spec.tasks.map((task) => [task.id, task]));
  const until = performance.now() + BUDGET_MS;
  for (const { taskId } of compile(spec).tasks) {
    const task = tasks.get(taskId);
    if (!task) continue;
    const inputs: KnownTable[] = [
      ...(arriving.get(taskId) ?? []).map((table) => ({
        name: table.name,
        columns: columns.get(table.from) ?? null,
      })),
      ...readsOf(task).map((read) => ({ name: read.name, columns: stored.get(read.dataset) ?? null })),
    ];
    found.inputs[taskId] = inputs;
    const last = made.get(taskId);
    const dataset =
      task.kind === 'source' && typeof task.config.dataset === 'string'
        ? stored.get(task.config.dataset)
        : undefined;
    const known = dataset ?? last;
    if (known) columns.set(taskId, known);
    if (
      task.kind !== 'sql' ||
      typeof task.config.sql !== 'string' ||
      task.config.sql.trim() === '' ||
      performance.now() > until
    )
      continue;
    const facts = await factsOf(inputs, task.config.sql);
    if (!facts) continue;
    const whole = inputs.every((table) => table.columns !== null);
    const problems = whole
      ? facts.problems
      : facts.problems.filter((problem) => problem.code === 'syntax' || problem.code === 'refused');
    if (problems.length > 0) found.sql[taskId] = problems.map((problem) => ({ message: sentence(problem) }));
    if (whole && facts.columns.length > 0) columns.set(taskId, facts.columns);
  }
  found.columns = Object.fromEntries(columns);
  return found;
}

const sentence = (problem: Facts['problems'][number]): string =>
  problem.hint ? `${problem.message} ${problem.hint}` : problem.message;

/** A template is a placeholder here: only its place matters, not its value. */
async function factsOf(inputs: KnownTable[], sql: string): Promise<Facts | null> {
  let text: string;
  try {
    text = replaceTemplates(sql, findTemplates(sql), (_, index) => `$penstock_${index + 1}`);
  } catch (error) {
    if (error instanceof ExpressionError) return null; // validate() names the broken expression itself
    throw error;
  }
  const tables = inputs.flatMap((table) =>
    table.columns ? [{ name: table.name, columns: table.columns }] : [],
  );
  const key = JSON.stringify([tables, text]);
  const known = kept.get(key);
  if (known) return known;
  const facts = await sqlFacts(tables, text);
  if (kept.size > KEPT) kept.clear();
  kept.set(key, facts);
  return facts;
}
