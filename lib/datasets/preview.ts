import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Readable } from 'node:stream';
import { invalid } from '@/lib/core/errors';
import { askReader, exportFolder, judgeSql } from './duckdb/reader';
import { type Facts } from './duckdb/protocol';
import { type Preview, type Sort } from './schema';
import { store } from './storage';
import { type Column, type TableRef } from './table-ref';

const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** scanOf writes the FROM of a stored table; null when it has no files, and so no rows. */
export async function scanOf(table: TableRef): Promise<string | null> {
  if (table.files.length === 0) return null;
  const files = await Promise.all(table.files.map((key) => store().get(key)));
  return `read_parquet([${files.map(quoteText).join(', ')}]${files.length > 1 ? ', union_by_name = true' : ''})`;
}

/**
 * previewTable reads a page of a stored table.
 * @param page.limit at most 1000 rows
 * @param page.sort a column of the table; unsorted rows come in the files' order
 * @throws AppError invalid for a column that the table does not have
 */
export async function previewTable(table: TableRef, page: { limit?: number; offset?: number; sort?: Sort | null } = {}): Promise<Preview> {
  const scan = await scanOf(table);
  const sorted = orderBy(table, page.sort ?? null);
  const limit = Math.min(Math.max(page.limit ?? 100, 0), 1000);
  if (scan === null) return { schema: table.schema, rows: [], rowCount: 0 };
  const { columns, rows } = await askReader(`select * from ${scan}${sorted} limit ${limit} offset ${Math.max(0, Math.floor(page.offset ?? 0))}`, [], limit);
  return { schema: columns, rows: rows.map((row) => Object.fromEntries(row.map((value, i) => [columns[i]?.name ?? String(i), value]))), rowCount: table.rowCount };
}

function orderBy(table: TableRef, sort: Sort | null): string {
  if (!sort) return '';
  if (!table.schema.some((column) => column.name === sort.column)) {
    throw invalid(`The table has no column "${sort.column}" to sort by. Its columns are ${table.schema.map(({ name }) => name).join(', ')}.`, [{ path: 'sort', message: 'Name a column of the table.', value: sort.column }]);
  }
  return ` order by ${quoteName(sort.column)} ${sort.descending ? 'desc' : 'asc'} nulls last`;
}

export const EXPORT_FORMATS = ['csv', 'json', 'parquet'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const TYPES: Record<ExportFormat, string> = { csv: 'text/csv; charset=utf-8', json: 'application/json; charset=utf-8', parquet: 'application/vnd.apache.parquet' };
const WRITERS: Record<ExportFormat, string> = { csv: 'format csv, header true', json: 'format json, array true', parquet: 'format parquet, compression zstd' };

/**
 * exportTable gives a whole stored table as a stream in a format for people and programs.
 * @returns the stream, its length in bytes and its media type; the file behind it vanishes when the stream ends
 */
export async function exportTable(table: TableRef, format: ExportFormat): Promise<{ stream: Readable; bytes: number; type: string }> {
  const only = table.files[0];
  if (format === 'parquet' && only !== undefined && table.files.length === 1) {
    const file = await store().get(only);
    return { stream: createReadStream(file), bytes: (await stat(file)).size, type: TYPES.parquet };
  }
  const scan = await scanOf(table);
  await mkdir(exportFolder(), { recursive: true });
  const file = path.join(/* turbopackIgnore: true */ exportFolder(), `${randomUUID()}.${format}`);
  const from = scan === null ? `(select ${table.schema.map(({ name, type }) => `null::${type} as ${quoteName(name)}`).join(', ')} where false)` : `(select * from ${scan})`;
  await askReader(`copy ${from} to ${quoteText(file)} (${WRITERS[format]})`);
  const stream = createReadStream(/* turbopackIgnore: true */ file);
  stream.once('close', () => void rm(file, { force: true }));
  return { stream, bytes: (await stat(/* turbopackIgnore: true */ file)).size, type: TYPES[format] };
}

/**
 * sqlFacts says what a SQL node would give on tables of known columns: its problems with line and column, and its output's
 * columns. Expressions must be placeholders already (`$name`). Nothing is read; it takes some milliseconds.
 * @param tables the node's upstream tables by name
 */
export async function sqlFacts(tables: { name: string; columns: Column[] }[], sql: string): Promise<Facts> {
  // which of two tables of one name is meant cannot be told; that there are two is a problem of the edges
  if (new Set(tables.map(({ name }) => name.toLowerCase())).size < tables.length) return { columns: [], problems: [] };
  return judgeSql(tables.map(({ name, columns }) => ({ name, columns, files: [] })), sql);
}
