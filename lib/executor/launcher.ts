import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import type { Socket } from 'node:net';
import os from 'node:os';
import { exactly } from './environment';
import { letGo, startGuard, watchOver } from './guard';
import { PROGRAM } from './launcher-program';
import { splitLines } from './lines';
import { Output, type Sink } from './output';
import { processOf, type ProcessRow } from './proc-table';
import { ATTEMPT_KEY, newKey } from './process-tree';
import { resolvers, type Resolvers } from './resolvers';

/** What a command needs to be started. `limits` is shell code that is done before it, in its process or one that it comes from. */
export type Launch = { command: [string, ...string[]]; cwd: string; env: Record<string, string>; limits: string; stdout: Sink; stderr: Sink };

type Exit = {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** it is known that nothing of the command lives any more */
  alone: boolean;
};

/** A started command. */
export type Launched = {
  pid: number;
  /** the value of PENSTOCK_ATTEMPT_KEY by which its processes are known */
  key: string;
  /** the process that started it, which is none of its own */
  parent: number;
  /** how its first process ended */
  exit: Promise<Exit>;
  /**
   * finish is called once nothing of it lives any more; it resolves when all that it wrote has been taken.
   * @param others processes begun since, which are not known to be its own; null: not known which. An `alone` exit needs none
   */
  finish(others: ProcessRow[] | null): Promise<void>;
};

const PERL = ['/usr/bin/perl', '/bin/perl'].find((file) => existsSync(file));
/** The number of setsid by processor, for Linux: Perl has no such function without a module that doubles its size. */
const SETSID: Record<string, number> = { x64: 112, arm64: 157, arm: 66, ia32: 66, ppc64: 66, s390x: 66, riscv64: 157, loong64: 157 };
/** A launcher without work ends after this long, in milliseconds. */
const IDLE_MS = 60_000;
const SIGNALS = Object.fromEntries(Object.entries(os.constants.signals).map(([name, number]) => [number, name as NodeJS.Signals]));

/** Idle launchers, by their limits. */
const idle = new Map<string, Launcher[]>();

/**
 * launch starts a command in a session of its own, by a launcher where there is one to be had (Linux with Perl).
 * @throws Error when it cannot be started at all (its folder is missing, no processes left)
 */
export function launch(what: Launch): Promise<Launched> {
  const setsid = process.platform === 'linux' ? SETSID[process.arch] : undefined;
  const plain = [...what.command, ...Object.keys(what.env), ...Object.values(what.env), what.cwd].every((text) => !text.includes('\0'));
  startGuard();
  if (!PERL || setsid === undefined || !plain) return direct(what);
  return (idle.get(what.limits)?.pop() ?? new Launcher(PERL, setsid, what.limits)).start(what);
}

async function direct({ command, cwd, env, limits, stdout, stderr }: Launch): Promise<Launched> {
  const key = newKey();
  const child = spawn('/bin/sh', ['-c', `${limits}; exec "$@"`, 'sh', ...command], { cwd, env: exactly({ ...env, [ATTEMPT_KEY]: key }), detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const exit = new Promise<Exit>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal, alone: false }));
  });
  const taken = [new Output(child.stdout, null).open(stdout), new Output(child.stderr, null).open(stderr)];
  const { pid } = child;
  if (pid === undefined) {
    await exit;
    throw new Error('The command could not be started.');
  }
  watchOver(`group:${pid}`);
  const finish = async () => {
    letGo(`group:${pid}`);
    await Promise.all(taken);
  };
  return { pid, key, parent: process.pid, exit, finish };
}

type Current = { pid: Resolvers<number>; exit: Resolvers<Exit>; taken: Promise<void>[] };

/** A Launcher performs one command at a time: idle → start → (its output is marked) → idle, or ended when something could still write there. */
class Launcher {
  private readonly child: ChildProcess;
  /** of all its commands: it starts one only when nothing of the one before it is left */
  private readonly key = newKey();
  private readonly outputs: [Output, Output];
  private current: Current | undefined;
  private timer: NodeJS.Timeout | undefined;
  private gone = false;

  constructor(
    perl: string,
    setsid: number,
    private readonly limits: string,
  ) {
    const mark = randomUUID();
    this.child = spawn('/bin/sh', ['-c', `${limits}; exec "$0" -e "$1" "$2"`, perl, PROGRAM, String(setsid)], { cwd: '/', env: exactly({}), detached: true, stdio: ['pipe', 'pipe', 'pipe', 'pipe'] });
    this.outputs = [new Output(this.child.stdout as Socket, mark), new Output(this.child.stderr as Socket, mark)];
    const status = splitLines((line) => this.hear(line));
    const said = this.child.stdio[3] as Socket;
    said.on('data', (chunk: Buffer) => status.push(chunk));
    for (const stream of [this.child.stdin, said]) stream?.on('error', () => undefined);
    this.child.once('error', (error) => this.end(error));
    // what it said last is read before its end is believed
    this.child.once('exit', () => setImmediate(() => this.end(new Error('The command could not be started.'))));
    this.child.stdin?.write(`${mark}\n`);
    if (this.child.pid !== undefined) watchOver(`starter:${this.child.pid}`);
  }

  async start({ command, cwd, env, stdout, stderr }: Launch): Promise<Launched> {
    clearTimeout(this.timer);
    this.hold(true);
    const current: Current = { pid: resolvers(), exit: resolvers(), taken: [this.outputs[0].open(stdout), this.outputs[1].open(stderr)] };
    this.current = current;
    try {
      if (this.gone) throw new Error('The command could not be started.');
      const told = [cwd, String(command.length), ...command, ...Object.entries({ ...env, [ATTEMPT_KEY]: this.key }).flat()].join('\0');
      this.child.stdin?.write(`${Buffer.byteLength(told)}\n${told}`);
      const pid = await current.pid.promise;
      return { pid, key: this.key, parent: this.child.pid ?? 0, exit: current.exit.promise, finish: (others) => this.finish(current, others) };
    } catch (error) {
      this.retire();
      throw error;
    }
  }

  private hear(line: string): void {
    const { current } = this;
    if (!current) return;
    const [what, first, second] = line.split(' ');
    if (what === 'pid') current.pid.resolve(Number(first));
    else if (what === 'end') {
      const status = Number(first);
      const signal = SIGNALS[status & 127];
      // settled long since, unless it never came to be
      current.pid.reject(new Error('The command could not be started.'));
      current.exit.resolve({ code: signal ? null : status >> 8, signal: signal ?? null, alone: second === '1' });
    } else {
      current.pid.reject(new Error('The command could not be started: its folder is missing, or the machine can start no more processes.'));
    }
  }

  private async finish(current: Current, others: ProcessRow[] | null): Promise<void> {
    const { alone } = await current.exit.promise;
    const clean = alone || (!this.gone && others !== null && !this.isHeldBy(others));
    if (!alone && !this.gone) this.child.stdin?.write('0\n');
    await Promise.all(current.taken);
    this.current = undefined;
    if (!clean || this.gone) {
      this.retire();
      return;
    }
    this.hold(false);
    const like = idle.get(this.limits);
    if (like) like.push(this);
    else idle.set(this.limits, [this]);
    this.timer = setTimeout(() => this.retire(), IDLE_MS).unref();
  }

  /**
   * Whether a process that got away (it left the session, lost its parents and cleared its environment) holds the output that the next
   * command would write to. What loses its parents is given to a process above this one, the first of all as a rule.
   */
  private isHeldBy(others: ProcessRow[]): boolean {
    const rows = new Map(others.map((row) => [row.pid, row]));
    const origin = (row: ProcessRow): number => {
      const parent = rows.get(row.parent);
      return parent && parent !== row ? origin(parent) : row.parent;
    };
    const above = ancestors();
    const strays = others.filter((row) => !row.zombie && above.has(origin(row)));
    if (strays.length === 0) return false;
    const mine = [1, 2].map((fd) => linkOf(this.child.pid ?? 0, String(fd)));
    return strays.some(({ pid }) => {
      try {
        return readdirSync(`/proc/${pid}/fd`).some((fd) => mine.includes(linkOf(pid, fd) ?? 'gone'));
      } catch {
        return false;
      }
    });
  }

  private retire(): void {
    this.leaveIdle();
    this.child.stdin?.end();
    for (const output of this.outputs) output.close();
    this.hold(false);
  }

  private end(error: Error): void {
    if (this.gone) return;
    this.gone = true;
    this.current?.pid.reject(error);
    // a command may kill the process that started it
    this.current?.exit.resolve({ code: null, signal: 'SIGKILL', alone: false });
    for (const output of this.outputs) output.close();
    this.leaveIdle();
    letGo(`starter:${this.child.pid ?? 0}`);
  }

  private leaveIdle(): void {
    const like = idle.get(this.limits);
    const at = like?.indexOf(this) ?? -1;
    if (at >= 0) like!.splice(at, 1);
    if (like?.length === 0) idle.delete(this.limits);
  }

  /** An idle launcher keeps no otherwise finished process running. */
  private hold(on: boolean): void {
    const handles = [this.child, ...this.child.stdio] as unknown as { ref?(): void; unref?(): void }[];
    for (const handle of handles) {
      if (on) handle.ref?.();
      else handle.unref?.();
    }
  }
}

/** The processes above this one. */
function ancestors(): Set<number> {
  const above = new Set([1]);
  for (let pid = process.ppid; pid > 1 && !above.has(pid); pid = processOf(pid)?.parent ?? 1) above.add(pid);
  return above;
}

function linkOf(pid: number, fd: string): string | null {
  try {
    return readlinkSync(`/proc/${pid}/fd/${fd}`);
  } catch {
    return null;
  }
}
