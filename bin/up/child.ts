import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { log } from '@/lib/core/log';

const FIRST_DELAY_MS = 300;
const LONGEST_DELAY_MS = 30_000;
/** A child that lived this long starts with the shortest delay again. */
const STEADY_MS = 60_000;
const LOG_LIMIT = 20 * 1024 * 1024;

/** What a child says over its pipe when it is ready to work. */
export const readyMessage = z.object({ ready: z.literal(true), port: z.number() });

export type ChildPlan = {
  /** shown in logs and messages */
  name: string;
  file: string;
  args?: string[];
  env: NodeJS.ProcessEnv;
  logFile: string;
  /** called at every start with the port the child listens on */
  onReady?(port: number): void;
};

/** A child process that is kept alive until it is stopped. */
export type Kept = { ready: Promise<number>; pid(): number | undefined; stop(gentleMs: number): Promise<void>; kill(): void };

/**
 * keepChild starts a process of ours in a process group of its own, restarts it with growing delays when it ends by itself,
 * and ends it on `stop`: gently first, firmly after `gentleMs`. The child ends when the pipe to us closes.
 * `ready` is the port of the first start; it rejects with the end of the child's log when that start fails.
 */
export function keepChild(plan: ChildPlan): Kept {
  let current: ChildProcess | undefined;
  let stopping = false;
  let delay = FIRST_DELAY_MS;
  let again: NodeJS.Timeout | undefined;
  let firstReady = false;
  let settle: { resolve(port: number): void; reject(error: Error): void };
  const ready = new Promise<number>((resolve, reject) => (settle = { resolve, reject }));

  const start = () => {
    again = undefined;
    const startedAt = Date.now();
    const child = launch(plan);
    current = child;
    child.on('message', (message) => {
      const parsed = readyMessage.safeParse(message);
      if (!parsed.success) return;
      plan.onReady?.(parsed.data.port);
      firstReady = true;
      settle.resolve(parsed.data.port);
    });
    child.on('error', (error) => settle.reject(error));
    child.on('exit', (code, signal) => {
      if (current === child) current = undefined;
      if (stopping) return;
      const how = signal ? `signal ${signal}` : `exit code ${code ?? 0}`;
      if (!firstReady) {
        settle.reject(new Error(`The ${plan.name} process did not start (${how}). The end of ${plan.logFile}:\n${tail(plan.logFile)}`));
        return;
      }
      if (Date.now() - startedAt > STEADY_MS) delay = FIRST_DELAY_MS;
      log.warn({ child: plan.name, how, delayMs: delay }, 'a process ended by itself and is started again');
      again = setTimeout(start, delay);
      delay = Math.min(delay * 2, LONGEST_DELAY_MS);
    });
  };

  const kill = () => {
    const pid = current?.pid;
    if (pid === undefined) return;
    try {
      process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
    } catch {
      // It ended meanwhile.
    }
  };

  const stop = async (gentleMs: number) => {
    stopping = true;
    clearTimeout(again);
    const child = current;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const firmly = setTimeout(kill, gentleMs);
    await ended;
    clearTimeout(firmly);
  };

  start();
  return { ready, pid: () => current?.pid, stop, kill };
}

function launch(plan: ChildPlan): ChildProcess {
  mkdirSync(path.dirname(plan.logFile), { recursive: true });
  rotate(plan.logFile);
  const out = openSync(plan.logFile, 'a');
  try {
    return spawn(process.execPath, ['--enable-source-maps', plan.file, ...(plan.args ?? [])], {
      env: plan.env,
      // Not the terminal's Ctrl-C, only we end it; and killing it firmly takes its whole group.
      detached: true,
      windowsHide: true,
      stdio: ['ignore', out, out, 'ipc'],
    });
  } finally {
    closeSync(out);
  }
}

function rotate(file: string): void {
  try {
    if (statSync(file).size > LOG_LIMIT) renameSync(file, `${file}.1`);
  } catch {
    // There is no log yet.
  }
}

function tail(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-12).join('\n');
  } catch {
    return '(no log)';
  }
}
