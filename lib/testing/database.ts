import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, inject } from 'vitest';
import { closePool, setDatabaseUrl } from '@/lib/db/pool';

export const TEMPLATE = 'penstock_template';

/**
 * testDatabase gives the test file a database of its own, copied from the migrated template, and a PENSTOCK_HOME of its own;
 * `pool()` and `prisma()` are theirs until the file ends. Call it once, at the top of the file.
 * @returns `url()` for processes that a test starts itself, and `home`
 */
export function testDatabase(): { url: () => string; home: string } {
  const name = `test_${process.pid}_${randomBytes(4).toString('hex')}`;
  const home = mkdtempSync(path.join(os.tmpdir(), 'penstock-home-'));
  process.env.PENSTOCK_HOME = home;
  process.env.PENSTOCK_SECRET_KEY ??= Buffer.alloc(32, 7).toString('base64');
  let url = '';

  beforeAll(async () => {
    const server = inject('databaseServer');
    await administer(server, `create database ${name} template ${TEMPLATE}`);
    url = server.replace(/\/[^/]*$/, `/${name}`);
    setDatabaseUrl(url);
  });

  afterAll(async () => {
    await closePool();
    await administer(inject('databaseServer'), `drop database if exists ${name} with (force)`);
    rmSync(home, { recursive: true, force: true });
  });

  return { url: () => url, home };
}

async function administer(server: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
