import { statfsSync } from 'node:fs';
import { launch } from './launcher';
import { splitLines } from './lines';
import type { Sink } from './output';
import type { ProcessRow } from './proc-table';
import type { Pulse } from './pulse';
import { followTree, type ProcessTree } from './process-tree';

/** A command to run for an attempt. */
export type ProcessSpec = {
  command: [string, ...string[]];
  cwd: string;
  /** the whole environment; nothing is inherited */
  env: Record<string, string>;
  /** memory of all its processes together, in MB */
  memoryMb: number;
  /** processes it may have at once (default 256) */
  maxProcesses?: number;
  /** milliseconds between the request to stop (SIGTERM) and the kill (default 5 s) */
  graceMs?: number;
  signal: AbortSignal;
  /** counts the CPU of its processes */
  pulse?: Pulse;
  /** one line of output; `cutBytes` of it were dropped because it was too long */
  onLine(stream: 'stdout' | 'stderr', text: string, cutBytes: number): void;
  /** awaited before more output is read */
  ready?(): Promise<void>;
};

export type StopCause = 'abort' | 'memory' | 'processes' | 'disk';

/** How a command ended. */
export type ProcessEnd = {
  /** null when a signal ended it or it could not be started */
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  /** what made us stop it, if we did */
  stopped: StopCause | null;
  /** it is certain that nothing of it lives any more */
  alone: boolean;
  peakBytes: number;
  peakProcesses: number;
};

const LOOK_MS = 200;
const MEMORY_MS = 50;
/** Of the worker's time at most one part in so many goes into looking. */
const LOOK_SHARE = 15;
const DISK_EVERY = 10;
const DISK_FLOOR_BYTES = 64 * 1024 * 1024;
/** How long output that is still in the pipe may take to be read after the last process has ended. */
const DRAIN_MS = 60_000;

/**
 * Limits that a process sets for itself and its children before it becomes the command: no core files, a ceiling on its own
 * data far above the watched limit (so that a burst between two looks cannot take the machine down), and first in line
 * should the kernel run out of memory.
 */
const limits = (memoryMb: number) => `ulimit -c 0; ulimit -d ${(memoryMb * 2 + 1024) * 1024} 2>/dev/null; echo 800 2>/dev/null >/proc/self/oom_score_adj`;

/**
 * runProcess runs a command in a session of its own and resolves when it and every process it started have ended. When the
 * signal aborts, all of them are asked to stop and killed after the grace period; when they pass a limit they are killed at
 * once. They die as well when this process does.
 * @throws Error when the command cannot be started at all (its folder is missing, no processes left)
 */
export async function runProcess(spec: ProcessSpec): Promise<ProcessEnd> {
  if (spec.signal.aborted) return { exitCode: null, signal: null, stopped: 'abort', alone: true, peakBytes: 0, peakProcesses: 0 };
  const command = await launch({
    command: spec.command,
    cwd: spec.cwd,
    env: spec.env,
    limits: limits(spec.memoryMb),
    stdout: linesOf(spec, 'stdout'),
    stderr: linesOf(spec, 'stderr'),
  });
  const over = command.over();
  if (over?.alone) {
    const taking = command.finish(null);
    if (taking) await within(taking, DRAIN_MS);
    return { exitCode: over.code, signal: over.signal, stopped: spec.signal.aborted ? 'abort' : null, alone: true, peakBytes: 0, peakProcesses: 0 };
  }
  const tree = followTree(command.pid, command.key, command.parent);
  const watch = watchTree(tree, spec);
  const unfollow = spec.pulse?.follow(() => tree.look(LOOK_MS));
  const ended = await command.exit.finally(() => {
    watch.end();
    unfollow?.();
  });
  await watch.stopping;
  const none = ended.alone || (await tree.killAll());
  const taking = command.finish(none ? tree.others() : null);
  if (taking) await within(taking, DRAIN_MS);
  return {
    exitCode: ended.code,
    signal: ended.signal,
    stopped: watch.stopped(),
    alone: ended.alone,
    peakBytes: watch.peakBytes(),
    peakProcesses: watch.peakProcesses(),
  };
}

function linesOf(spec: ProcessSpec, name: 'stdout' | 'stderr'): Sink {
  const lines = splitLines((text, cutBytes) => spec.onLine(name, text, cutBytes));
  return {
    push: (chunk) => {
      lines.push(chunk);
      return spec.ready?.();
    },
    end: () => lines.end(),
  };
}

type Watch = {
  stopped(): StopCause | null;
  peakBytes(): number;
  peakProcesses(): number;
  /** resolves when a stop that has begun has done its work */
  stopping: Promise<void>;
  end(): void;
};

/** watchTree looks at the attempt's processes again and again and stops them when the signal or a limit says so. */
function watchTree(tree: ProcessTree, spec: ProcessSpec): Watch {
  const limit = spec.memoryMb * 1024 * 1024;
  const maxProcesses = spec.maxProcesses ?? 256;
  let stopped: StopCause | null = null;
  let peakBytes = 0;
  let peakProcesses = 0;
  let looks = 0;
  let over = false;

  const stop = (cause: StopCause) => {
    if (stopped) return;
    stopped = cause;
    watch.stopping = cause === 'abort' ? askThenKill() : tree.killAll().then(() => undefined);
  };
  const askThenKill = async () => {
    tree.signal(tree.look(), 'SIGTERM');
    const deadline = Date.now() + (spec.graceMs ?? 5_000);
    while (Date.now() < deadline && tree.look().length > 0) await pause(50);
    await tree.killAll();
  };

  // finding all processes costs a walk through /proc, reading the memory of those known little: so the second is done more often
  let rows: ProcessRow[] = [];
  let nextLook = 0;
  const timer = setInterval(() => {
    const began = performance.now();
    if (began >= nextLook) {
      rows = tree.look(LOOK_MS / 2);
      looks += 1;
      nextLook = began + Math.max(LOOK_MS, (performance.now() - began) * LOOK_SHARE);
    }
    const bytes = tree.memory(rows, limit * 0.8);
    peakBytes = Math.max(peakBytes, bytes);
    peakProcesses = Math.max(peakProcesses, rows.length);
    if (bytes > limit) stop('memory');
    else if (rows.length > maxProcesses) stop('processes');
    else if (looks % DISK_EVERY === 0 && diskFree(spec.cwd) < DISK_FLOOR_BYTES) stop('disk');
  }, MEMORY_MS);
  const onAbort = () => {
    if (!over) stop('abort');
  };
  spec.signal.addEventListener('abort', onAbort, { once: true });

  const watch: Watch = {
    stopped: () => stopped,
    peakBytes: () => peakBytes,
    peakProcesses: () => peakProcesses,
    stopping: Promise.resolve(),
    end: () => {
      over = true;
      clearInterval(timer);
      spec.signal.removeEventListener('abort', onAbort);
    },
  };
  // it may have aborted while the command was being started
  if (spec.signal.aborted) stop('abort');
  return watch;
}

function diskFree(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function within(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([
    work,
    new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    }),
  ]);
  clearTimeout(timer);
}
