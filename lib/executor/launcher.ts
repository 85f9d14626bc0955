import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { PassThrough, type Readable } from 'node:stream';
import { exactly } from './environment';
import { splitLines } from './lines';
import { processOf, type ProcessRow } from './proc-table';

/** What a command needs to be started. `limits` is shell code that its first process does before it becomes the command. */
export type Launch = { command: [string, ...string[]]; cwd: string; env: Record<string, string>; limits: string };

type Exit = { code: number | null; signal: NodeJS.Signals | null };

/** A started command. */
export type Launched = {
  pid: number;
  /** the process that started it, which is none of its own */
  parent: number;
  stdout: Readable;
  stderr: Readable;
  /** how its first process ended */
  exit: Promise<Exit>;
  /**
   * finish is called once nothing of it lives any more; it resolves when all that it wrote has been read.
   * @param others processes begun since, which are not known to be its own; null: not known which
   */
  finish(others: ProcessRow[] | null): Promise<void>;
};

const SETSID = process.platform === 'linux' ? ['/usr/bin/setsid', '/bin/setsid'].find((file) => existsSync(file)) : undefined;
/** A launcher without work ends after this long, in milliseconds. */
const IDLE_MS = 60_000;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const SIGNALS: Record<number, NodeJS.Signals> = { 1: 'SIGHUP', 3: 'SIGQUIT', 4: 'SIGILL', 6: 'SIGABRT', 7: 'SIGBUS', 8: 'SIGFPE', 9: 'SIGKILL', 11: 'SIGSEGV', 14: 'SIGALRM', 15: 'SIGTERM', 24: 'SIGXCPU', 25: 'SIGXFSZ' };

/**
 * The program of a launcher, a small shell that starts one command after another: a fork of a process as large as a worker takes many times
 * longer. It reads the names of files to run, one a line. On fd 3 it says which process became the command and with what code that ended;
 * before it, whatever a shell itself says of a death by signal. On a line `mark:` it ends the command's output with that mark.
 */
const PROGRAM = `exec 4>&2 2>&3
while IFS= read -r task; do
  case $task in
    mark:*) printf '\\000%s\\000' "\${task#mark:}"; printf '\\000%s\\000' "\${task#mark:}" >&4 ;;
    *) ( read -r pid rest </proc/self/stat; . "$task" ) </dev/null 2>&4; echo "end $?" >&3 ;;
  esac
done`;

const idle: Launcher[] = [];

/**
 * launch starts a command in a session of its own, by a launcher where there is one to be had.
 * @throws Error when it cannot be started at all (its folder is missing, no processes left)
 */
export function launch(what: Launch): Promise<Launched> {
  const plain = [...what.command, ...Object.values(what.env), what.cwd].every((text) => !text.includes('\0')) && Object.keys(what.env).every((name) => NAME.test(name));
  if (!SETSID || !plain) return direct(what);
  return (idle.pop() ?? new Launcher()).start(what, SETSID);
}

async function direct({ command, cwd, env, limits }: Launch): Promise<Launched> {
  const child = spawn('/bin/sh', ['-c', `${limits}; exec "$@"`, 'sh', ...command], { cwd, env: exactly(env), detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const exit = new Promise<Exit>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const { pid } = child;
  if (pid === undefined) {
    await exit;
    throw new Error('The command could not be started.');
  }
  return { pid, parent: process.pid, stdout: child.stdout, stderr: child.stderr, exit, finish: () => closed };
}

type Current = { file: string; pid: Resolvers<number>; exit: Resolvers<Exit>; toldOfSignal: boolean };

/** A Launcher performs one command at a time: idle → start → (its output is marked) → idle, or ended when something could still write there. */
class Launcher {
  private readonly child: ChildProcess;
  private readonly outputs: [Output, Output];
  private current: Current | undefined;
  private timer: NodeJS.Timeout | undefined;
  private gone = false;

  constructor() {
    this.child = spawn('/bin/sh', ['-c', PROGRAM, 'penstock-launcher'], { cwd: '/', env: exactly({}), detached: true, stdio: ['pipe', 'pipe', 'pipe', 'pipe'] });
    this.outputs = [new Output(this.child.stdout as Socket), new Output(this.child.stderr as Socket)];
    const status = splitLines((line) => this.hear(line));
    const said = this.child.stdio[3] as Socket;
    said.on('data', (chunk: Buffer) => status.push(chunk));
    for (const stream of [this.child.stdin, said]) stream?.on('error', () => undefined);
    this.child.once('error', (error) => this.end(error));
    // what it said last is read before its end is believed
    this.child.once('exit', () => setImmediate(() => this.end(new Error('The command could not be started.'))));
  }

  async start({ command, cwd, env, limits }: Launch, setsid: string): Promise<Launched> {
    clearTimeout(this.timer);
    this.hold(true);
    const file = `${cwd}-${randomUUID()}.start.${process.pid}`;
    const current: Current = { file, pid: resolvers(), exit: resolvers(), toldOfSignal: false };
    this.current = current;
    const [stdout, stderr] = this.outputs.map((output) => output.open()) as [Readable, Readable];
    try {
      const lines = [
        'echo "pid $pid" >&3',
        `cd ${quoted(cwd)} || { echo fail >&3; exit 1; }`,
        'unset PWD OLDPWD',
        ...Object.entries(env).map(([name, value]) => `export ${name}=${quoted(value)}`),
        limits,
        `command -v ${quoted(command[0])} >/dev/null 2>&1 || { echo ${quoted(`sh: ${command[0]}: not found`)} >&2; exit 127; }`,
        `exec 3>&- 4>&-`,
        `exec ${setsid} ${command.map(quoted).join(' ')}`,
      ];
      writeFileSync(file, lines.join('\n'), { mode: 0o600 });
      if (this.gone) throw new Error('The command could not be started.');
      this.child.stdin?.write(`${file}\n`);
      const pid = await current.pid.promise;
      return { pid, parent: this.child.pid ?? 0, stdout, stderr, exit: current.exit.promise, finish: (others) => this.finish(others) };
    } catch (error) {
      this.retire();
      throw error;
    } finally {
      rmSync(file, { force: true });
    }
  }

  private hear(line: string): void {
    const { current } = this;
    if (!current) return;
    const [what, number] = line.split(' ');
    if (what === 'pid') current.pid.resolve(Number(number));
    else if (what === 'fail') {
      current.exit.reject(new Error('The command could not be started: its folder is missing.'));
      this.retire();
    }
    else if (what === 'end') {
      const signal = current.toldOfSignal ? SIGNALS[Number(number) - 128] : undefined;
      // settled long since, unless its file could not be read
      current.pid.reject(new Error('The command could not be started.'));
      current.exit.resolve(signal ? { code: null, signal } : { code: Number(number), signal: null });
    } else current.toldOfSignal = true;
  }

  private async finish(others: ProcessRow[] | null): Promise<void> {
    const clean = !this.gone && others !== null && !this.isHeldBy(others);
    const mark = randomUUID();
    const read = this.outputs.map((output) => output.readTo(mark));
    if (!this.gone) this.child.stdin?.write(`mark:${mark}\n`);
    await Promise.all(read);
    this.current = undefined;
    if (!clean || this.gone) {
      this.retire();
      return;
    }
    this.hold(false);
    idle.push(this);
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
    const mine = [1, 4].map((fd) => linkOf(this.child.pid ?? 0, String(fd)));
    return strays.some(({ pid }) => {
      try {
        return readdirSync(`/proc/${pid}/fd`).some((fd) => mine.includes(linkOf(pid, fd) ?? 'gone'));
      } catch {
        return false;
      }
    });
  }

  private retire(): void {
    const at = idle.indexOf(this);
    if (at >= 0) idle.splice(at, 1);
    this.child.stdin?.end();
    for (const output of this.outputs) output.close();
    this.hold(false);
  }

  private end(error: Error): void {
    if (this.gone) return;
    this.gone = true;
    this.current?.pid.reject(error);
    // a command may kill the shell that started it
    this.current?.exit.resolve({ code: null, signal: 'SIGKILL' });
    for (const output of this.outputs) output.close();
    const at = idle.indexOf(this);
    if (at >= 0) idle.splice(at, 1);
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

/** One of a launcher's output pipes, cut into the outputs of its commands. */
class Output {
  private current: PassThrough | undefined;
  private mark: Buffer | undefined;
  private held: Buffer = Buffer.alloc(0);

  constructor(private readonly source: Socket) {
    source.on('data', (chunk: Buffer) => this.take(chunk));
    source.on('error', () => undefined);
    source.once('close', () => this.current?.end());
  }

  open(): Readable {
    this.current = new PassThrough();
    this.mark = undefined;
    // a stream that ended while it was full never said that it has room again
    this.source.resume();
    return this.current;
  }

  /** readTo ends the command's stream at the mark, and resolves when all of it has been read. */
  async readTo(mark: string): Promise<void> {
    const { current } = this;
    if (!current || current.readableEnded) return;
    this.mark = Buffer.from(`\0${mark}\0`);
    const read = once(current, 'end');
    if (this.source.destroyed) current.end();
    await read;
  }

  close(): void {
    this.current?.end();
    this.source.destroy();
  }

  private take(chunk: Buffer): void {
    const { current, mark } = this;
    if (!current || current.writableEnded) return;
    if (!mark) return this.write(current, chunk);
    const data = this.held.length > 0 ? Buffer.concat([this.held, chunk]) : chunk;
    const at = data.indexOf(mark);
    // a part of the mark may be at the end
    const kept = at >= 0 ? at : Math.max(0, data.length - mark.length);
    if (kept > 0) this.write(current, data.subarray(0, kept));
    this.held = at >= 0 ? Buffer.alloc(0) : data.subarray(kept);
    if (at >= 0) current.end();
  }

  private write(current: PassThrough, data: Buffer): void {
    if (current.write(data)) return;
    this.source.pause();
    current.once('drain', () => this.source.resume());
  }
}

/** The processes above this one. */
function ancestors(): Set<number> {
  const above = new Set([1]);
  for (let pid = process.ppid; pid > 1 && !above.has(pid); pid = processOf(pid)?.parent ?? 1) above.add(pid);
  return above;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function linkOf(pid: number, fd: string): string | null {
  try {
    return readlinkSync(`/proc/${pid}/fd/${fd}`);
  } catch {
    return null;
  }
}

type Resolvers<T> = { promise: Promise<T>; resolve(value: T | PromiseLike<T>): void; reject(reason: unknown): void };

function resolvers<T>(): Resolvers<T> {
  let resolve!: (value: T | PromiseLike<T>) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
