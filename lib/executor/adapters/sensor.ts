import { env } from '@/lib/core/env';
import { renderHeader, renderText, renderUrl } from '@/lib/core/expressions';
import type { Json, JsonObject } from '@/lib/core';
import { FetchFailure, guardedFetch, splitAllowHosts } from '@/lib/core/net';
import { filesMatching, newestGood, readsNow } from '@/lib/datasets/server';
import { isClock, SENSOR_EVERY_SECONDS, SENSOR_TIMEOUT_SECONDS, type TaskOf } from '@/lib/pipeline';
import { AttemptFailure, type Adapter, type AttemptContext } from '../adapter';
import { configOf } from '../config-of';
import { boundSql } from '../duckdb/bound-sql';
import { atPath } from '../http-answer';
import { expressionsIn, scopeOf } from '../scope';
import { withDuckdb } from '../tables';
import { turn } from '../turn';
import { clockOn } from '../wall-time';
import { sessionTables } from './sql';

type Config = TaskOf<'sensor'>['config'];

/** What a look found: what there is now, or what it still waits for. */
type Look = { found: JsonObject } | { missing: string; awaits?: string; at?: Date };

const BODY_BYTES = 10 * 1024 * 1024;
const CALL_MS = 30_000;
/** Queries of sensors in one process at once: each is a DuckDB process. */
const queries = turn(2);

/** `sensor` looks once: it succeeds when what it waits for is there, and otherwise says when to look again. */
export const sensorAdapter: Adapter = {
  runsUserCode: false,
  perform: async (context) => {
    const config = configOf(context, 'sensor');
    const look = await LOOKS[config.on](context, config);
    if ('found' in look) {
      context.log('system', 'What it waited for is there.');
      return { outcome: 'succeeded', output: look.found };
    }
    const now = Date.now();
    const timeout = config.timeoutSeconds ?? SENSOR_TIMEOUT_SECONDS;
    const end = context.waitingSince.getTime() + timeout * 1000;
    if (now >= end) {
      const said = `${look.missing} It was not there within ${timeout} s.`;
      if (config.onTimeout === 'skip') {
        context.log('system', `${said} So the task is skipped.`);
        return { outcome: 'skipped' };
      }
      return { outcome: 'timed_out', error: { code: 'sensor_timeout', message: said, hint: 'Look whether it is late or was never made, or let the sensor wait longer.' } };
    }
    const next = look.at?.getTime() ?? now + (config.everySeconds ?? SENSOR_EVERY_SECONDS) * 1000;
    return {
      outcome: 'waiting',
      wait: {
        state: 'deferred',
        what: look.missing,
        until: new Date(Math.min(next, end)),
        awaits: look.awaits ?? null,
        details: { on: config.on, since: context.waitingSince.toISOString(), givesUpAt: new Date(end).toISOString() },
      },
    };
  },
};

const LOOKS: Record<Config['on'], (context: AttemptContext, config: Config) => Promise<Look>> = {
  file: async (context, { path = '', since = 'ever' }) => {
    const wanted = renderText(path, await scopeOf(context, expressionsIn(path)));
    const from = begin(context, since);
    const files = (await filesMatching(context.workspaceId, wanted)).filter((file) => from === null || file.updatedAt >= from);
    if (files.length > 0) return { found: { files: files.slice(0, 1000).map((file) => file.path) } };
    const newer = from === null ? '' : ` uploaded after ${from.toISOString()}`;
    return { missing: `It waits for the file ${wanted}${newer}.`, awaits: `file:${wanted.includes('*') ? '*' : wanted}` };
  },

  dataset: async (context, { dataset = '', since = 'ever' }) => {
    const from = begin(context, since);
    const version = await newestGood(context.workspaceId, dataset);
    if (version && (from === null || version.settledAt >= from)) return { found: { dataset, version: version.number } };
    const newer = from === null ? '' : ` that became good after ${from.toISOString()}`;
    return { missing: `It waits for a version of dataset ${dataset}${newer}.`, awaits: `dataset:${dataset}` };
  },

  sql: async (context, { sql = '' }) => {
    const bound = boundSql(sql, await scopeOf(context, expressionsIn(sql)));
    const tables = await sessionTables(context, [...context.inputs, ...(await readsNow(context.workspaceId, context.task, context.run))]);
    const rows = await queries(() =>
      withDuckdb(context, tables.flatMap((table) => table.files), async (duckdb) => {
        await duckdb.ask({ op: 'tables', tables });
        context.started();
        return (await duckdb.ask({ op: 'select', sql: bound.sql, values: bound.values, maxRows: 1 })).rows;
      }),
    );
    const value = rows[0]?.[0] ?? null;
    const shown: Json = typeof value === 'bigint' ? Number(value) : typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as Json);
    if (isThere(shown)) return { found: { value: shown } };
    return { missing: `It waits until its query is true; now it gives ${rows.length === 0 ? 'no row' : JSON.stringify(shown)}.` };
  },

  http: async (context, config): Promise<Look> => {
    const scope = await scopeOf(context, expressionsIn([config.url, config.headers]));
    const url = renderUrl(config.url ?? '', scope);
    const headers = Object.fromEntries(Object.entries(config.headers ?? {}).map(([name, value]) => [name.toLowerCase(), renderHeader(value, scope)]));
    const { host } = new URL(url);
    context.started();
    try {
      const answer = await guardedFetch(url, {
        method: config.method ?? 'GET',
        headers,
        allow: [...splitAllowHosts(env().PENSTOCK_ALLOW_HOSTS), ...context.allowHosts],
        maxBytes: BODY_BYTES,
        timeoutMs: CALL_MS,
        signal: context.signal,
      });
      const good = config.status === undefined ? answer.status >= 200 && answer.status < 300 : answer.status === config.status;
      const text = await answer.text().catch(() => '');
      if (!good) return { missing: `It waits for ${host} to answer with ${config.status ?? 'a good status'}; now it answers ${answer.status}.` };
      if (config.at === undefined) return { found: { status: answer.status } };
      const value = valueAt(text, config.at);
      const wished = config.equals === undefined ? isThere(value) : JSON.stringify(value) === JSON.stringify(config.equals);
      if (wished) return { found: { status: answer.status, value } };
      return { missing: `It waits for ${config.at} in the answer of ${host}${config.equals === undefined ? '' : ` to be ${JSON.stringify(config.equals)}`}; now it is ${JSON.stringify(value).slice(0, 200)}.` };
    } catch (error) {
      if (!(error instanceof FetchFailure) || error.code === 'bad_url' || error.code === 'refused_address') throw error;
      return { missing: `It waits for ${host} to answer; now: ${error.message}` };
    }
  },

  time: async (context, { time = '', zone = 'UTC' }) => {
    const text = renderText(time, await scopeOf(context, expressionsIn(time))).trim();
    const at = isClock(text) ? clockOn(text, zone, context.waitingSince) : new Date(text);
    if (Number.isNaN(at.getTime())) throw new AttemptFailure('invalid_config', `"${text}" is no time. Give one like 07:30 or 2030-01-01T07:30:00Z.`);
    if (at.getTime() <= Date.now()) return { found: { at: at.toISOString() } };
    return { missing: `It waits until ${at.toISOString()}.`, at };
  },

  run: async (context, { pipeline = '', states = ['succeeded'], since = 'ever' }) => {
    if (!context.subruns) throw new AttemptFailure('no_subruns', 'This worker cannot look at runs of other pipelines.');
    if (since === 'interval') begin(context, since);
    const intervalStart = since === 'interval' ? context.run.intervalStart : null;
    const run = await context.subruns.find({ pipeline, states, intervalStart, after: since === 'run' ? context.runCreatedAt : null });
    if (run) return { found: { runId: run.id, state: run.state } };
    const which = intervalStart ? ` for the interval from ${intervalStart.toISOString()}` : since === 'run' ? ` after ${context.runCreatedAt.toISOString()}` : '';
    return { missing: `It waits for a run of ${pipeline}${which} that ends ${states.join(' or ')}.`, awaits: `run:${pipeline}` };
  },
};

/** From when on something counts; null: however old. */
function begin(context: AttemptContext, since: NonNullable<Config['since']>): Date | null {
  if (since === 'ever') return null;
  if (since === 'run') return context.runCreatedAt;
  if (context.run.intervalEnd) return context.run.intervalEnd;
  throw new AttemptFailure('no_interval', 'This run has no data interval, but the sensor waits for what belongs to it.', {
    hint: 'Start the run with a logical date at which an interval starts, or let the sensor count what came after the run began.',
  });
}

const isThere = (value: unknown): boolean => value !== null && value !== undefined && value !== false && value !== 0 && value !== '' && value !== 'false';

function valueAt(text: string, at: string): Json {
  try {
    return (atPath(JSON.parse(text) as Json, at) ?? null);
  } catch {
    return null;
  }
}
