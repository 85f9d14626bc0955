import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { findEmbedded } from '@/lib/db/embedded';
import { newProduct, remove, type Product } from '../e2e/fixtures/built-product';
import { numberOption, round, type BenchOptions, type BenchResult } from './result';

/**
 * idle: an installation whose schedules are off does nothing. Queries a second by process (the database's transactions, divided by web,
 * worker and gateway: at rest every statement is a transaction of its own), and CPU of every process as percent of a core.
 * Options: --pipelines (200), --minutes (10).
 */
export default async function idle(options: BenchOptions, say: (text: string) => void): Promise<BenchResult> {
  const pipelines = numberOption(options, 'pipelines', 200);
  const minutes = numberOption(options, 'minutes', 10);
  // the lease that an installation has by default: most of what a process asks at rest goes by it
  const product = await newProduct({ PENSTOCK_LEASE_SECONDS: '30' });
  const client = new pg.Client({ connectionString: findEmbedded(product.home) ?? '', application_name: 'bench' });
  await client.connect();
  try {
    const spec = {
      schemaVersion: 1,
      tasks: [{ id: 'a', kind: 'empty' }],
      edges: [],
      triggers: [{ kind: 'schedule', cron: '0 6 * * *', zone: 'UTC', start: '2026-01-01', enabled: true }],
    };
    for (let i = 0; i < pipelines; i++) {
      await product.api('POST', '/w/main/pipelines', { slug: `idle-${i}`, name: `Idle ${i}`, spec });
      await product.api('POST', `/w/main/pipelines/idle-${i}/publish`, {});
      await product.api('PATCH', `/w/main/pipelines/idle-${i}`, { paused: true });
    }
    const { rows } = await client.query<{ n: number }>('select count(*)::int as n from schedule');
    say(`${pipelines} pipelines with ${rows[0]?.n ?? 0} schedules, all off; idling for ${minutes} minutes …`);
    // what making them left behind is not idling
    await new Promise((resolve) => setTimeout(resolve, 30_000));
    const before = { transactions: await transactions(client), cpu: cpuOf(product), at: performance.now() };
    await new Promise((resolve) => setTimeout(resolve, minutes * 60_000));
    const seconds = (performance.now() - before.at) / 1000;
    const after = { transactions: await transactions(client), cpu: cpuOf(product) };
    const processes = [...after.cpu].map(([pid, { name, ticks }]) => ({ name, cpuPercent: round(((ticks - (before.cpu.get(pid)?.ticks ?? ticks)) / 100 / seconds) * 100) }));
    const ours = processes.filter((each) => each.name !== 'postgres');
    const queries = (after.transactions - before.transactions) / seconds;
    const perProcess = round(queries / Math.max(1, ours.filter((each) => ['web', 'worker', 'gateway'].includes(each.name)).length));
    return {
      repeats: 1,
      ours: { median: perProcess, min: perProcess, max: perProcess, unit: 'queries/s', allQueriesPerSecond: round(queries), processes, minutes, pipelines },
      floor: {},
      rivals: {},
      ratio: null,
    };
  } finally {
    await client.end();
    await remove(product);
  }
}

/** Transactions of the product's database so far; an idle product's statements are one transaction each. */
async function transactions(client: pg.Client): Promise<number> {
  await client.query('select pg_stat_clear_snapshot()');
  const { rows } = await client.query<{ n: string }>('select xact_commit + xact_rollback as n from pg_stat_database where datname = current_database()');
  return Number(rows[0]?.n ?? 0);
}

/** CPU time so far, in ticks, of every process below the product's. */
function cpuOf(product: Product): Map<number, { name: string; ticks: number }> {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, pid, parent, args]) => ({ pid: Number(pid), parent: Number(parent), args: args ?? '' }));
  const members = [product.pid];
  for (let i = 0; i < members.length; i++) for (const row of rows) if (row.parent === members[i]) members.push(row.pid);
  return new Map(
    members.map((pid) => {
      const args = rows.find((row) => row.pid === pid)?.args ?? '';
      const name = /dist\/([\w-]+)\.mjs/.exec(args)?.[1] ?? (args.startsWith('postgres') || args.includes('/postgres') ? 'postgres' : /penstock\.mjs up/.test(args) ? 'up' : args.slice(0, 30));
      return [pid, { name, ticks: ticksOf(pid) }];
    }),
  );
}

function ticksOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  } catch {
    return 0;
  }
}
