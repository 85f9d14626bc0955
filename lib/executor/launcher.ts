import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync, readlinkSync, realpathSync } from 'node:fs';
import type { Socket } from 'node:net';
import os from 'node:os';
import { exactly } from './environment';
import { letGo, startGuard, watchOver } from './guard';
import { PROGRAM } from './launcher-program';
import { splitLines } from './lines';
import { Output, type Sink } from './output';
import { environmentOf, listProcesses, processOf, type ProcessRow } from './proc-table';
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
  /** its end where that is known already: most commands are not told of before */
  over(): Exit | null;
  /**
   * finish is called once nothing of it lives any more; it resolves when all that it wrote has been taken. Null: it has been.
   * @param others processes begun since, which are not known to be its own; null: not known which. An `alone` exit needs none
   */
  finish(others: ProcessRow[] | null): Promise<void> | null;
};

/** So many commands at once has one launcher. */
const PLACES = 8;
/** A launcher without work ends after this long, in milliseconds. */
const IDLE_MS = 60_000;
const SIGNALS = Object.fromEntries(Object.entries(os.constants.signals).map(([name, number]) => [number, name as NodeJS.Signals]));

/** The system's Python from 3.8 on, which starts processes without a copy of itself. */
const PYTHON = ['/usr/bin/python3', '/usr/local/bin/python3', '/bin/python3'].map(programOf).find((file) => Number(/\/python3\.(\d+)$/.exec(file)?.[1]) >= 8);

/** Launchers that take commands, by their limits. */
const launchers = new Map<string, Launcher[]>();

/**
 * launch starts a command in a session of its own, by a launcher where there is one to be had (Linux with Python). It resolves once the
 * command has run for a moment, or has ended.
 * @throws Error when it cannot be started at all (its folder is missing, no processes left)
 */
export function launch(what: Launch): Promise<Launched> {
  const plain = [...what.command, ...Object.keys(what.env), ...Object.values(what.env), what.cwd].every((text) => !text.includes('\0'));
  startGuard();
  if (!PYTHON || process.platform !== 'linux' || !plain) return direct(what);
  const like = launchers.get(what.limits)?.find((launcher) => launcher.hasRoom());
  return (like ?? new Launcher(PYTHON, what.limits)).start(what);
}

function programOf(name: string): string {
  try {
    return realpathSync(name);
  } catch {
    return '';
  }
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
  return { pid, key, parent: process.pid, exit, over: () => null, finish };
}

type Current = { pid: Resolvers<number>; exit: Resolvers<Exit>; over: Exit | null; taken: Promise<void>[] };

/** A Place performs one command at a time. `key` is of all its commands: it starts one only when nothing of the one before is left. */
type Place = { number: number; key: string; outputs: [Output, Output]; current: Current | null };

/** A Launcher performs commands, one in each place: idle ⇄ busy → retired, once something could still write to a place, → gone. */
class Launcher {
  private readonly child: ChildProcess;
  private readonly control: Socket;
  private readonly free: Place[];
  private readonly places: Place[];
  private unsaid = '';
  private timer: NodeJS.Timeout | undefined;
  private retired = false;
  private gone = false;

  constructor(
    python: string,
    private readonly limits: string,
  ) {
    const mark = randomUUID();
    const stdio = [...Array<'ignore'>(3).fill('ignore'), ...Array<'pipe'>(1 + 2 * PLACES).fill('pipe')];
    this.child = spawn('/bin/sh', ['-c', `${limits}; exec "$0" -I -S -c "$1" "$2"`, python, PROGRAM, String(PLACES)], { cwd: '/', env: exactly({}), detached: true, stdio });
    const [control, ...pipes] = this.child.stdio.slice(3) as Socket[];
    this.control = control!;
    this.places = Array.from({ length: PLACES }, (_, number) => ({ number, key: newKey(), outputs: [new Output(pipes[2 * number]!, mark), new Output(pipes[2 * number + 1]!, mark)], current: null }));
    this.free = this.places.toReversed();
    const heard = splitLines((line) => this.hear(line));
    this.control.on('data', (chunk: Buffer) => heard.push(chunk));
    this.control.on('error', () => undefined);
    this.child.once('error', (error) => this.end(error));
    // what it said last is read before its end is believed
    this.child.once('exit', () => setImmediate(() => this.end(new Error('The command could not be started.'))));
    this.tell(`${mark}\n`);
    if (this.child.pid !== undefined) watchOver(`starter:${this.child.pid}`);
    const like = launchers.get(limits);
    if (like) like.push(this);
    else launchers.set(limits, [this]);
  }

  hasRoom(): boolean {
    return this.free.length > 0;
  }

  async start({ command, cwd, env, stdout, stderr }: Launch): Promise<Launched> {
    if (this.free.length === PLACES) {
      clearTimeout(this.timer);
      this.hold(true);
    }
    const place = this.free.pop()!;
    const current: Current = { pid: resolvers(), exit: resolvers(), over: null, taken: [place.outputs[0].open(stdout), place.outputs[1].open(stderr)] };
    place.current = current;
    try {
      if (this.gone) throw new Error('The command could not be started.');
      const told = [cwd, String(command.length), ...command, ...Object.entries({ ...env, [ATTEMPT_KEY]: place.key }).flat()].join('\0');
      this.tell(`${place.number} ${Buffer.byteLength(told)}\n${told}`);
      const pid = await current.pid.promise;
      return { pid, key: place.key, parent: this.child.pid ?? 0, exit: current.exit.promise, over: () => current.over, finish: (others) => this.finish(place, current, others) };
    } catch (error) {
      for (const output of place.outputs) output.cut();
      this.leave(place);
      throw error;
    }
  }

  /** What is told within one turn is written at once. */
  private tell(text: string): void {
    if (this.unsaid === '') {
      process.nextTick(() => {
        this.control.write(this.unsaid);
        this.unsaid = '';
      });
    }
    this.unsaid += text;
  }

  private hear(line: string): void {
    const [what, number, first, second, third] = line.split(' ');
    const place = this.places[Number(number)];
    const current = place?.current;
    if (!current) return;
    if (what === 'pid') current.pid.resolve(Number(first));
    else if (what === 'end') {
      const status = Number(first);
      const signal = SIGNALS[status & 127];
      current.over = { code: signal ? null : status >> 8, signal: signal ?? null, alone: second === '1' };
      // one that never came to be has no id
      current.pid.resolve(0);
      current.exit.resolve(current.over);
      if (third === '0') return;
      if (place.outputs.some((output) => output.isBehind())) this.tell(`${place.number} 0\n`);
      else for (const output of place.outputs) output.cut();
    } else {
      current.pid.reject(new Error('The command could not be started: its folder is missing, or the machine can start no more processes.'));
    }
  }

  private finish(place: Place, current: Current, others: ProcessRow[] | null): Promise<void> | null {
    const alone = current.over?.alone === true;
    const clean = alone || (!this.gone && others !== null && !this.isHeldBy(place, others));
    if (!alone) this.tell(`${place.number} 0\n`);
    const leave = () => {
      if (!clean) this.retire();
      this.leave(place);
    };
    if (place.outputs.every((output) => !output.isOpen())) {
      leave();
      return null;
    }
    return Promise.all(current.taken).then(leave);
  }

  /** The place's command is over. */
  private leave(place: Place): void {
    place.current = null;
    this.free.push(place);
    if (this.free.length < PLACES) return;
    if (this.retired || this.gone) {
      this.control.end();
      for (const { outputs } of this.places) for (const output of outputs) output.close();
    } else this.timer = setTimeout(() => this.retire(), IDLE_MS).unref();
    this.hold(false);
  }

  /**
   * Whether a process that got away (it left the session, lost its parents and cleared its environment) holds the output that the
   * next command would write to. What loses its parents is given to a process above this one, the first of all as a rule.
   */
  private isHeldBy({ number }: Place, others: ProcessRow[]): boolean {
    const rows = new Map(others.map((row) => [row.pid, row]));
    const origin = (row: ProcessRow): number => {
      const parent = rows.get(row.parent);
      return parent && parent !== row ? origin(parent) : row.parent;
    };
    const above = ancestors();
    const strays = others.filter((row) => !row.zombie && above.has(origin(row)));
    if (strays.length === 0) return false;
    const mine = [4 + 2 * number, 5 + 2 * number].map((fd) => linkOf(this.child.pid ?? 0, String(fd)));
    return strays.some(({ pid }) => {
      try {
        return readdirSync(`/proc/${pid}/fd`).some((fd) => mine.includes(linkOf(pid, fd) ?? 'gone'));
      } catch {
        return false;
      }
    });
  }

  /** It takes no more commands, and ends after those that it has. */
  private retire(): void {
    if (this.retired) return;
    this.retired = true;
    const others = (launchers.get(this.limits) ?? []).filter((each) => each !== this);
    if (others.length > 0) launchers.set(this.limits, others);
    else launchers.delete(this.limits);
    if (this.free.length === PLACES) this.control.end();
  }

  private end(error: Error): void {
    if (this.gone) return;
    this.gone = true;
    for (const { current, outputs, key } of this.places) {
      const untold = current && rootOf(key);
      if (untold) current.pid.resolve(untold);
      current?.pid.reject(error);
      // a command may kill the process that started it
      current?.exit.resolve({ code: null, signal: 'SIGKILL', alone: false });
      for (const output of outputs) output.close();
    }
    this.retire();
    letGo(`starter:${this.child.pid ?? 0}`);
  }

  /** An idle launcher keeps no otherwise finished process running. */
  private hold(on: boolean): void {
    for (const handle of [this.child, ...(this.child.stdio.slice(3) as Socket[])]) {
      if (on) handle.ref();
      else handle.unref();
    }
  }
}

/** The first process of a command whose starter is gone: the one that carries its key and leads its session, or the eldest. */
function rootOf(key: string): number | null {
  const rows = listProcesses().filter((row) => environmentOf(row.pid).includes(`${ATTEMPT_KEY}=${key}`));
  const eldest = rows.toSorted((a, b) => a.started - b.started || a.pid - b.pid);
  return (eldest.find((row) => row.session === row.pid) ?? eldest[0])?.pid ?? null;
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
