import { appendFile } from 'node:fs/promises';
import type { Json } from '@/lib/core';
import type { Fetched } from '@/lib/core/net';
import type { TaskOf } from '@/lib/pipeline';
import { AttemptFailure } from './adapter';
import type { TableFormat } from './tables';

export type HttpConfig = TaskOf<'http'>['config'];

/** formatOfAnswer tells by its content type, else by its address, how an answer is written. */
export function formatOfAnswer(answer: Pick<Fetched, 'headers' | 'url'>): TableFormat {
  const type = (answer.headers['content-type'] ?? '').toLowerCase();
  const file = new URL(answer.url).pathname.toLowerCase();
  if (/ndjson|jsonl|json-seq|stream\+json/.test(type) || /\.(ndjson|jsonl)$/.test(file)) return 'ndjson';
  if (type.includes('json')) return 'json';
  if (type.includes('csv') || type.includes('tab-separated') || /\.(csv|tsv)$/.test(file)) return 'csv';
  if (type.includes('parquet') || file.endsWith('.parquet')) return 'parquet';
  return 'json';
}

/** atPath finds a value inside JSON by a path like `data.items` or `pages.0.rows`; undefined when it is not there. */
export function atPath(value: Json, at: string): Json | undefined {
  let found: Json | undefined = value;
  for (const part of at.split('.').filter(Boolean)) {
    if (Array.isArray(found)) found = found[Number(part)];
    else if (found !== null && typeof found === 'object' && Object.hasOwn(found, part)) found = found[part];
    else return undefined;
  }
  return found;
}

/**
 * rowsOf makes rows of a JSON answer: a list gives one row an item, an object is one row, other items get a column `value`.
 * @param rowsAt where the rows are inside it
 * @throws AttemptFailure when there is nothing at that place
 */
export function rowsOf(value: Json, rowsAt?: string): { [key: string]: Json }[] {
  const found = rowsAt ? atPath(value, rowsAt) : value;
  if (found === undefined) {
    const has = value !== null && typeof value === 'object' && !Array.isArray(value) ? ` The answer has ${Object.keys(value).slice(0, 10).join(', ')}.` : '';
    throw new AttemptFailure('no_rows_at', `There is nothing at "${rowsAt ?? ''}" in the answer.${has}`, { hint: 'Correct "Rows at".' });
  }
  if (found === null) return [];
  return (Array.isArray(found) ? found : [found]).map((item) => (item !== null && typeof item === 'object' && !Array.isArray(item) ? item : { value: item }));
}

/** writeLines appends rows to a file as JSON lines. */
export async function writeLines(file: string, rows: readonly Json[]): Promise<void> {
  for (let i = 0; i < rows.length; i += 5000) {
    await appendFile(file, rows.slice(i, i + 5000).map((row) => `${JSON.stringify(row)}\n`).join(''));
  }
}

/** What is known when a page has been read. */
export type PageRead = { url: string; page: number; value: Json; count: number; headers: Record<string, string> };

/** nextPage is the address of the page after this one, or null when it was the last. */
export function nextPage(pagination: HttpConfig['pagination'], read: PageRead): string | null {
  if (!pagination) return null;
  const url = new URL(read.url);
  switch (pagination.type) {
    case 'page':
      if (read.count === 0) return null;
      url.searchParams.set(pagination.param, String((pagination.start ?? 1) + read.page));
      return url.href;
    case 'cursor': {
      const cursor = atPath(read.value, pagination.cursorAt);
      if (cursor === undefined || cursor === null || cursor === '' || typeof cursor === 'object' || cursor === false) return null;
      url.searchParams.set(pagination.param, String(cursor));
      return url.href === read.url ? null : url.href;
    }
    case 'link': {
      const target = /<([^>]+)>\s*;[^,]*\brel="?next"?/i.exec(read.headers.link ?? '')?.[1];
      if (!target || !URL.canParse(target, read.url)) return null;
      const next = new URL(target, read.url);
      if (next.origin === url.origin) return next.href;
      throw new AttemptFailure('pagination', `The next page lies on another host (${next.host}), where the sign-in of ${url.host} must not go.`, { hint: 'Read that host in a task of its own.' });
    }
  }
}

/** answerOf is how a sentence calls what a service is asked for. */
export const answerOf = (address: string): string => `the answer of ${URL.canParse(address) ? new URL(address).host : 'a web service'}`;
