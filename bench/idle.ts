import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { findEmbedded } from '@/lib/db/embedded';
import { newProduct, remove, type Product } from '../e2e/fixtures/built-product';
import { cpuTicks, familyOf, pssMb } from './processes';
import { figure, numberOption, round, type BenchOptions, type BenchResult } from './result';

/** Statements listed of each process. */
const TOP = 8;
/** What begins each entry of the database's log. */
const MARK = 'bench-idle|';

/**
 * idle: an installation whose schedules are off does nothing. Statements a second of each process with those it asks most often (the
 * database logs them all, by the connection's name), and CPU and memory of every process. The figure is that of the process that asks
 * most. Options: --pipelines (200), --minutes (10).
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
    await pause(30_000);
    const statements = await logStatements(client, product);
    const before = new Map(familyOf(product.pid).map(({ pid }) => [pid, cpuTicks(pid)]));
    const began = performance.now();
    await pause(minutes * 60_000);
    const seconds = (performance.now() - began) / 1000;
    const asked = statements.asked();
    const processes = familyOf(product.pid).map(({ pid, name }) => ({ name, cpuPercent: round((cpuTicks(pid) - (before.get(pid) ?? 0)) / seconds), pssMb: round(pssMb(pid)) }));
    const rates = [...asked].map(([name, all]) => ({
      name,
      queriesPerSecond: round(sum(all) / seconds),
      top: [...all].sort(([, x], [, y]) => y - x).slice(0, TOP).map(([statement, n]) => ({ perMinute: round((n / seconds) * 60), statement })),
    }));
    for (const { name, queriesPerSecond, top } of rates) say(`  ${name}: ${queriesPerSecond} queries/s; most often ${top[0]?.perMinute ?? 0} a minute: ${top[0]?.statement ?? ''}`);
    const figures = figure([...rates.map(({ queriesPerSecond }) => queriesPerSecond), ...(rates.length === 0 ? [0] : [])], 'queries/s');
    const cpuPercent = round(processes.reduce((total, each) => total + each.cpuPercent, 0));
    return {
      repeats: 1,
      // the busiest process is what the limit is for
      ours: { ...figures, median: figures.max, cpuPercent, pssMb: round(processes.reduce((total, each) => total + each.pssMb, 0)), queries: rates, processes, minutes, pipelines },
      floor: {},
      rivals: {},
      ratio: null,
    };
  } finally {
    await client.end();
    await remove(product);
  }
}

type Asked = Map<string, Map<string, number>>;

/** Has the server log every statement, so that each is known with its process. @returns what was asked since, by process and statement */
async function logStatements(client: pg.Client, product: Product): Promise<{ asked(): Asked }> {
  await client.query(`alter system set log_statement = 'all'`);
  await client.query(`alter system set log_line_prefix = '${MARK}%a|'`);
  await client.query('select pg_reload_conf()');
  await pause(1_000);
  const file = path.join(product.home, 'logs', 'postgresql.log');
  const from = statSync(file).size;
  return {
    asked: () => {
      const all: Asked = new Map();
      for (const entry of readFileSync(file).subarray(from).toString().split(MARK).slice(1)) {
        const [, name, text] = /^([^|]*)\|LOG: {2}(?:statement|execute [^:]*): ([\s\S]*)$/.exec(entry) ?? [];
        if (name === undefined || text === undefined || name === 'bench') continue;
        // one connection of a process or another
        const process = name.replace(/ (step|listen)$/, '');
        const statement = text.replace(/\s+/g, ' ').trim().slice(0, 160);
        const counts = all.get(process) ?? new Map<string, number>();
        counts.set(statement, (counts.get(statement) ?? 0) + 1);
        all.set(process, counts);
      }
      return all;
    },
  };
}

const sum = (counts: Map<string, number>) => [...counts.values()].reduce((total, n) => total + n, 0);
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
