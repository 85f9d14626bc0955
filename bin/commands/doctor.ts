import { execFileSync } from 'node:child_process';
import { existsSync, statfsSync } from 'node:fs';
import pg from 'pg';
import { env } from '@/lib/core/env';
import { store } from '@/lib/datasets/server';
import { findEmbedded } from '@/lib/db/embedded';
import { planMigrations, readMigrations } from '@/lib/db/migrate';
import { Failure } from '../client/failure';
import { table, type Print } from '../client/print';
import { MIGRATIONS, version } from '../root';
import { readAddress } from '../up/address';

type Finding = { what: string; state: 'ok' | 'note' | 'wrong'; text: string };

/** doctor looks at everything the product needs on this machine. @throws Failure when something is wrong */
export async function doctor(print: Print): Promise<void> {
  const findings = [node(), python(), disk(), await files(), ...(await database()), await web(), mail()];
  print.answer({ version: version(), findings }, table(['', 'CHECK', ''], findings.map((f) => [f.state, f.what, f.text])));
  const wrong = findings.filter((f) => f.state === 'wrong').length;
  if (wrong > 0) throw new Failure(wrong === 1 ? 'One check failed.' : `${wrong} checks failed.`);
}

const node = (): Finding => ({ what: 'Node.js', state: 'ok', text: process.versions.node });

function python(): Finding {
  try {
    const text = execFileSync('python3', ['--version'], { encoding: 'utf8', stdio: 'pipe' }).trim();
    return { what: 'Python', state: 'ok', text };
  } catch {
    return { what: 'Python', state: 'note', text: 'python3 was not found: python tasks cannot run on this machine.' };
  }
}

function disk(): Finding {
  const home = env().PENSTOCK_HOME;
  if (!existsSync(home)) return { what: 'Data folder', state: 'note', text: `${home} does not exist yet; the first start makes it.` };
  const { bavail, bsize } = statfsSync(home);
  const gb = (bavail * bsize) / 1e9;
  return { what: 'Data folder', state: gb < 1 ? 'wrong' : 'ok', text: `${home}, ${gb.toFixed(1)} GB free${gb < 1 ? '; at least 1 GB is needed' : ''}` };
}

async function files(): Promise<Finding> {
  const given = env().PENSTOCK_STORE;
  if (given === undefined) return { what: 'Store', state: 'ok', text: 'files in the data folder (PENSTOCK_STORE is not set)' };
  try {
    await store().examine();
    return { what: 'Store', state: 'ok', text: `${store().shown}: an object was written once, listed, read and deleted` };
  } catch (error) {
    return { what: 'Store', state: 'wrong', text: error instanceof Error ? error.message : String(error) };
  }
}

async function database(): Promise<Finding[]> {
  const { DATABASE_URL, PENSTOCK_HOME } = env();
  const url = DATABASE_URL ?? findEmbedded(PENSTOCK_HOME);
  if (!url) return [{ what: 'Database', state: 'note', text: 'The embedded PostgreSQL is not running; it starts with `penstock up`.' }];
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    const found: Finding = { what: 'Database', state: 'ok', text: `PostgreSQL ${rows[0]?.server_version ?? ''}${DATABASE_URL ? '' : ', embedded'}` };
    return [found, await migrations(client)];
  } catch (error) {
    return [{ what: 'Database', state: 'wrong', text: `It cannot be reached: ${error instanceof Error ? error.message : String(error)}` }];
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function migrations(client: pg.Client): Promise<Finding> {
  const books = await client.query<{ there: boolean }>(`select to_regclass('_prisma_migrations') is not null as there`);
  if (!books.rows[0]?.there) return { what: 'Migrations', state: 'note', text: 'None is applied yet; run `penstock migrate`.' };
  const done = await client.query<{ migration_name: string; checksum: string; finished_at: Date | null }>(
    'select migration_name, checksum, finished_at from _prisma_migrations where rolled_back_at is null',
  );
  try {
    const missing = planMigrations(await readMigrations(MIGRATIONS), done.rows);
    return missing.length === 0
      ? { what: 'Migrations', state: 'ok', text: `${done.rows.length} applied, none missing` }
      : { what: 'Migrations', state: 'note', text: `Missing: ${missing.map((m) => m.name).join(', ')}; run \`penstock migrate\`.` };
  } catch (error) {
    return { what: 'Migrations', state: 'wrong', text: error instanceof Error ? error.message : String(error) };
  }
}

async function web(): Promise<Finding> {
  const address = readAddress(env().PENSTOCK_HOME);
  if (!address) return { what: 'Product', state: 'note', text: 'It is not running here; start it with `npm start`.' };
  try {
    const answer = await fetch(`${address.url}/api/health/ready`, { signal: AbortSignal.timeout(5_000) });
    return { what: 'Product', state: answer.ok ? 'ok' : 'wrong', text: `${address.url} answers ${answer.status}` };
  } catch {
    return { what: 'Product', state: 'wrong', text: `${address.url} does not answer.` };
  }
}

function mail(): Finding {
  return env().PENSTOCK_SMTP_URL
    ? { what: 'Mail', state: 'ok', text: 'PENSTOCK_SMTP_URL is set' }
    : { what: 'Mail', state: 'note', text: 'PENSTOCK_SMTP_URL is not set: mail waits in the outbox, and invitations are passed on as links.' };
}
