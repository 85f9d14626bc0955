import { mkdtemp, mkdir, rm, writeFile, cp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { testDatabase } from '@/lib/testing';
import { pool } from './pool';
import { requireSchema } from './schema-version';

testDatabase();
const OURS = path.resolve('prisma/migrations');

it('names the newest migration of a database of this version', async () => {
  expect(await requireSchema(OURS)).toMatch(/^\d{4}_/);
});

it('refuses an older database, and says what to run', async () => {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'penstock-migrations-'));
  await cp(OURS, dir, { recursive: true });
  await mkdir(path.join(dir, '9998_more'));
  await writeFile(path.join(dir, '9998_more', 'migration.sql'), 'select 1;');
  await expect(requireSchema(dir)).rejects.toThrow(/older version than this program: it lacks 9998_more\. Run `penstock migrate`/);
  await rm(dir, { recursive: true });
});

it('refuses a newer database, and says what to start', async () => {
  await pool().query(`insert into _prisma_migrations (id, checksum, migration_name, finished_at) values ('x', 'x', '9999_next', now())`);
  await expect(requireSchema(OURS)).rejects.toThrow(/newer Penstock \(it has 9999_next/);
});
