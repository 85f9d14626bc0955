import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { env } from '@/lib/core/env';
import { sweepFolder } from '../incoming';
import { store } from '../storage';
import { startDuckdb, type DuckdbProcess } from './process';
import { type Facts, type Rows, type SessionTable, type BoundValue } from './protocol';

/** A process that nobody asked for this long is ended. */
const IDLE_MS = 5 * 60_000;

type Shared = { started: Promise<DuckdbProcess> | undefined; idle: NodeJS.Timeout | undefined };

/** One reader and one judge of SQL a process, also when a bundler loads this file twice. */
const held = ((globalThis as { __penstockReaders?: Record<'reader' | 'judge', Shared> }).__penstockReaders ??= {
  reader: { started: undefined, idle: undefined },
  judge: { started: undefined, idle: undefined },
});

/** A download that was broken off is removed after this time, in milliseconds. */
const EXPORT_AGE_MS = 3_600_000;

/** exportFolder is where the reader may write what is downloaded. */
export const exportFolder = (): string => path.join(env().PENSTOCK_HOME, 'work', 'exports');

async function shared(kind: 'reader' | 'judge'): Promise<DuckdbProcess> {
  const slot = held[kind];
  clearTimeout(slot.idle);
  slot.idle = setTimeout(() => void stop(kind), IDLE_MS);
  slot.idle.unref();
  if (!slot.started) {
    const starting = begin(kind);
    slot.started = starting;
    const forget = () => {
      if (slot.started === starting) slot.started = undefined;
    };
    starting.then(({ ended }) => ended.then(forget), forget);
  }
  return slot.started;
}

async function begin(kind: 'reader' | 'judge'): Promise<DuckdbProcess> {
  const process = await startDuckdb();
  if (kind === 'judge') return process;
  const spillFolder = path.join(env().PENSTOCK_HOME, 'work', `reader-${process.pid}`);
  mkdirSync(exportFolder(), { recursive: true });
  await sweepFolder(exportFolder(), new Date(), EXPORT_AGE_MS);
  await process.ask({ op: 'open', confinement: { memoryMb: 512, threads: 2, spillFolder, maxSpillMb: 4096, paths: [], folders: [store().folder, exportFolder()] } });
  return process;
}

async function stop(kind: 'reader' | 'judge'): Promise<void> {
  const slot = held[kind];
  const last = slot.started;
  slot.started = undefined;
  clearTimeout(slot.idle);
  const process = await last?.catch(() => undefined);
  process?.kill();
  await process?.ended;
}

/** stopReaders ends this process's helpers for previews and SQL facts. */
export async function stopReaders(): Promise<void> {
  await Promise.all([stop('reader'), stop('judge')]);
}

const QUERY_MS = 60_000;

/**
 * askReader runs one query of ours on stored files, outside this process.
 * @throws DuckdbError when it fails or takes longer than a minute (the reader is then replaced)
 */
export async function askReader(sql: string, values: BoundValue[] = [], maxRows = 1_000): Promise<Rows> {
  return limited('reader', QUERY_MS, (reader) => reader.ask({ op: 'query', sql, values, maxRows }));
}

/** judgeSql binds a person's SQL against empty tables. */
export async function judgeSql(tables: SessionTable[], sql: string): Promise<Facts> {
  return limited('judge', 5_000, (judge) => judge.ask({ op: 'facts', tables, sql, timeoutMs: 2_000 }));
}

/** limited kills a helper that does not answer in time; whoever waits gets a DuckdbError. */
async function limited<T>(kind: 'reader' | 'judge', ms: number, work: (process: DuckdbProcess) => Promise<T>): Promise<T> {
  const process = await shared(kind);
  const timer = setTimeout(() => process.kill(), ms);
  try {
    return await work(process);
  } finally {
    clearTimeout(timer);
  }
}
