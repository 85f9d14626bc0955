import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import pg from 'pg';
import { AppError } from '@/lib/core/errors';
import { findPlace, type Place } from './embedded-place';

const USER = 'penstock';
const DATABASE = 'penstock';
const START_MS = 60_000;

/** A running embedded server; `stop` ends it the fast way (sessions are closed, everything committed is kept). */
export type Embedded = {
  url: string;
  port: number;
  pid: number;
  notices: string[];
  /** resolves when the server has ended, asked to or not */
  ended: Promise<void>;
  stop(): Promise<void>;
};

/**
 * guard holds the server in a process group of its own. It reads a pipe whose other end is this process: when we are gone,
 * however we went, the pipe closes and the server is shut down cleanly.
 */
const GUARD = `exec 3<&0
"$@" </dev/null 3<&- &
server=$!
trap 'kill -INT $server' TERM INT HUP
( cat <&3 >/dev/null; kill -INT $server 2>/dev/null ) &
wait $server; code=$?
while kill -0 $server 2>/dev/null; do wait $server; code=$?; done
exit $code`;

/**
 * startEmbedded brings up the product's own PostgreSQL in `home`, creating its cluster at the first start. A server that a
 * killed start left behind is stopped first. Binds 127.0.0.1 only, on a free port, with a generated password.
 * @param home PENSTOCK_HOME, absolute
 * @param options.durable false only in tests: no fsync
 * @param options.port the port to use again after the server ended by itself, so that its clients find it
 * @throws AppError unavailable with the last lines of the server's log
 */
export async function startEmbedded(home: string, options: { durable?: boolean; port?: number } = {}): Promise<Embedded> {
  const durable = options.durable ?? true;
  mkdirSync(home, { recursive: true });
  const place = findPlace(home);
  const password = readPassword(home);
  await stopLeftOver(place);
  if (!existsSync(path.join(place.dataDir, 'PG_VERSION'))) initialise(place, password, durable);

  const port = options.port ?? (await freePort());
  const logFile = path.join(home, 'logs', 'postgresql.log');
  const child = launch(place, port, logFile, durable);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = `postgresql://${USER}:${password}@127.0.0.1:${port}/${DATABASE}`;
  await waitUntilUp(child, url, logFile);
  await createDatabase(url);
  const pid = serverPid(place.dataDir);
  if (pid === undefined) throw new AppError('unavailable', 'The embedded PostgreSQL started but wrote no pid file.');
  return { url, port, pid, notices: place.notices, ended, stop: () => stopServer(pid, child) };
}

/**
 * findEmbedded gives the address of the embedded server that runs for `home`, or null when none runs: for commands used
 * beside a running product.
 */
export function findEmbedded(home: string): string | null {
  if (!existsSync(path.join(home, 'db.password'))) return null;
  const { dataDir } = findPlace(home);
  const lines = pidFile(dataDir);
  const pid = serverPid(dataDir);
  if (!lines || pid === undefined || !alive(pid)) return null;
  return `postgresql://${USER}:${readPassword(home)}@127.0.0.1:${lines[3] ?? ''}/${DATABASE}`;
}

/** freePort asks the system for a port nobody uses on 127.0.0.1. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

function readPassword(home: string): string {
  const file = path.join(home, 'db.password');
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}

function initialise(place: Place, password: string, durable: boolean): void {
  const passwordFile = path.join(place.dataDir, '..', `.initdb-${process.pid}`);
  const file = place.as ? `/tmp/.penstock-initdb-${process.pid}-${randomBytes(6).toString('hex')}` : passwordFile;
  writeFileSync(file, password, { mode: 0o600, flag: 'wx' });
  try {
    if (place.as) chownSync(file, place.as.uid, place.as.gid);
    chmodSync(place.dataDir, 0o700);
    const flags = ['--pgdata', place.dataDir, '--username', USER, '--pwfile', file, '--auth', 'scram-sha-256', '--encoding', 'UTF8'];
    // The same order and casing of text on every system: no dependence on the machine's locales.
    flags.push('--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8');
    if (!durable) flags.push('--no-sync');
    const made = spawnSync(place.initdb, flags, { ...place.as, cwd: '/', encoding: 'utf8', env: serverEnv() });
    if (made.status !== 0) {
      throw new AppError('unavailable', `The embedded PostgreSQL could not create its data folder ${place.dataDir}: ${made.error?.message ?? made.stderr.trim()}`);
    }
  } finally {
    rmSync(file, { force: true });
  }
}

const serverEnv = (): NodeJS.ProcessEnv => ({ ...process.env, LC_ALL: 'C', LC_MESSAGES: 'C', PGDATA: undefined, DATABASE_URL: undefined });

function settings(port: number, durable: boolean): string[] {
  const values: Record<string, string> = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '120',
    shared_buffers: '128MB',
    fsync: durable ? 'on' : 'off',
    synchronous_commit: durable ? 'on' : 'off',
    full_page_writes: durable ? 'on' : 'off',
    // Short statements by the thousand: compiling them costs more than it gives, and helper processes cost memory.
    jit: 'off',
    io_method: 'sync',
    max_parallel_workers_per_gather: '0',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_messages: 'warning',
    log_checkpoints: 'off',
    // claims pass by every task that left the queue since the last vacuum, in a flood half a million a minute; every ten seconds costs 0.1 % of a core at rest
    autovacuum_naptime: durable ? '10s' : '1min',
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function launch(place: Place, port: number, logFile: string, durable: boolean): ChildProcess {
  mkdirSync(path.dirname(logFile), { recursive: true });
  const out = openSync(logFile, 'a');
  try {
    const command = [place.postgres, '-D', place.dataDir, ...settings(port, durable)];
    const options = { ...place.as, cwd: '/', env: serverEnv(), detached: true, windowsHide: true };
    const child =
      process.platform === 'win32'
        ? spawn(command[0] ?? '', command.slice(1), { ...options, stdio: ['pipe', out, out] })
        : spawn('sh', ['-c', GUARD, 'penstock-postgres', ...command], { ...options, stdio: ['pipe', out, out] });
    child.stdin?.on('error', () => undefined);
    return child;
  } finally {
    closeSync(out);
  }
}

async function waitUntilUp(child: ChildProcess, url: string, logFile: string): Promise<void> {
  const maintenance = url.replace(/\/[^/]*$/, '/postgres');
  const until = Date.now() + START_MS;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    const client = new pg.Client({ connectionString: maintenance, connectionTimeoutMillis: 2_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      await client.end().catch(() => undefined);
      if (Date.now() > until) break;
      await pause(25);
    }
  }
  throw new AppError('unavailable', `The embedded PostgreSQL did not start. The end of ${logFile}:\n${lastLines(logFile, 8)}`);
}

async function createDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url.replace(/\/[^/]*$/, '/postgres') });
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
}

function pidFile(dataDir: string): string[] | undefined {
  try {
    return readFileSync(path.join(dataDir, 'postmaster.pid'), 'utf8').split('\n').map((line) => line.trim());
  } catch {
    return undefined;
  }
}

function serverPid(dataDir: string): number | undefined {
  const pid = Number(pidFile(dataDir)?.[0]);
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}

/** Stops a server whose pid file is in the data folder, when that process really is a server of this folder. */
async function stopLeftOver(place: Place): Promise<void> {
  const pid = serverPid(place.dataDir);
  if (pid === undefined || !alive(pid)) return;
  if (!commandOf(pid).includes(place.dataDir)) return;
  await stopServer(pid, undefined);
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
  }
}

/** Fast shutdown; after 20 s immediate shutdown, which the next start recovers from. */
async function stopServer(pid: number, child: ChildProcess | undefined): Promise<void> {
  signal(pid, 'SIGINT');
  if (!(await gone(pid, 20_000))) {
    signal(pid, 'SIGQUIT');
    await gone(pid, 10_000);
  }
  child?.stdin?.destroy();
}

async function gone(pid: number, ms: number): Promise<boolean> {
  for (const until = Date.now() + ms; Date.now() < until; await pause(20)) if (!alive(pid)) return true;
  return !alive(pid);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone already.
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(procStatus(pid));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function procStatus(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}

function lastLines(file: string, count: number): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
  } catch {
    return '(no log)';
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
