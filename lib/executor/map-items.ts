import { evaluate, expressionReads, toJson } from '@/lib/core/expressions';
import type { Json } from '@/lib/core';
import { store } from '@/lib/datasets/server';
import { AttemptFailure, type Adapter, type AttemptContext } from './adapter';
import { scopeOf } from './scope';
import { turn } from './turn';
import { withDuckdb } from './tables';

/** A mapped task has at most this many parts. */
export const MOST_ITEMS = 10_000;

/** Tables read or joined for mapped tasks in one process at once: each is a DuckDB process. */
export const tableWork = turn(2);

/** The list of a mapped task: what its `map.over` gives, as JSON. */
export const itemsAdapter: Adapter = {
  runsUserCode: false,
  perform: async (context) => {
    const over = context.task.map?.over ?? '';
    const scope = await scopeOf(context, [over]);
    const rows: Record<string, Json> = {};
    for (const id of expressionReads(over).rows) rows[id] = await rowsOf(context, id);
    const tasks = Object.fromEntries(
      Object.entries({ ...emptyFacts(rows), ...scope.tasks }).map(([id, fact]) => [id, rows[id] === undefined ? fact : { ...fact, rows: rows[id] }]),
    );
    const items = toJson(evaluate(over, { ...scope, tasks }));
    if (!Array.isArray(items)) {
      throw new AttemptFailure('map_no_list', `The expression "${over}" of "map" gave ${items === null ? 'nothing' : `a ${typeof items}`}, but a list is needed.`);
    }
    if (items.length > MOST_ITEMS) {
      throw new AttemptFailure('map_too_many', `The list of "map" has ${items.length.toLocaleString('en')} items, but at most ${MOST_ITEMS.toLocaleString('en')} are possible.`, {
        hint: 'Group the items before, so that each part does several.',
      });
    }
    if (items.length === 0) {
      context.log('system', 'The list is empty, so there is nothing to run.');
      return { outcome: 'skipped' };
    }
    context.log('system', `${items.length} ${items.length === 1 ? 'part' : 'parts'}.`);
    return { outcome: 'succeeded', output: items as Json };
  },
};

/** A table may come through other tasks, so its provider need not be a direct upstream. */
const emptyFacts = (rows: Record<string, Json>) =>
  Object.fromEntries(Object.keys(rows).map((id) => [id, { state: 'succeeded', output: null, succeeded: true, failed: false, skipped: false }]));

/** The rows of a table that reaches the task, as objects. One more than possible is read, so that too many are known as such. */
async function rowsOf(context: AttemptContext, id: string): Promise<Json[]> {
  const table = context.inputs.find((input) => input.from === id)?.table;
  if (!table) throw new AttemptFailure('map_no_table', `No table of "${id}" reaches this task, so its rows cannot be mapped over.`, { hint: 'Connect them, and let that task make a table.' });
  if (table.rowCount > MOST_ITEMS) {
    throw new AttemptFailure('map_too_many', `The table of "${id}" has ${table.rowCount.toLocaleString('en')} rows, but a mapped task has at most ${MOST_ITEMS.toLocaleString('en')} parts.`, {
      hint: 'Group the rows before, so that each part does several.',
    });
  }
  if (table.files.length === 0) return [];
  const files = await Promise.all(table.files.map((key) => store().get(key)));
  return tableWork(() =>
    withDuckdb(context, files, async (duckdb) => {
      const sql = `select to_json(t)::varchar from read_parquet([${files.map((file) => `'${file.replaceAll("'", "''")}'`).join(', ')}], union_by_name = true) t`;
      const { rows } = await duckdb.ask({ op: 'query', sql, values: [], maxRows: MOST_ITEMS + 1 });
      return rows.map(([text]) => JSON.parse(String(text)) as Json);
    }),
  );
}
