/**
 * Prints the SQL that leads from the migrations to prisma/schema (`node scripts/db-diff.mjs`), or from an empty database
 * (`--empty`). Put it in a new prisma/migrations/<number>_<name>/migration.sql; released migrations never change.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { register } from 'tsx/esm/api';
import { ROOT } from './generate.mjs';

register();
const { schemaDiff } = await import('../lib/testing/schema-diff.ts');
const schema = path.join(ROOT, 'prisma', 'schema');

const { startEmbedded } = await import('../lib/db/embedded.ts');
const { migrate } = await import('../lib/db/migrate.ts');
const home = await mkdtemp(path.join(os.tmpdir(), 'penstock-diff-'));
const server = await startEmbedded(home, { durable: false });
try {
  if (!process.argv.includes('--empty')) await migrate(server.url, path.join(ROOT, 'prisma', 'migrations'));
  console.log(await schemaDiff(server.url, schema));
} finally {
  await server.stop();
  await rm(home, { recursive: true, force: true });
}
process.exit(0);
