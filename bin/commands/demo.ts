import path from 'node:path';
import { z } from 'zod';
import { env } from '@/lib/core/env';
import { Failure, Misuse } from '../client/failure';
import { table, type Print } from '../client/print';
import { type Settings } from '../client/settings';
import { ROOT } from '../root';
import { readAddress } from '../up/address';

export type TrafficOptions = { month?: string; from?: string; to?: string; rate?: string; rows: string; endpoint: string; where?: string; gateway?: string };

/** Flights of one hour that are asked about in one call. */
type Batch = { at: string; unit: string; records: Record<string, unknown>[] };

const CONCURRENCY = 8;
const TRIES = 6;
const BATCH_ROWS = 200;
const PROGRESS_MS = 500;
const YEAR = 2001;

/**
 * sendTraffic replays flights of the demo's file as requests through the gateway: an even sample of the span, in order of time, one
 * call an hour (its event time the first flight's, its unit the hour).
 * @throws Misuse for options that cannot be read, Failure when the gateway refuses
 */
export async function sendTraffic(settings: Settings, print: Print, options: TrafficOptions): Promise<void> {
  const { from, to } = spanOf(options);
  const rate = options.rate === undefined ? Infinity : positive('--rate', options.rate);
  const gateway = gatewayUrl(settings, options.gateway);
  const batches = await readFlights(from, to, positive('--rows', options.rows), options.where);
  const rows = batches.reduce((sum, batch) => sum + batch.records.length, 0);
  if (rows === 0) throw new Failure(`There is no such flight between ${from} and ${to}. The file has those of January to June ${YEAR}.`);
  const url = `${gateway}/${encodeURIComponent(settings.workspace)}/${encodeURIComponent(options.endpoint)}/invocations`;

  const variants = new Map<string, { variant: string; version: number; rows: number }>();
  const started = performance.now();
  let sent = 0;
  let told = 0;
  let next = 0;
  const work = async () => {
    for (;;) {
      const batch = batches[next++];
      if (!batch) return;
      const due = started + (sent / rate) * 1000;
      if (due > performance.now()) await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
      sent += batch.records.length;
      const answer = await ask(url, settings.token, batch);
      const key = `${answer.variant} ${answer.version}`;
      const known = variants.get(key) ?? { ...answer, rows: 0 };
      variants.set(key, { ...known, rows: known.rows + batch.records.length });
      if (!print.json && performance.now() - told > PROGRESS_MS) {
        told = performance.now();
        process.stderr.write(`\r${sent} of ${rows} flights, now ${batch.at.slice(0, 10)} `);
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(CONCURRENCY, batches.length) }, work));
  } finally {
    if (told > 0) process.stderr.write('\n');
  }
  const seconds = Math.round(performance.now() - started) / 1000;
  const counts = [...variants.values()].toSorted((a, b) => b.rows - a.rows);
  const answer = { endpoint: options.endpoint, from, to, rows, requests: batches.length, seconds, variants: counts };
  const lines = counts.map(({ variant, version, rows: each }) => [variant, `v${version}`, String(each), `${((each / rows) * 100).toFixed(1)} %`]);
  print.answer(answer, `${rows} flights from ${from.slice(0, 10)} to ${to.slice(0, 10)} in ${seconds} s.\n${table(['VARIANT', 'MODEL', 'ROWS', 'SHARE'], lines)}`);
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (!(number > 0) || !Number.isFinite(number)) throw new Misuse(`${name} ${text}: expected a number above 0.`);
  return number;
}

const date = z.iso.date();

/** The span asked for: a month, or from (included) to (excluded); February to June when nothing is said. */
export function spanOf({ month, from, to }: Pick<TrafficOptions, 'month' | 'from' | 'to'>): { from: string; to: string } {
  const first = (m: number) => new Date(Date.UTC(YEAR, m - 1, 1)).toISOString();
  if (month !== undefined) {
    if (from !== undefined || to !== undefined) throw new Misuse('Give --month, or --from and --to, not both.');
    const number = Number(month);
    if (!Number.isInteger(number) || number < 1 || number > 6) throw new Misuse(`--month ${month}: expected 1 to 6; the model was trained on month 1.`);
    return { from: first(number), to: first(number + 1) };
  }
  for (const [name, value] of [['--from', from], ['--to', to]] as const) {
    if (value !== undefined && !date.safeParse(value).success) throw new Misuse(`${name} ${value}: expected a day like 2001-02-01.`);
  }
  const span = { from: from === undefined ? first(2) : `${from}T00:00:00.000Z`, to: to === undefined ? first(7) : `${to}T00:00:00.000Z` };
  if (span.from >= span.to) throw new Misuse(`--to ${span.to.slice(0, 10)} is not after --from ${span.from.slice(0, 10)}.`);
  return span;
}

/** The gateway's address: the option's, PENSTOCK_GATEWAY_URL, or that of the product on this machine when it is the one spoken to. */
function gatewayUrl(settings: Settings, given: string | undefined): string {
  const here = readAddress(env().PENSTOCK_HOME);
  const found = given ?? process.env.PENSTOCK_GATEWAY_URL ?? (here?.url.replace(/\/+$/, '') === settings.url ? here.gatewayUrl : undefined);
  if (!found) throw new Failure(`The address of the model gateway of ${settings.url} is not known here. Give --gateway, or set PENSTOCK_GATEWAY_URL; it is in the product's address.json.`);
  return found.replace(/\/+$/, '');
}

/** FEATURES are the model's inputs as SQL of the file's columns. */
const FEATURES = 'hour(date)::double as hour, isodow(date)::double as weekday, distance::double as distance, origin, destination';

async function readFlights(from: string, to: string, rows: number, where: string | undefined): Promise<Batch[]> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const file = path.join(ROOT, 'node_modules', 'vega-datasets', 'data', 'flights-3m.parquet').replaceAll("'", "''");
  // the hash takes flights evenly and the same ones every time
  const sql = `select strftime(date, '%Y-%m-%dT%H:%M:%S.000Z') as "at", ${FEATURES}
    from read_parquet('${file}', file_row_number = true)
    where date >= timestamp '${from.slice(0, 19)}' and date < timestamp '${to.slice(0, 19)}' and (${where ?? 'true'}\n)
    order by hash(file_row_number) limit ${Math.floor(rows)}`;
  try {
    const found = await connection.runAndReadAll(`select * from (${sql}) order by "at", origin, destination`);
    return batchesOf(found.getRowObjectsJson());
  } catch (error) {
    if (where === undefined) throw error;
    throw new Misuse(`--where ${where}: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`);
  } finally {
    connection.closeSync();
  }
}

/** batchesOf puts flights of the same hour into one call. @param flights in order of time, with `at` beside the features */
export function batchesOf(flights: Record<string, unknown>[]): Batch[] {
  const batches: Batch[] = [];
  for (const { at, ...record } of flights) {
    const time = String(at);
    const hour = time.slice(0, 13);
    const last = batches.at(-1);
    if (last?.at.slice(0, 13) === hour && last.records.length < BATCH_ROWS) last.records.push(record);
    else batches.push({ at: time, unit: hour, records: [record] });
  }
  return batches;
}

const refusalSchema = z.looseObject({ detail: z.string().optional(), error: z.string().optional(), message: z.string().optional() });

async function ask(url: string, token: string, batch: Batch): Promise<{ variant: string; version: number }> {
  for (let attempt = 1; ; attempt += 1) {
    let response: Response;
    try {
      response = await fetch(url, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'x-event-time': batch.at, 'x-unit-id': batch.unit },
        body: JSON.stringify({ dataframe_records: batch.records }),
        signal: AbortSignal.timeout(60_000),
      });
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : error instanceof Error ? error.message : String(error);
      throw new Failure(`The gateway at ${new URL(url).origin} cannot be reached (${cause}). Is Penstock running there?`);
    }
    const text = await response.text();
    if (response.ok) return { variant: response.headers.get('x-variant') ?? 'unknown', version: Number(response.headers.get('x-model-version') ?? 0) };
    // busy or still starting: the same call again, later
    if ((response.status === 429 || response.status === 503) && attempt < TRIES) {
      await new Promise((resolve) => setTimeout(resolve, Number(response.headers.get('retry-after') ?? 0) * 1000 || 250 * 2 ** attempt));
      continue;
    }
    const said = refusalSchema.safeParse(safeJson(text)).data;
    throw new Failure(`The gateway answered ${response.status}: ${said?.detail ?? said?.error ?? said?.message ?? text.slice(0, 300)}`);
  }
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
