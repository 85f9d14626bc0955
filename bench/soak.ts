import pg from 'pg';
import { BesideWorker } from './beside-worker';
import { findEmbedded } from '@/lib/db/embedded';
import { newProduct, remove, type Product } from '../e2e/fixtures/built-product';
import { cpuTicks, familyOf, pssMb, rssMb, type Member } from './processes';
import { figure, numberOption, round, type BenchOptions, type BenchResult } from './result';

const SLOTS = 2;
const LEASE_S = 10;
/** After the load everything must have ended within this time, in milliseconds. */
const SETTLE_MS = 120_000;
const SAMPLE_MS = 30_000;
const ENDED = ['succeeded', 'failed', 'cancelled'];

/**
 * soak: a mixed load at a modest rate for long: no-op fan-outs, commands, SQL, a schedule every minute, live pages, and a second worker that
 * is killed with -9 and started again every few minutes. Memory (PSS and RSS) of every process is sampled each 30 s. By kind of process:
 * medians of the first and the last quarter and the slope in MB an hour; `failures` are runs that did not succeed, tasks that did not, and
 * attempts still held when all had ended. The figure is the slope of all lasting processes together; those of the killed worker are
 * listed, but too short-lived to have one. Options: --minutes (60), --churn minutes between kills (3).
 */
export default async function soak(options: BenchOptions, say: (text: string) => void): Promise<BenchResult> {
  const minutes = numberOption(options, 'minutes', 60);
  const churn = numberOption(options, 'churn', 3);
  const product = await newProduct({ PENSTOCK_LEASE_SECONDS: String(LEASE_S), PENSTOCK_SLOTS: String(SLOTS) });
  const client = new pg.Client({ connectionString: findEmbedded(product.home) ?? '', application_name: 'bench' });
  await client.connect();
  const closing = new AbortController();
  const extra = new BesideWorker(product, { slots: SLOTS, env: { PENSTOCK_LEASE_SECONDS: String(LEASE_S) }, againMs: 2_000 });
  try {
    for (const [slug, spec] of Object.entries(PIPELINES)) {
      await product.api('POST', '/w/main/pipelines', { slug, name: slug, spec });
      await product.api('POST', `/w/main/pipelines/${slug}/publish`, {});
    }
    const load = new Load(product, closing.signal);
    const samples: Sample[] = [];
    const began = performance.now();
    const elapsed = () => (performance.now() - began) / 60_000;
    let kills = 0;
    while (elapsed() < minutes) {
      load.step(elapsed() * 60);
      if (elapsed() > (kills + 1) * churn) {
        extra.kill();
        kills += 1;
      }
      if (performance.now() - began >= samples.length * SAMPLE_MS) {
        samples.push(await sample(product, client, extra.pid, elapsed()));
        const last = samples.at(-1)!;
        if (samples.length % 10 === 1) say(`  ${last.minute.toFixed(1)} min: ${last.runs} runs, ${last.openLeases} open leases, ${JSON.stringify(last.pssMb)} MB PSS`);
      }
      await pause(500);
    }
    closing.abort();
    await product.api('PATCH', '/w/main/pipelines/scheduled', { paused: true });
    const until = performance.now() + SETTLE_MS;
    while ((await count(client, `select count(*) from run where state in ('queued', 'running')`)) > 0 && performance.now() < until) await pause(500);
    const processes = Object.fromEntries(kindsOf(samples).map((kind) => [kind, trendOf(samples, kind)]));
    const slope = round(Object.entries(processes).filter(([kind]) => kind !== CHURNED).reduce((sum, [, trend]) => sum + trend.slopeMbPerHour, 0));
    const last = samples.at(-1);
    return {
      repeats: 1,
      ours: {
        median: slope,
        min: slope,
        max: slope,
        unit: 'MB/h',
        minutes,
        kills,
        processes,
        failures: { ...(await failures(client)), refusedStarts: load.refused },
        runsStarted: load.started,
        rows: last?.rows,
        deadRows: last?.deadRows,
        mostOpenLeases: Math.max(...samples.map(({ openLeases }) => openLeases)),
      },
      floor: {},
      rivals: {},
      ratio: null,
    };
  } finally {
    closing.abort();
    await extra.stop();
    await client.end();
    await remove(product);
  }
}

const shell = (id: string, command: string) => ({ id, kind: 'shell', config: { command }, onLost: 'retry', retry: { count: 3, delaySeconds: 1 } });
const FAN = Array.from({ length: 50 }, (_, i) => `t${i}`);

const PIPELINES: Record<string, unknown> = {
  fan: {
    schemaVersion: 1,
    tasks: ['first', ...FAN, 'last'].map((id) => ({ id, kind: 'empty' })),
    edges: FAN.flatMap((id) => [{ from: 'first', to: id }, { from: id, to: 'last' }]),
  },
  commands: {
    schemaVersion: 1,
    tasks: [shell('speak', 'for i in $(seq 50); do echo "line $i of a log"; done'), shell('wait', 'sleep 2'), shell('write', `seq 1000 | sed 's/.*/{"n": &}/' > "$PENSTOCK_OUTPUT"`)],
    edges: [{ from: 'speak', to: 'wait' }],
  },
  sql: {
    schemaVersion: 1,
    tasks: [
      { id: 'numbers', kind: 'sql', config: { sql: 'select range as n, range % 7 as k from range(20000)' }, onLost: 'retry' },
      { id: 'sums', kind: 'sql', config: { sql: 'select k, sum(n) as total from numbers group by k' }, writes: 'sums', onLost: 'retry' },
    ],
    edges: [{ from: 'numbers', to: 'sums' }],
  },
  scheduled: {
    schemaVersion: 1,
    tasks: [{ id: 'a', kind: 'empty' }, { id: 'b', kind: 'empty' }],
    edges: [{ from: 'a', to: 'b' }],
    triggers: [{ kind: 'schedule', cron: '* * * * *', zone: 'UTC', overlap: 'allow_all' }],
  },
};

/** How often each pipeline is started, in seconds. */
const EVERY: Record<string, number> = { fan: 15, commands: 20, sql: 60 };

/** Starts runs as their time comes, each with an open page that follows it to its end. */
class Load {
  started = 0;
  refused = 0;
  private readonly next: Record<string, number> = Object.fromEntries(Object.keys(EVERY).map((slug, i) => [slug, 2 + i * 3]));

  constructor(
    private readonly product: Product,
    private readonly closing: AbortSignal,
  ) {}

  step(second: number): void {
    for (const [slug, every] of Object.entries(EVERY)) {
      if (second < (this.next[slug] ?? 0)) continue;
      this.next[slug] = (this.next[slug] ?? 0) + every;
      void this.start(slug);
    }
  }

  private async start(slug: string): Promise<void> {
    try {
      const run = await this.product.api<{ id: string }>('POST', `/w/main/pipelines/${slug}/runs`, {});
      this.started += 1;
      await this.watch(run.id);
    } catch {
      if (!this.closing.aborted) this.refused += 1;
    }
  }

  /** What an open run page does: it reads the run again at every change it is told of, until the run has ended. */
  private async watch(id: string): Promise<void> {
    const left = new AbortController();
    const stream = await fetch(`${this.product.url}/api/v1/w/main/runs/${id}/events`, {
      headers: { authorization: `Bearer ${this.product.token}` },
      signal: AbortSignal.any([this.closing, left.signal, AbortSignal.timeout(60_000)]),
    });
    try {
      for await (const _chunk of stream.body ?? []) {
        const run = await this.product.api<{ state: string }>('GET', `/w/main/runs/${id}`);
        if (ENDED.includes(run.state)) break;
      }
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
    } finally {
      left.abort();
    }
  }
}

const CHURNED = 'killed worker';

type Sample = { minute: number; pssMb: Record<string, number>; rssMb: Record<string, number>; cpuTicks: Record<string, number>; runs: number; openLeases: number; rows: Record<string, number>; deadRows: Record<string, number> };

async function sample(product: Product, client: pg.Client, extra: number, minute: number): Promise<Sample> {
  const members: Member[] = [...familyOf(product.pid), ...(extra ? familyOf(extra).map(({ pid }) => ({ pid, name: CHURNED })) : [])];
  const sums = (of: (pid: number) => number) => {
    const byKind: Record<string, number> = {};
    for (const { pid, name } of members) byKind[name] = round((byKind[name] ?? 0) + of(pid));
    return byKind;
  };
  const { rows } = await client.query<{ relname: string; live: number; dead: number }>(
    `select relname, n_live_tup::int as live, n_dead_tup::int as dead from pg_stat_user_tables where n_live_tup + n_dead_tup > 500`,
  );
  return {
    minute,
    pssMb: sums(pssMb),
    rssMb: sums(rssMb),
    cpuTicks: sums(cpuTicks),
    runs: await count(client, 'select count(*) from run'),
    openLeases: await count(client, 'select count(*) from attempt where lease_until is not null'),
    rows: Object.fromEntries(rows.map(({ relname, live }) => [relname, live])),
    deadRows: Object.fromEntries(rows.map(({ relname, dead }) => [relname, dead])),
  };
}

/** Kinds that lived in at least half of the samples; a command of a task is none. */
const kindsOf = (samples: Sample[]) => [...new Set(samples.flatMap(({ pssMb: all }) => Object.keys(all)))].filter((kind) => samples.filter((each) => (each.pssMb[kind] ?? 0) > 0).length * 2 >= samples.length);

function trendOf(samples: Sample[], kind: string): { firstQuarterMb: number; lastQuarterMb: number; slopeMbPerHour: number; mostMb: number; lastQuarterRssMb: number; cpuPercent: number } {
  const points = samples.map(({ minute, pssMb: all, rssMb: resident }) => ({ hours: minute / 60, mb: all[kind] ?? 0, rss: resident[kind] ?? 0 })).filter(({ mb }) => mb > 0);
  const quarter = Math.max(1, Math.floor(points.length / 4));
  const median = (part: number[]) => figure(part, 'MB').median;
  const mb = points.map((point) => point.mb);
  return {
    firstQuarterMb: median(mb.slice(0, quarter)),
    lastQuarterMb: median(mb.slice(-quarter)),
    slopeMbPerHour: round(slopeOf(points.map(({ hours, mb: y }) => [hours, y]))),
    mostMb: Math.max(...mb),
    lastQuarterRssMb: median(points.slice(-quarter).map(({ rss }) => rss)),
    cpuPercent: round(cpuPercent(samples, kind)),
  };
}

/** CPU that processes of a kind used, as percent of a core; what one used before it was replaced counts, between its last sample and its end not. */
function cpuPercent(samples: Sample[], kind: string): number {
  const ticks = samples.map((each) => each.cpuTicks[kind] ?? 0);
  const used = ticks.slice(1).reduce((sum, now, i) => sum + (now >= ticks[i]! ? now - ticks[i]! : now), 0);
  const seconds = ((samples.at(-1)?.minute ?? 0) - (samples[0]?.minute ?? 0)) * 60;
  return seconds > 0 ? used / seconds : 0;
}

/** The median of the slopes between all pairs of points (Theil-Sen): a few outliers do not bend it. */
function slopeOf(points: [number, number][]): number {
  const slopes = points.flatMap(([x, y], i) => points.slice(i + 1).map(([x2, y2]) => (y2 - y) / (x2 - x)));
  return slopes.length > 0 ? figure(slopes, '').median : 0;
}

async function failures(client: pg.Client): Promise<Record<string, unknown>> {
  const states = async (table: 'run' | 'task_run' | 'attempt') => {
    const { rows } = await client.query<{ state: string; n: number }>(`select state::text, count(*)::int as n from ${table} group by 1`);
    return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
  };
  const [runs, tasks, attempts] = [await states('run'), await states('task_run'), await states('attempt')];
  const others = (all: Record<string, number>) => Object.entries(all).reduce((sum, [state, n]) => sum + (state === 'succeeded' ? 0 : n), 0);
  const { rows } = await client.query<{ kind: string; reason: unknown }>(`select kind, reason from task_run where state <> 'succeeded' limit 5`);
  return {
    runsNotSucceeded: others(runs),
    tasksNotSucceeded: others(tasks),
    openLeases: await count(client, 'select count(*) from attempt where lease_until is not null'),
    lostAttempts: attempts.lost ?? 0,
    runs,
    tasks,
    examples: rows,
  };
}

async function count(client: pg.Client, sql: string): Promise<number> {
  const { rows } = await client.query<{ count: string }>(sql);
  return Number(rows[0]?.count ?? 0);
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
