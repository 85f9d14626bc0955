import { AppError } from '@/lib/core/errors';
import { askReader } from './duckdb/reader';
import { type Rows } from './duckdb/protocol';
import { findWorkspaceFiles } from './files';
import { type ManifestFile } from './manifest';
import { scanOf } from './preview';
import { store } from './storage';
import * as rows from './store';
import { type Column } from './table-ref';
import { tableOf } from './versions';

/** Something of a workspace that holds rows. */
export type StoredSource = { dataset: string; version?: number | undefined } | { file: string };

/** What SQL of ours reads of it: the FROM, its columns, and what exactly it is. */
export type StoredRows = { from: string; columns: Column[]; source: { dataset: string; version: number } | { file: string } };

const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/**
 * openStored finds a good version of a dataset (the newest unless one is named) or a file of the workspace, to be read with
 * `askStored`. For use inside the product: the caller has authorized.
 * @throws AppError not_found when it is not there (yet)
 */
export async function openStored(workspaceId: string, wanted: StoredSource): Promise<StoredRows> {
  if ('file' in wanted) {
    const [found] = await findWorkspaceFiles(workspaceId, wanted.file);
    if (!found) throw new AppError('not_found', `There is no file "${wanted.file}" in this workspace.`);
    const from = `${readerOf(found.path)}(${quoteText(await store().get(found.key))})`;
    return { from, columns: (await askReader(`select * from ${from} limit 0`)).columns, source: { file: found.path } };
  }
  const dataset = await rows.datasetByName(workspaceId, wanted.dataset);
  const number = wanted.version ?? dataset?.currentVersion ?? null;
  const version = dataset && number !== null ? await rows.versionByNumber(workspaceId, dataset.id, number) : null;
  if (!version || version.state !== 'good') throw new AppError('not_found', `There is no good version ${wanted.version === undefined ? '' : `${wanted.version} `}of dataset "${wanted.dataset}" in this workspace.`);
  const table = tableOf({ manifest: version.manifest as ManifestFile[], schema: version.schema as Column[] });
  const from = (await scanOf(table)) ?? `(select ${table.schema.map(({ name, type }) => `null::${type} as "${name.replaceAll('"', '""')}"`).join(', ')} where false)`;
  return { from, columns: table.schema, source: { dataset: wanted.dataset, version: version.number } };
}

function readerOf(path: string): string {
  const bare = path.toLowerCase().replace(/\.(gz|zst)$/, '');
  if (/\.(csv|tsv|txt)$/.test(bare)) return 'read_csv';
  if (/\.(json|ndjson|jsonl)$/.test(bare)) return 'read_json';
  return 'read_parquet';
}

/**
 * askStored runs one query of ours on stored rows, in the reader's process.
 * @throws DuckdbError when it fails
 */
export const askStored = (sql: string, maxRows = 1_000): Promise<Rows> => askReader(sql, [], maxRows);
