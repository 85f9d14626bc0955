import path from 'node:path';
import { store, type SessionTable } from '@/lib/datasets/server';
import { type Adapter, type AttemptContext, type NamedTable } from '../adapter';
import { configOf } from '../config-of';
import { keepParquet } from '../duckdb/attempt-table';
import { boundSql, shownValues } from '../duckdb/bound-sql';
import { expressionsIn, scopeOf } from '../scope';
import { withDuckdb } from '../tables';

/** `sql` runs DuckDB statements over its upstream tables and declared datasets; the last one's rows are its table. */
export const sqlAdapter: Adapter = {
  runsUserCode: true,
  perform: async (context) => {
    const began = performance.now();
    const config = configOf(context, 'sql');
    const bound = boundSql(config.sql, await scopeOf(context, expressionsIn(config.sql)));
    const tables = await sessionTables(context, [...context.inputs, ...context.reads]);
    const target = path.join(context.workDir, 'result.parquet');
    let ready = began;
    const written = await withDuckdb(context, tables.flatMap((table) => table.files), async (duckdb) => {
      await duckdb.ask({ op: 'tables', tables });
      ready = performance.now();
      context.started();
      return duckdb.ask({ op: 'script', sql: bound.sql, values: bound.values, target });
    });
    const ran = performance.now();
    const table = await keepParquet(context, target, { schema: written.columns, rowCount: written.rowCount });
    context.log('system', `${table.rowCount} rows, ${table.schema.length} columns.`);
    return {
      outcome: 'succeeded',
      table,
      resolved: { sql: bound.sql, values: shownValues(bound.values) },
      timings: { inputsMs: Math.round(ready - began), runMs: Math.round(ran - ready), outputMs: Math.round(performance.now() - ran) },
    };
  },
};

/** sessionTables gives the tables of an attempt as a DuckDB session shows them; a try sees samples. */
export async function sessionTables(context: Pick<AttemptContext, 'sampleRows'>, tables: NamedTable[]): Promise<SessionTable[]> {
  return Promise.all(
    tables.map(async ({ name, table }) => ({
      name,
      files: await Promise.all(table.files.map((key) => store().get(key))),
      columns: table.schema,
      rowCount: table.rowCount,
      ...(context.sampleRows === null ? {} : { sampleRows: context.sampleRows }),
    })),
  );
}
