import { AppError } from '@/lib/core/errors';
import { planMigrations, readMigrations } from './migrate';
import { pool } from './pool';

/**
 * requireSchema refuses a database that is not of exactly this program's version.
 * @param dir the program's migrations
 * @returns the newest migration's name
 * @throws AppError unavailable with what to do
 */
export async function requireSchema(dir: string): Promise<string> {
  const files = await readMigrations(dir);
  const { rows: books } = await pool().query<{ there: boolean }>(`select to_regclass('_prisma_migrations') is not null as there`);
  const { rows } = books[0]?.there
    ? await pool().query<{ migration_name: string; checksum: string; finished_at: Date | null }>(
        'select migration_name, checksum, finished_at from _prisma_migrations where rolled_back_at is null',
      )
    : { rows: [] };
  const missing = planMigrations(files, rows).map((m) => m.name);
  if (missing.length > 0) {
    throw new AppError(
      'unavailable',
      `The database is of an older version than this program: it lacks ${missing.length > 3 ? `${missing.length} migrations, the last of them ${missing.at(-1)!}` : missing.join(', ')}. Run \`penstock migrate\` with this version, then start again.`,
    );
  }
  return files.at(-1)?.name ?? '';
}
