import { constants, lstatSync } from 'node:fs';
import { copyFile, open, rename } from 'node:fs/promises';
import path from 'node:path';
import { DuckdbError, store, takeDuckdb, warmDuckdb, type DuckdbProcess, type TableRef } from '@/lib/datasets/server';
import { AttemptFailure, type AttemptContext } from './adapter';
import { processOf } from './proc-table';

/** How the bytes of a table are written. */
export type TableFormat = 'parquet' | 'csv' | 'json' | 'ndjson';

/** outputKey is where an attempt's table lies in the store. */
const outputKey = (context: AttemptContext) => `outputs/${context.workspaceId}/${context.runId}/${context.ordinal}-${context.attempt}/part-0.parquet`;

/**
 * withDuckdb lends a DuckDB process that can reach the attempt's working folder and the given files, and nothing else. It is
 * killed when the work is done or the attempt is stopped.
 */
export async function withDuckdb<T>(context: AttemptContext, paths: string[], work: (duckdb: DuckdbProcess) => Promise<T>): Promise<T> {
  const duckdb = await takeDuckdb();
  const letGo = store().hold(paths);
  const onAbort = () => duckdb.kill();
  context.signal.addEventListener('abort', onAbort, { once: true });
  const unfollow = context.pulse.follow(() => [processOf(duckdb.pid) ?? []].flat(), processOf(duckdb.pid)?.ticks);
  try {
    context.signal.throwIfAborted();
    const { memoryMb, threads } = context.limits;
    const confinement = { memoryMb, threads, spillFolder: path.join(context.workDir, '.spill'), maxSpillMb: 20_480, paths, folders: [context.workDir] };
    await duckdb.ask({ op: 'open', confinement });
    return await work(duckdb);
  } finally {
    context.signal.removeEventListener('abort', onAbort);
    unfollow();
    letGo();
    duckdb.kill();
    warmDuckdb();
  }
}

/** A table laid out for a command: one Parquet file, and JSON lines beside it when asked for. */
export type LaidOut = { name: string; parquet: string; rows: string | null; rowCount: number; table: TableRef };

/**
 * layOut puts every table that a task sees into its working folder, as one Parquet file each, so that the store's files
 * cannot be changed by a command. A try gets a sample.
 * @param asRows also write each as JSON lines, for programs that cannot read Parquet
 */
export async function layOut(context: AttemptContext, asRows: boolean): Promise<LaidOut[]> {
  const tables = [...context.inputs, ...context.reads];
  const placed: { name: string; table: TableRef; files: string[]; parquet: string; simple: boolean }[] = [];
  for (const { name, table } of tables) {
    const files = await Promise.all(table.files.map((key) => store().get(key)));
    const simple = files.length === 1 && (context.sampleRows === null || table.rowCount <= context.sampleRows);
    placed.push({ name, table, files, parquet: path.join(context.workDir, `input-${name}.parquet`), simple });
  }
  for (const { files, parquet, simple } of placed) if (simple && files[0]) await copyFile(files[0], parquet, constants.COPYFILE_FICLONE);
  const laidOut = placed.map(({ name, parquet, table }) => ({ name, parquet, table, rowCount: table.rowCount, rows: asRows ? parquet.replace(/\.parquet$/, '.jsonl') : null }));
  if (!asRows && placed.every((each) => each.simple)) return laidOut;

  await withDuckdb(context, placed.flatMap((each) => each.files), async (duckdb) => {
    await duckdb.ask({
      op: 'tables',
      tables: placed.map(({ name, table, files }) => ({
        name,
        files,
        columns: table.schema,
        rowCount: table.rowCount,
        ...(context.sampleRows === null ? {} : { sampleRows: context.sampleRows }),
      })),
    });
    const few = context.sampleRows === null ? '' : ` limit ${context.sampleRows}`;
    for (const [i, { name, parquet, simple }] of placed.entries()) {
      const laid = laidOut[i];
      if (!laid) continue;
      if (!simple) {
        await run(duckdb, `copy (select * from ${quoteName(name)}${few}) to ${quoteText(parquet)} (format parquet, compression zstd)`);
        laid.rowCount = await countRows(duckdb, parquet);
      }
      if (laid.rows) await run(duckdb, `copy (select * from read_parquet(${quoteText(parquet)})) to ${quoteText(laid.rows)} (format json)`);
    }
  });
  return laidOut;
}

const READERS: Record<TableFormat, (file: string) => string> = {
  parquet: (file) => `read_parquet(${file})`,
  csv: (file) => `read_csv(${file}, sample_size = -1)`,
  json: (file) => `read_json(${file}, sample_size = -1, maximum_object_size = 33554432)`,
  ndjson: (file) => `read_json(${file}, format = 'newline_delimited', sample_size = -1, maximum_object_size = 33554432)`,
};

/**
 * keepTable stores a file of the working folder as the attempt's table. Null when the file is empty or absent.
 * @param format without one the content decides
 * @throws DuckdbError when the file is not what it says; AttemptFailure when it is no plain file
 */
export async function keepTable(context: AttemptContext, file: string, format?: TableFormat): Promise<TableRef | null> {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (!found) return null;
  if (!found.isFile()) throw new AttemptFailure('bad_output', 'The output is not a plain file.', { hint: 'Write one Parquet, CSV or JSON lines file to PENSTOCK_OUTPUT.' });
  if (found.size === 0) return null;
  const kind = format ?? (await sniff(file));
  const parquet = path.join(context.workDir, '.kept.parquet');
  const described = await withDuckdb(context, [], async (duckdb) => {
    if (kind === 'parquet') await rename(file, parquet);
    else await run(duckdb, `copy (select * from ${READERS[kind](quoteText(file))}) to ${quoteText(parquet)} (format parquet, compression zstd)`);
    const columns = await duckdb.ask({ op: 'query', sql: `describe select * from read_parquet(${quoteText(parquet)})`, values: [], maxRows: 100_000 });
    const schema = columns.rows.map(([name, type]) => ({ name: String(name), type: String(type) }));
    return { schema, rowCount: await countRows(duckdb, parquet) };
  }).catch((error: unknown) => {
    if (kind !== 'parquet' || !(error instanceof DuckdbError)) throw error;
    throw new AttemptFailure('broken_file', 'The output says that it is a Parquet file, but cannot be read as one.', { hint: 'Write the file whole before the task ends.', detail: error.message });
  });
  const key = outputKey(context);
  const { bytes } = await store().put(key, { path: parquet, move: true });
  return { files: [key], ...described, bytes };
}

/** sniff tells a table file's format by its first bytes. */
async function sniff(file: string): Promise<TableFormat> {
  const handle = await open(file);
  try {
    const head = Buffer.alloc(4096);
    const { bytesRead } = await handle.read(head, 0, head.length, 0);
    const text = head.subarray(0, bytesRead).toString('utf8').replace(/^\uFEFF/, '').trimStart();
    if (head.subarray(0, 4).toString('latin1') === 'PAR1') return 'parquet';
    if (text.startsWith('{')) return 'ndjson';
    return text.startsWith('[') ? 'json' : 'csv';
  } finally {
    await handle.close();
  }
}

async function countRows(duckdb: DuckdbProcess, parquet: string): Promise<number> {
  const { rows } = await duckdb.ask({ op: 'query', sql: `select count(*)::double from read_parquet(${quoteText(parquet)})`, values: [], maxRows: 1 });
  return Number(rows[0]?.[0] ?? 0);
}

async function run(duckdb: DuckdbProcess, sql: string): Promise<void> {
  await duckdb.ask({ op: 'query', sql, values: [], maxRows: 1 });
}

const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
