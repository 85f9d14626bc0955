import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { env } from '@/lib/core/env';
import { renderBody, renderHeader, renderUrl, type Scope } from '@/lib/core/expressions';
import type { Json, JsonObject } from '@/lib/core';
import { guardedFetch, splitAllowHosts, type Fetched } from '@/lib/core/net';
import { AttemptFailure, type Adapter, type AttemptContext, type AttemptResult } from '../adapter';
import { configOf } from '../config-of';
import { answerOf, atPath, formatOfAnswer, nextPage, rowsOf, writeLines, type HttpConfig } from '../http-answer';
import { expressionsIn, scopeOf } from '../scope';
import { keepTable } from '../tables';

const JSON_BYTES = 100 * 1024 * 1024;
const FILE_BYTES = 2 * 1024 * 1024 * 1024;
const OUTPUT_BYTES = 1024 * 1024;
const PAGES = 1000;

/** What one call is made of, after expressions. */
type Call = { method: string; url: string; headers: Record<string, string>; body?: string };

/** `http` calls a web service and keeps its answer: as a table (JSON rows, JSON lines, CSV, Parquet) or as JSON. */
export const httpAdapter: Adapter = {
  runsUserCode: false,
  perform: async (context) => {
    const config = configOf(context, 'http');
    const scope = await scopeOf(context, expressionsIn([config.url, config.headers, config.body, config.auth]));
    const call = callOf(config, scope);
    const resolved: JsonObject = { method: call.method, url: call.url, headers: call.headers, ...(call.body === undefined ? {} : { body: call.body }) };
    context.started();
    const result = config.output === 'json' ? await asJson(context, config, call) : await asTable(context, config, call);
    return { ...result, resolved };
  },
};

function callOf(config: HttpConfig, scope: Scope): Call {
  const headers = Object.fromEntries(Object.entries(config.headers ?? {}).map(([name, value]) => [name.toLowerCase(), renderHeader(value, scope)]));
  const { auth } = config;
  if (auth?.type === 'bearer') headers.authorization = `Bearer ${renderHeader(auth.token, scope)}`;
  if (auth?.type === 'basic') {
    const pair = `${renderHeader(auth.user, scope)}:${renderHeader(auth.password, scope)}`;
    headers.authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  }
  if (auth?.type === 'header') headers[auth.name.toLowerCase()] = renderHeader(auth.value, scope);
  const body = config.body === undefined || config.body === null ? undefined : renderBody(config.body as Json, scope);
  if (body !== undefined && !headers['content-type']) headers['content-type'] = typeof config.body === 'string' && !/^\s*[[{]/.test(body) ? 'text/plain; charset=utf-8' : 'application/json';
  return { method: config.method, url: renderUrl(config.url, scope), headers, ...(body === undefined ? {} : { body }) };
}

/** send makes the call. @throws AttemptFailure when the service answers with an error status */
async function send(context: AttemptContext, call: Call, maxBytes: number): Promise<Fetched> {
  const began = performance.now();
  const answer = await context.pulse.awaits(answerOf(call.url), () => guardedFetch(call.url, {
    ...call,
    allow: [...splitAllowHosts(env().PENSTOCK_ALLOW_HOSTS), ...context.allowHosts],
    maxBytes,
    timeoutMs: context.limits.timeoutSeconds * 1000,
    signal: context.signal,
  }));
  context.log('system', `${call.method} ${call.url} answered ${answer.status} after ${Math.round(performance.now() - began)} ms.`);
  if (answer.status < 400) return answer;
  const said = (await answer.text().catch(() => '')).slice(0, 2000).trim();
  throw new AttemptFailure(`http_${answer.status}`, `${new URL(call.url).host} answered with status ${answer.status}${STATUS_WORDS[answer.status] ?? ''}.`, {
    hint: answer.status >= 500 || answer.status === 429 ? 'The service itself has trouble; let the task retry, or ask its owner.' : 'Check the address, the method, and the sign-in that the service expects.',
    ...(said ? { detail: said } : {}),
  });
}

const STATUS_WORDS: Record<number, string> = {
  400: ' (it does not understand the request)',
  401: ' (it wants a sign-in)',
  403: ' (it does not allow this)',
  404: ' (there is nothing at this address)',
  429: ' (too many calls)',
  500: ' (an error inside it)',
  502: ' (something behind it does not answer)',
  503: ' (it is not available now)',
  504: ' (something behind it takes too long)',
};

async function asJson(context: AttemptContext, config: HttpConfig, call: Call): Promise<AttemptResult> {
  const answer = await send(context, call, JSON_BYTES);
  const text = await context.pulse.awaits(answerOf(call.url), () => answer.text());
  if (text.length > OUTPUT_BYTES) {
    throw new AttemptFailure('too_large', 'The answer is larger than 1 MB, which is too much for a JSON result.', { hint: 'Set the result to "A table".' });
  }
  const value = text.trim() === '' ? null : parseJson(text, call);
  return { outcome: 'succeeded', output: config.rowsAt ? (atPath(value, config.rowsAt) ?? null) : value };
}

async function asTable(context: AttemptContext, config: HttpConfig, first: Call): Promise<AttemptResult> {
  const file = path.join(context.workDir, 'answer');
  const maxPages = config.pagination ? (config.pagination.maxPages ?? PAGES) : 1;
  let call: Call = config.pagination?.type === 'page' ? { ...first, url: withParam(first.url, config.pagination.param, String(config.pagination.start ?? 1)) } : first;
  let rows = 0;
  for (let page = 1; ; page += 1) {
    const answer = await send(context, call, FILE_BYTES);
    const format = config.format ?? formatOfAnswer(answer);
    if (format !== 'json') {
      if (config.pagination && config.pagination.type !== 'link') {
        throw new AttemptFailure('pagination', 'Pages work with JSON answers only.', { hint: 'Take the pages out, or ask the service for JSON.' });
      }
      await context.pulse.awaits(answerOf(call.url), async () => {
        for await (const chunk of answer.chunks()) await appendFile(file, chunk);
      });
      return kept(context, await keepTable(context, file, format));
    }
    const value = parseJson(await context.pulse.awaits(answerOf(call.url), () => limitedText(answer)), call);
    const found = rowsOf(value, config.rowsAt);
    await writeLines(file, found);
    rows += found.length;
    if (maxPages > 1) context.report({ message: `page ${page}, ${rows} rows` });
    const next = nextPage(config.pagination, { url: call.url, page, value, count: found.length, headers: answer.headers });
    if (next === null) break;
    if (page >= maxPages) {
      context.log('system', `Stopped after ${maxPages} pages; there may be more.`);
      break;
    }
    call = { ...call, url: next };
  }
  return kept(context, await keepTable(context, file, 'ndjson'));
}

function kept(context: AttemptContext, table: AttemptResult['table'] | null): AttemptResult {
  if (!table) context.log('system', 'The answer has no rows, so there is no table.');
  return { outcome: 'succeeded', output: { rows: table?.rowCount ?? 0 }, ...(table ? { table } : {}) };
}

async function limitedText(answer: Fetched): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer.chunks()) {
    bytes += chunk.length;
    if (bytes > JSON_BYTES) throw new AttemptFailure('too_large', 'The JSON answer is larger than 100 MB.', { hint: 'Ask for it in pages, or as JSON lines, CSV or Parquet.' });
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString('utf8').replace(/^\uFEFF/, '');
}

function parseJson(text: string, call: Call): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new AttemptFailure('not_json', `The answer of ${new URL(call.url).host} is not JSON.`, { hint: 'Set its format, or check that the address is that of the data and not of a page.', detail: text.slice(0, 500) });
  }
}

function withParam(address: string, name: string, value: string): string {
  const url = new URL(address);
  url.searchParams.set(name, value);
  return url.href;
}
