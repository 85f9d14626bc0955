import { AppError, type JsonObject } from '@/lib/core';
import { failureCode } from '@/lib/core/errors';
import { ExpressionError } from '@/lib/core/expressions';
import { FetchFailure } from '@/lib/core/net';
import { joinSentences } from '@/lib/core/sentences';
import { DuckdbError } from '@/lib/datasets/server';
import { log } from '@/lib/core/log';
import type { AttemptLog } from '@/lib/observability/server';
import { AttemptFailure, type Adapter, type AttemptContext, type AttemptError, type AttemptInput, type AttemptResult, type Report, type Subruns } from './adapter';
import { cleanJson } from './clean-json';
import { startClocks, type Clocks } from './clocks';
import { Pulse } from './pulse';
import { makeFolder, removeFolder, workFolder } from './work-folder';

/** What the engine lends an attempt. */
export type AttemptDeps = {
  /** aborts when the run is cancelled or the lease is lost */
  signal: AbortSignal;
  log: AttemptLog;
  report(report: Report): void;
  /** gathers its signs of life; without one nobody looks at them */
  pulse?: Pulse;
  /** resolves a secret of the attempt's workspace; null: there is none of that name */
  secret(name: string): Promise<string | null>;
  variables(): Promise<JsonObject>;
  /** the attempt's own work begins, after what had to be prepared */
  started?(): void;
  subruns: Subruns | null;
};

/** How long an adapter may take to clean up after its signal aborted, in milliseconds, before it is left behind. */
const FAREWELL_MS = 30_000;

/**
 * performAttempt runs one attempt to its end and never throws: whatever happens becomes an AttemptResult with a sentence.
 * It enforces the timeouts, masks secrets in what it returns and removes the attempt's working folder.
 * @param adapter what the task's kind does
 */
export async function performWith(adapter: Adapter, input: AttemptInput, deps: AttemptDeps): Promise<AttemptResult> {
  const pulse = deps.pulse ?? new Pulse();
  const clocks = startClocks(input, deps.signal, pulse.stopped);
  const workDir = adapter.inMemory ? '' : workFolder(input);
  let result: AttemptResult;
  try {
    if (workDir) makeFolder(workDir);
    const context = contextOf(input, deps, clocks, pulse, workDir);
    result = await orFarewell(adapter.perform(context), clocks.signal);
  } catch (error) {
    // what a stopped adapter throws is only how it was stopped
    result = clocks.signal.aborted ? { outcome: 'cancelled' } : failureOf(error);
  }
  result = clocks.stopped(result);
  clocks.end();
  if (workDir) await removeFolder(workDir).catch((error: unknown) => log.warn({ err: error, workDir }, 'work folder not removed'));
  if (result.error) deps.log.write('system', joinSentences(result.error.message, result.error.hint));
  return maskResult(result, deps.log);
}

function contextOf(input: AttemptInput, deps: AttemptDeps, clocks: Clocks, pulse: Pulse, workDir: string): AttemptContext {
  let vars: Promise<JsonObject> | undefined;
  pulse.handedOver(input.external);
  return {
    ...input,
    workDir,
    pulse,
    signal: clocks.signal,
    subruns: deps.subruns,
    vars: () => (vars ??= deps.variables()),
    allowHosts: demoHosts(input.workspaceSlug),
    started: () => {
      clocks.started();
      deps.started?.();
    },
    log: (stream, text) => {
      clocks.alive();
      pulse.line();
      deps.log.write(stream, text);
    },
    logReady: () => deps.log.ready(),
    report: (report) => {
      clocks.alive();
      pulse.report(report);
      deps.report(deps.log.maskJson(cleanJson(report)));
    },
    secret: async (name) => {
      const value = await deps.secret(name);
      if (value === null) {
        throw new AttemptFailure('no_secret', `There is no secret "${name}" in this workspace.`, { hint: 'Add it under Settings, Secrets, then run again.' });
      }
      deps.log.mask(value);
      return value;
    },
  };
}

/** demoHosts is the exact address of the demo's own server, for the demo workspace alone. */
function demoHosts(workspaceSlug: string): string[] {
  const url = process.env.PENSTOCK_DEMO_URL;
  return workspaceSlug === 'demo' && url && URL.canParse(url) ? [new URL(url).host] : [];
}

/** orFarewell waits for the adapter, but after an abort no longer than it may take to say goodbye. */
async function orFarewell(work: Promise<AttemptResult>, signal: AbortSignal): Promise<AttemptResult> {
  let timer: NodeJS.Timeout | undefined;
  const leftBehind = new Promise<AttemptResult>((resolve) => {
    const begin = () => {
      timer = setTimeout(() => resolve({ outcome: 'cancelled' }), FAREWELL_MS);
      timer.unref();
    };
    if (signal.aborted) begin();
    else signal.addEventListener('abort', begin, { once: true });
  });
  try {
    return await Promise.race([work, leftBehind]);
  } finally {
    clearTimeout(timer);
  }
}

/** failureOf turns whatever an adapter threw into a failed attempt. */
function failureOf(error: unknown): AttemptResult {
  if (error instanceof AttemptFailure) {
    return { outcome: 'failed', error: error.toError(), ...(error.more.exitCode === undefined ? {} : { exitCode: error.more.exitCode }) };
  }
  if (error instanceof ExpressionError) return { outcome: 'failed', error: { code: 'expression', message: error.message } };
  if (error instanceof FetchFailure) {
    return { outcome: 'failed', error: { code: `http_${error.code}`, message: error.message, ...(error.hint ? { hint: error.hint } : {}) } };
  }
  if (error instanceof DuckdbError) return { outcome: 'failed', error: errorOfSql(error) };
  if (error instanceof AppError) return { outcome: 'failed', error: { code: failureCode(error), message: error.message } };
  const thrown = error instanceof Error ? error : new Error(String(error));
  if ((thrown as NodeJS.ErrnoException).code === 'ENOSPC') {
    return {
      outcome: 'failed',
      error: { code: 'disk_full', message: 'The disk is full, so the attempt could not write its files.', hint: 'Free some space on the machine, then run again.' },
    };
  }
  log.error({ err: thrown }, 'attempt failed unexpectedly');
  return { outcome: 'failed', error: { code: 'internal', message: thrown.message || 'The attempt failed for an unknown reason.' } };
}

function errorOfSql({ problem }: DuckdbError): AttemptError {
  const { code, message, hint, detail, line } = problem;
  return { code, message: line === undefined ? message : `Line ${line}: ${message}`, ...(hint ? { hint } : {}), ...(detail ? { detail } : {}) };
}

function maskResult(result: AttemptResult, attemptLog: AttemptLog): AttemptResult {
  const { error, output, resolved } = result;
  return {
    ...result,
    ...(error ? { error: attemptLog.maskJson(cleanJson(error)) } : {}),
    ...(output === undefined ? {} : { output: attemptLog.maskJson(cleanJson(output)) }),
    ...(resolved === undefined ? {} : { resolved: attemptLog.maskJson(cleanJson(resolved)) }),
  };
}
