import path from 'node:path';
import { store, type TableRef } from '@/lib/datasets/server';
import { AttemptFailure, type Adapter } from './adapter';
import { keepParquet } from './duckdb/attempt-table';
import { tableWork } from './map-items';
import { withDuckdb } from './tables';

/** The table that one part of a mapped task gave. */
export type PartTable = { mapIndex: number; table: TableRef };

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/**
 * unionAdapter joins the tables of a mapped task's parts into one, with a column map_index. Columns that a part lacks are empty in its
 * rows.
 */
export const unionAdapter = (parts: readonly PartTable[]): Adapter => ({
  runsUserCode: false,
  perform: async (context) => {
    const clash = parts.find((part) => part.table.schema.some((column) => column.name.toLowerCase() === 'map_index'));
    if (clash) {
      throw new AttemptFailure('map_index_taken', `Part [${clash.mapIndex}] gave a table with a column map_index, which is added to the joined table.`, { hint: 'Give that column another name.' });
    }
    const files: { file: string; mapIndex: number }[] = [];
    for (const { mapIndex, table } of parts) for (const key of table.files) files.push({ file: await store().get(key), mapIndex });
    if (files.length === 0) return { outcome: 'succeeded' };
    const target = path.join(context.workDir, 'result.parquet');
    const names = files.map(({ file }) => file);
    const written = await tableWork(() =>
      withDuckdb(context, names, async (duckdb) => {
        const ask = (sql: string, maxRows = 1) => duckdb.ask({ op: 'query', sql, values: [], maxRows });
        const from = `read_parquet([${names.map(quoted).join(', ')}], union_by_name = true, filename = 'part_file_name')`;
        await ask(
          `copy (with part_file(file, map_index) as (values ${files.map(({ file, mapIndex }) => `(${quoted(file)}, ${mapIndex})`).join(', ')})
           select p.map_index::integer as map_index, t.* exclude (part_file_name) from ${from} t join part_file p on p.file = t.part_file_name order by p.map_index)
           to ${quoted(target)} (format parquet, compression zstd, compression_level 1)`,
        );
        const columns = (await ask(`describe select * from read_parquet(${quoted(target)})`, 10_000)).rows;
        const counted = (await ask(`select sum(num_rows)::bigint from parquet_file_metadata(${quoted(target)})`)).rows;
        return { schema: columns.map(([name, type]) => ({ name: String(name), type: String(type) })), rowCount: Number(counted[0]?.[0] ?? 0) };
      }),
    );
    const table = await keepParquet(context, target, written);
    context.log('system', `${table.rowCount} rows of ${parts.length} parts.`);
    return { outcome: 'succeeded', table };
  },
});
