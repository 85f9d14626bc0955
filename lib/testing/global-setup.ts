import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbedded } from '@/lib/db/embedded';
import { migrate } from '@/lib/db/migrate';
import { TEMPLATE } from './database';

/** One PostgreSQL for the whole run, with one migrated template database that every test file copies. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const home = await mkdtemp(path.join(os.tmpdir(), 'penstock-test-'));
  // Tests that kill the server bring a durable one of their own.
  const server = await startEmbedded(home, { durable: false });
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query(`create database ${TEMPLATE}`);
  await client.end();
  await migrate(server.url.replace(/\/[^/]*$/, `/${TEMPLATE}`), path.join(process.cwd(), 'prisma', 'migrations'));
  project.provide('databaseServer', server.url);
  return async () => {
    await server.stop();
    await rm(home, { recursive: true, force: true });
  };
}

declare module 'vitest' {
  export interface ProvidedContext {
    databaseServer: string;
  }
}
