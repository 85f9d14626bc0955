import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { childEntry } from './entry';
import { type Answer, type DuckdbProblem, type Reply, type Request } from './protocol';

/** DuckdbError is a refusal or failure of SQL, in words. */
export class DuckdbError extends Error {
  constructor(readonly problem: DuckdbProblem) {
    super(problem.message);
    this.name = 'DuckdbError';
  }
}

/** A DuckDB process in a process group of its own. */
export type DuckdbProcess = {
  pid: number;
  /** @throws DuckdbError also when the process ends before it answers */
  ask<R extends Request>(request: R): Promise<Answer<R>>;
  /** kill ends the whole process group at once. */
  kill: () => void;
  /** resolves when the process is gone */
  ended: Promise<void>;
};

/** What the process may see of the environment: enough to load, nothing secret. */
const cleanEnv = (): NodeJS.ProcessEnv => ({ NODE_ENV: 'production', PATH: process.env.PATH ?? '', TMPDIR: process.env.TMPDIR ?? '/tmp', LANG: 'C.UTF-8', TZ: 'UTC' });

/** startDuckdb starts one process and resolves when it can be asked. */
export async function startDuckdb(): Promise<DuckdbProcess> {
  const entry = await childEntry();
  const child = spawn(process.execPath, ['--max-old-space-size=512', entry], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    detached: true,
    serialization: 'advanced',
    env: cleanEnv(),
  });
  return handle(child);
}

function handle(child: ChildProcess): Promise<DuckdbProcess> {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let next = 1;
  let over: DuckdbError | undefined;
  const pid = child.pid ?? 0;
  const kill = () => {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      child.kill('SIGKILL');
    }
  };
  const watchMemory = (memoryMb: number) => {
    const timer = setInterval(() => {
      if (residentMb(pid) < memoryMb * 1.25 + OVERHEAD_MB) return;
      over ??= new DuckdbError({ code: 'out_of_memory', message: `The query used far more memory than its limit of ${memoryMb} MB and was stopped.`, hint: 'Raise memoryMb of the node, or let the query look at fewer rows at a time.' });
      kill();
    }, 500);
    timer.unref();
    child.once('exit', () => clearInterval(timer));
  };
  return new Promise((resolve, reject) => {
    const ended = new Promise<void>((done) => {
      const end = (code: number | null, signal: string | null) => {
        over ??= new DuckdbError(endOf(code, signal));
        for (const { reject: fail } of waiting.values()) fail(over);
        waiting.clear();
        reject(over);
        done();
      };
      child.once('error', () => end(null, null));
      child.once('exit', end);
    });
    child.on('message', (reply: Reply) => {
      if (reply.id === 0) {
        // an idle process must not keep its parent from ending
        child.unref();
        child.channel?.unref();
        resolve({ pid, ask: ask as DuckdbProcess['ask'], kill, ended });
        return;
      }
      const caller = waiting.get(reply.id);
      waiting.delete(reply.id);
      if (waiting.size === 0) child.channel?.unref();
      if ('problem' in reply) caller?.reject(new DuckdbError(reply.problem));
      else caller?.resolve(reply.result);
    });
  });

  function ask(request: Request): Promise<unknown> {
    if (over) return Promise.reject(over);
    if (request.op === 'open') watchMemory(request.confinement.memoryMb);
    const id = next++;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      child.channel?.ref();
      child.send({ id, request }, (error) => {
        if (!error || !waiting.delete(id)) return;
        reject(over ?? new DuckdbError({ code: 'other', message: 'The query process is gone.' }));
      });
    });
  }
}

/** How far above DuckDB's own limit a process may grow: its code, Node, and what DuckDB does not count. */
const OVERHEAD_MB = 512;

/** residentMb is the memory of a process now; 0 when it cannot be told. */
function residentMb(pid: number): number {
  try {
    return (Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * 4096) / (1 << 20);
  } catch {
    return 0;
  }
}

/** endOf says why a process that nobody asked to end has ended. */
function endOf(code: number | null, signal: string | null): DuckdbProblem {
  if (signal === 'SIGKILL' || code === 134 || signal === 'SIGABRT') {
    return { code: 'out_of_memory', message: 'The query process was killed, most likely because the machine ran out of memory.', hint: 'Give the node less memory (memoryMb), so that it spills to disk, or let fewer nodes run at a time.' };
  }
  return { code: 'other', message: `The query process ended unexpectedly (${signal ?? `code ${code ?? 'unknown'}`}).`, hint: 'Run it again; if it happens again, the input files may be broken.' };
}
