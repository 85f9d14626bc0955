import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { env } from '@/lib/core/env';
import { renderHeader, renderText, renderUrl } from '@/lib/core/expressions';
import { guardedFetch, splitAllowHosts } from '@/lib/core/net';
import { outlast } from '@/lib/db/outage';
import { DuckdbError, findWorkspaceFiles, store, type Column, type DuckdbProcess, type TableRef } from '@/lib/datasets/server';
import { type TaskOf } from '@/lib/pipeline';
import { AttemptFailure, type Adapter, type AttemptContext, type AttemptResult } from '../adapter';
import { configOf } from '../config-of';
import { keepParquet, outputKey } from '../duckdb/attempt-table';
import { csvReader, jsonReader, readHead, strictCsvReader, type Head } from '../duckdb/read-csv';
import { answerOf } from '../http-answer';
import { expressionsIn, scopeOf } from '../scope';
import { withDuckdb } from '../tables';

type Config = TaskOf<'source'>['config'];
type Format = NonNullable<Config['format']>;

/** A file to read: where it lies, what people call it, and its store key when it is in the store. */
type Given = { file: string; shown: string; key: string | null };

const DOWNLOAD_BYTES = 1024 * 1024 * 1024;
/** Parquet up to this size is read through once, so that a broken page is found here and not in a later task. */
const READ_THROUGH_BYTES = 256 * 1024 * 1024;

/** `source` brings a file, an address or a dataset in as a table. */
export const sourceAdapter: Adapter = {
  runsUserCode: true,
  perform: async (context) => {
    const began = performance.now();
    const config = configOf(context, 'source');
    if (config.dataset !== undefined) return fromDataset(context, config.dataset);
    if (config.connection !== undefined) {
      throw new AttemptFailure('no_connections', 'This version cannot read from a connection yet.', { hint: 'Bring the data in as a file or by an address.' });
    }
    const given = config.path !== undefined ? await fromFiles(context, await rendered(context, config.path)) : [await fromAddress(context, config)];
    const format = config.format ?? formatOf(given[0]?.shown ?? '');
    const fetched = performance.now();
    const table = await withDuckdb(context, given.map(({ file }) => file), async (duckdb) => {
      context.started();
      return format === 'parquet' ? keepAsIs(context, duckdb, given) : convert(context, duckdb, given, format, config);
    });
    context.log('system', `${table.rowCount} rows, ${table.schema.length} columns from ${given.map(({ shown }) => shown).join(', ').slice(0, 500)}.`);
    return {
      outcome: 'succeeded',
      table,
      resolved: { ...config, files: given.map(({ shown }) => shown), format },
      timings: { inputsMs: Math.round(fetched - began), runMs: Math.round(performance.now() - fetched) },
    };
  },
};

const rendered = async (context: AttemptContext, text: string): Promise<string> => renderText(text, await scopeOf(context, expressionsIn(text)));

function fromDataset(context: AttemptContext, name: string): AttemptResult {
  const table = context.reads.find((read) => read.name === name)?.table;
  if (!table) throw new AttemptFailure('no_dataset', `Dataset "${name}" had no good version when this run was created.`, { hint: 'Run the pipeline that writes it first.' });
  return { outcome: 'succeeded', table, resolved: { dataset: name } };
}

async function fromFiles(context: AttemptContext, wanted: string): Promise<Given[]> {
  const found = await outlast(() => findWorkspaceFiles(context.workspaceId, wanted), context.signal);
  return Promise.all(found.map(async ({ key, path: shown }) => ({ file: await store().get(key), shown, key })));
}

async function fromAddress(context: AttemptContext, config: Config): Promise<Given> {
  const url = config.url ?? '';
  const address = renderUrl(url, await scopeOf(context, expressionsIn(url)));
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(config.options?.headers ?? {})) headers[name] = renderHeader(value, await scopeOf(context, expressionsIn(value)));
  const answer = await context.pulse.awaits(answerOf(address), () => guardedFetch(address, {
    allow: [...splitAllowHosts(env().PENSTOCK_ALLOW_HOSTS), ...context.allowHosts],
    headers,
    maxBytes: DOWNLOAD_BYTES,
    timeoutMs: context.limits.timeoutSeconds * 1000,
    signal: context.signal,
  }));
  if (answer.status >= 400) {
    const body = (await answer.text().catch(() => '')).slice(0, 500);
    throw new AttemptFailure(`http_${answer.status}`, `The address answered with status ${answer.status}.`, { hint: 'Open the address in a browser, and check what it needs.', ...(body ? { detail: body } : {}) });
  }
  const name = path.posix.basename(new URL(answer.url).pathname) || 'download';
  const typed = /\.\w+$/.test(name) ? name : `${name}${EXTENSION_OF[(answer.headers['content-type'] ?? '').split(';')[0]?.trim() ?? ''] ?? ''}`;
  const file = path.join(context.workDir, 'download');
  await context.pulse.awaits(answerOf(address), () => pipeline(Readable.from(answer.chunks()), createWriteStream(file, { mode: 0o600 })));
  return { file, shown: typed, key: null };
}

const EXTENSION_OF: Record<string, string> = {
  'text/csv': '.csv',
  'text/tab-separated-values': '.tsv',
  'application/json': '.json',
  'application/x-ndjson': '.ndjson',
  'application/jsonl': '.jsonl',
  'application/vnd.apache.parquet': '.parquet',
};

/** formatOf tells a format by a file's name. @throws AttemptFailure when the name does not say */
export function formatOf(name: string): Format {
  const bare = name.toLowerCase().replace(/\.(gz|zst)$/, '');
  if (/\.(csv|tsv|txt)$/.test(bare)) return 'csv';
  if (/\.(ndjson|jsonl)$/.test(bare)) return 'ndjson';
  if (/\.json$/.test(bare)) return 'json';
  if (/\.(parquet|pq)$/.test(bare)) return 'parquet';
  throw new AttemptFailure('unknown_format', `The name ${name || 'of the file'} does not say which format it has.`, { hint: 'Choose the format: CSV, JSON, JSON lines or Parquet.' });
}

/** keepAsIs takes Parquet files over without copying their rows. */
async function keepAsIs(context: AttemptContext, duckdb: DuckdbProcess, given: Given[]): Promise<TableRef> {
  const files: string[] = [];
  let rowCount = 0;
  let bytes = 0;
  for (const { file, shown } of given) {
    const size = (await stat(file)).size;
    if (size === 0) throw new AttemptFailure('empty_file', `The file ${shown} is empty.`, { hint: 'Write the file again, then upload it again.' });
    await about(shown, async () => {
      const counted = await query(duckdb, `select sum(num_rows)::bigint from parquet_file_metadata(${text(file)})`);
      rowCount += Number(counted[0]?.[0] ?? 0);
      if (size <= READ_THROUGH_BYTES) await query(duckdb, `select sum(hash(t)) from read_parquet(${text(file)}) t`);
    });
    bytes += size;
  }
  const described = await about(given.map(({ shown }) => shown).join(', '), () =>
    query(duckdb, `describe select * from read_parquet([${given.map(({ file }) => text(file)).join(', ')}]${given.length > 1 ? ', union_by_name = true' : ''})`),
  );
  const folder = path.posix.dirname(outputKey(context));
  for (const [i, { file, key }] of given.entries()) {
    const to = `${folder}/part-${i}.parquet`;
    if (key === null) await store().put(to, { path: file, move: true });
    else await store().link(key, to);
    files.push(to);
  }
  return { files, schema: described.map(([name, type]): Column => ({ name: String(name), type: String(type) })), rowCount, bytes };
}

/** convert reads text files and writes their rows as Parquet. */
async function convert(context: AttemptContext, duckdb: DuckdbProcess, given: Given[], format: Exclude<Format, 'parquet'>, config: Config): Promise<TableRef> {
  const options = config.options ?? {};
  const shown = given.map((each) => each.shown).join(', ');
  const packed = given.some((each) => /\.(gz|zst)$/i.test(each.shown));
  const heads: Head[] = [];
  if (!packed) for (const each of given) heads.push(await readHead(each.file, each.shown));
  const tab = /\.tsv(\.gz|\.zst)?$/i.test(given[0]?.shown ?? '');
  const files = given.map(({ file }) => file);
  const reader = format === 'csv' ? csvReader(files, options, heads[0] ?? null, tab) : jsonReader(files, format, options);
  const target = path.join(context.workDir, 'result.parquet');
  await about(shown, async () => {
    try {
      await query(duckdb, `copy (select * from ${reader}) to ${text(target)} (format parquet, compression zstd, compression_level 1)`);
    } catch (error) {
      if (format === 'csv' && error instanceof DuckdbError && error.problem.detail === 'sniffing') {
        // reading each file strictly finds the first line that does not fit
        for (const [i, head] of heads.entries()) await query(duckdb, `select count(*) from (select * from ${strictCsvReader(files[i] ?? '', options, head, tab)})`);
      }
      throw error;
    }
  });
  const columns = await query(duckdb, `describe select * from read_parquet(${text(target)})`);
  const counted = await query(duckdb, `select sum(num_rows)::bigint from parquet_file_metadata(${text(target)})`);
  return keepParquet(context, target, { schema: columns.map(([name, type]): Column => ({ name: String(name), type: String(type) })), rowCount: Number(counted[0]?.[0] ?? 0) });
}

/** about says which file a problem is about. */
async function about<T>(shown: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DuckdbError)) throw error;
    const { code, message, hint, detail } = error.problem;
    const sentence = code === 'broken_file' ? `The file ${shown} is broken: it is no whole Parquet file.` : `${shown}: ${message}`;
    throw new AttemptFailure(code, sentence, { ...(hint ? { hint } : {}), ...(detail && detail !== 'sniffing' ? { detail } : {}) });
  }
}

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

async function query(duckdb: DuckdbProcess, sql: string): Promise<unknown[][]> {
  return (await duckdb.ask({ op: 'query', sql, values: [], maxRows: 10_000 })).rows;
}
