import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { testDatabase } from '@/lib/testing';
import { migrate, requireServer } from './migrate';
import { pool } from './pool';

const database = testDatabase();
const released = path.join(process.cwd(), 'prisma', 'migrations');
let url = '';

beforeAll(async () => {
  url = database.url();
  await pool().query('select 1');
});

const folder = (files: Record<string, string>) => {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'penstock-migrations-'));
  for (const [name, sql] of Object.entries(files)) {
    mkdirSync(path.join(dir, name));
    writeFileSync(path.join(dir, name, 'migration.sql'), sql);
  }
  return dir;
};

test('a migrated database needs nothing, and ten starts at once agree on that', async () => {
  expect(await Promise.all(Array.from({ length: 10 }, () => migrate(url, released)))).toEqual(Array(10).fill([]));
});

test('a database of a newer version, and an edited migration, are refused with a sentence', async () => {
  await expect(migrate(url, folder({ '0001_other': 'select 1' }))).rejects.toThrow(/migrated by a newer Penstock/);
  await pool().query(`update _prisma_migrations set checksum = 'x' where migration_name = '0001_init'`);
  await expect(migrate(url, released)).rejects.toThrow(/0001_init was changed after it had been applied/);
});

test('a migration that fails leaves nothing behind, and can be repaired and applied', async () => {
  await pool().query('drop schema public cascade; create schema public');
  const broken = folder({ '0001_a': 'create table a (x int)', '0002_b': 'create table b (x int); select nonsense' });
  await expect(migrate(url, broken)).rejects.toThrow(/0002_b failed and was rolled back/);
  const { rows } = await pool().query(`select to_regclass('a') is not null as a, to_regclass('b') is not null as b, (select count(*)::int from _prisma_migrations) as noted`);
  expect(rows).toEqual([{ a: true, b: false, noted: 1 }]);
  writeFileSync(path.join(broken, '0002_b', 'migration.sql'), `create function b() returns int language sql as $$ select 1; $$; create table b (x int)`);
  expect(await migrate(url, broken)).toEqual(['0002_b']);
});

test.each(['18.4 (Debian 18.4-1.pgdg12+1)', '19beta2'])('PostgreSQL %s is taken', (version) => {
  expect(() => requireServer(version)).not.toThrow();
});

test.each(['17.2', '9.6.24'])('PostgreSQL %s is refused with what to do', (version) => {
  expect(() => requireServer(version)).toThrow(`DATABASE_URL names a PostgreSQL ${version}; Penstock needs 18 or newer. Upgrade the server`);
});
