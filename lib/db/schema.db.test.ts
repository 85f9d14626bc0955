import path from 'node:path';
import { expect, test } from 'vitest';
import { pool } from './pool';
import { testDatabase } from '@/lib/testing';
import { schemaDiff } from '@/lib/testing/schema-diff';

const database = testDatabase();

test('the migrations lead exactly to the Prisma schema', async () => {
  const sql = await schemaDiff(database.url(), path.join(process.cwd(), 'prisma', 'schema'));
  // Prisma cannot express partial indexes and indexes on expressions: it would drop them.
  const { rows } = await pool().query<{ name: string }>(
    `select c.relname as name from pg_index i join pg_class c on c.oid = i.indexrelid where i.indpred is not null or i.indexprs is not null`,
  );
  const special = new Set(rows.map((row) => row.name));
  const statements = sql
    .split(/;\s*$/m)
    .map((statement) => statement.replace(/^\s*--.*$/gm, '').trim())
    .filter((statement) => statement !== '')
    .filter((statement) => !special.has(/^DROP INDEX "(\w+)"$/.exec(statement)?.[1] ?? ''));
  expect(statements).toEqual([]);
});
