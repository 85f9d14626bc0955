import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { AppError } from '@/lib/core/errors';

/** The lock that `prisma migrate deploy` takes too, so that the two never run at once. */
const MIGRATE_LOCK = 72707369;

/** The statements of the engine answer rows as they were before (`returning old`), which PostgreSQL does from here on. */
const OLDEST_SERVER = 18;

type Migration = { name: string; sql: string; checksum: string };

/** The table as Prisma Migrate creates it: the stock command can take over at any time. */
const BOOKS = `create table if not exists _prisma_migrations (
  id varchar(36) primary key not null, checksum varchar(64) not null, finished_at timestamptz, migration_name varchar(255) not null,
  logs text, rolled_back_at timestamptz, started_at timestamptz not null default now(), applied_steps_count integer not null default 0)`;

/** readMigrations lists the migration folders of `dir` in order, with Prisma's checksum (sha-256 of the file). */
export async function readMigrations(dir: string): Promise<Migration[]> {
  const entries = await readdir(dir, { withFileTypes: true });
  const names = entries.filter((e) => e.isDirectory()).map((e) => e.name).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(path.join(dir, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/**
 * migrate brings a database to this version's schema: each missing file in one transaction, under an advisory lock, noted in
 * `_prisma_migrations` exactly as `prisma migrate deploy` notes it. Prisma's own engine is not used here because its driver
 * adapter cuts scripts at every semicolon, which breaks functions.
 * @returns the names applied now
 * @throws AppError unavailable when the server is too old, the database is newer than this program, or a migration failed before.
 */
export async function migrate(url: string, dir: string): Promise<string[]> {
  const migrations = await readMigrations(dir);
  const client = new pg.Client({ connectionString: url, application_name: 'penstock migrate' });
  await client.connect();
  try {
    const { rows } = await client.query<{ version: string }>(`select current_setting('server_version') as version`);
    requireServer(rows[0]!.version);
    await client.query('select pg_advisory_lock($1)', [MIGRATE_LOCK]);
    await client.query(BOOKS);
    const done = await client.query<{ migration_name: string; checksum: string; finished_at: Date | null }>(
      'select migration_name, checksum, finished_at from _prisma_migrations where rolled_back_at is null',
    );
    const missing = planMigrations(migrations, done.rows);
    for (const migration of missing) await apply(client, migration);
    return missing.map((m) => m.name);
  } finally {
    await client.end();
  }
}

/** requireServer refuses a PostgreSQL that is too old. @param version as the server tells it, for example `18.4 (Debian 18.4-1)` @throws AppError unavailable */
export function requireServer(version: string): void {
  if (Number.parseInt(version, 10) >= OLDEST_SERVER) return;
  throw new AppError(
    'unavailable',
    `DATABASE_URL names a PostgreSQL ${version}; Penstock needs ${OLDEST_SERVER} or newer. Upgrade the server, or leave DATABASE_URL away: Penstock brings its own.`,
  );
}

/** planMigrations decides which files are still to be applied, or refuses a database this program does not fit. */
export function planMigrations(
  files: Migration[],
  rows: { migration_name: string; checksum: string; finished_at: Date | null }[],
): Migration[] {
  const known = new Set(files.map((f) => f.name));
  const unknown = rows.filter((r) => !known.has(r.migration_name)).map((r) => r.migration_name);
  if (unknown.length > 0) {
    throw new AppError(
      'unavailable',
      `The database was migrated by a newer Penstock (it has ${unknown.join(', ')}, which this version does not know). Start the newer version, or restore a backup made before the upgrade.`,
    );
  }
  const unfinished = rows.find((r) => r.finished_at === null);
  if (unfinished) {
    throw new AppError(
      'unavailable',
      `Migration ${unfinished.migration_name} was begun by another tool and did not finish. Repair it (\`prisma migrate resolve\`), then start again.`,
    );
  }
  const edited = files.find((f) => rows.some((r) => r.migration_name === f.name && r.checksum !== f.checksum));
  if (edited) {
    throw new AppError(
      'unavailable',
      `Migration ${edited.name} was changed after it had been applied to this database. Released migrations never change: use the files of a release, or an empty database.`,
    );
  }
  const applied = new Set(rows.map((r) => r.migration_name));
  return files.filter((f) => !applied.has(f.name));
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query(migration.sql);
    await client.query(
      `insert into _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       values ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), migration.checksum, migration.name],
    );
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw new Error(`Migration ${migration.name} failed and was rolled back: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
