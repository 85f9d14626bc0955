import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { findEmbedded, startEmbedded } from './embedded';

const homes: string[] = [];
async function newHome(): Promise<string> {
  const home = await mkdtemp(path.join(os.tmpdir(), 'penstock-embedded-'));
  homes.push(home);
  return home;
}

afterEach(async () => {
  for (const home of homes.splice(0)) await rm(home, { recursive: true, force: true });
});

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows.map((row) => Object.values(row)[0]);
  } finally {
    await client.end();
  }
}

test('what was committed is there after a stop and a start, and commits are durable', async () => {
  const home = await newHome();
  const first = await startEmbedded(home);
  expect(findEmbedded(home)).toBe(first.url);
  expect(await ask(first.url, `select setting from pg_settings where name in ('fsync', 'synchronous_commit')`)).toEqual(['on', 'on']);
  await ask(first.url, 'create table kept as select 7 as x');
  await first.stop();
  await first.ended;
  expect(findEmbedded(home)).toBeNull();
  const second = await startEmbedded(home);
  expect(await ask(second.url, 'select x from kept')).toEqual([7]);
  await second.stop();
});

test('a server left running by somebody else is stopped and replaced, losing nothing', async () => {
  const home = await newHome();
  const first = await startEmbedded(home);
  await ask(first.url, 'create table kept as select 8 as x');
  const second = await startEmbedded(home);
  expect(second.pid).not.toBe(first.pid);
  await first.ended;
  expect(await ask(second.url, 'select x from kept')).toEqual([8]);
  await second.stop();
});

test('when the process that started it is killed, the server ends by itself', async () => {
  const home = await newHome();
  const script = `import('./lib/db/embedded.ts').then(async (m) => { const s = await m.startEmbedded(${JSON.stringify(home)}); console.log(s.pid); setInterval(() => {}, 1000); })`;
  const parent = spawn(process.execPath, ['--import', 'tsx', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (chunk: Buffer) => resolve(Number(chunk.toString()))));
  expect(() => process.kill(pid, 0)).not.toThrow();
  parent.kill('SIGKILL');
  await expect.poll(() => findEmbedded(home), { timeout: 15_000 }).toBeNull();
});
