import { setTimeout as pause } from 'node:timers/promises';
import { log } from '@/lib/core/log';

/** PostgreSQL's classes and states for "not now": connection exceptions, shutting down, starting up, too many connections. */
const AWAY_STATES = /^(08\w{3}|57P0[1-3]|53300)$/;
/** Node's words for a connection that cannot be had or broke, and Prisma's for the same. */
const AWAY_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028']);
const AWAY_WORDS = /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Connection ended unexpectedly|Can't reach database server|Server has closed the connection|not queryable|read ECONNRESET/i;

/** isOutage tells whether an error says that the database is away for a moment (restart, lost connection), and not that a statement is wrong. */
export function isOutage(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > 4) return false;
  const { code, cause, meta } = error as Error & { code?: unknown; meta?: { code?: unknown; driverAdapterError?: unknown } };
  for (const each of [code, meta?.code]) if (typeof each === 'string' && (AWAY_CODES.has(each) || AWAY_STATES.test(each))) return true;
  if (AWAY_WORDS.test(error.message)) return true;
  const inner = [cause, meta?.driverAdapterError, ...(error instanceof AggregateError ? (error.errors as unknown[]) : [])];
  return inner.some((one) => isOutage(one, depth + 1)) || originalCode(cause);
}

/** The driver adapter wraps what the server said as a plain object. */
function originalCode(cause: unknown): boolean {
  if (typeof cause !== 'object' || cause === null) return false;
  const { originalCode: code, kind } = cause as { originalCode?: unknown; kind?: unknown };
  return (typeof code === 'string' && AWAY_STATES.test(code)) || kind === 'DatabaseNotReachable' || kind === 'ConnectionClosed' || kind === 'SocketTimeout';
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/**
 * outlast does `work` again and again while the database is away, with growing pauses, and passes on every other error. The work must
 * bear being done twice: a commit whose answer was lost counts.
 * @param signal ends the waiting: the outage's error is thrown then
 */
export async function outlast<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let ms = FIRST_PAUSE_MS; ; ms = Math.min(ms * 2, LONGEST_PAUSE_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!isOutage(error) || signal?.aborted) throw error;
      log.warn({ err: (error as Error).message }, 'the database is away; trying again');
      await pause(ms, undefined, signal ? { signal } : {}).catch(() => undefined);
      if (signal?.aborted) throw error;
    }
  }
}
