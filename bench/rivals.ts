import { fork, type ChildProcess } from 'node:child_process';
import { once as event } from 'node:events';
import path from 'node:path';
import pg from 'pg';
import { chainOf } from './chain';
import { runEngineBench } from './engine-bench';
import { fanoutOf } from './fanout';
import { numberOption, round, type BenchOptions, type BenchResult } from './result';

/** The newest of each; both need Node 22, which the third brings as a program. */
const PACKAGES = { 'graphile-worker': '0.18.0', 'pg-boss': '12.38.0', [`node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`]: '24.9.0' };

const QUEUE_ONLY = ', queue only';
const VARIANTS = [
  { name: 'graphile-worker', program: 'graphile-worker', settings: 'guide', queueOnly: true },
  { name: 'graphile-worker, beyond its guide', program: 'graphile-worker', settings: 'best', queueOnly: true },
  { name: 'graphile-worker, as installed', program: 'graphile-worker', settings: 'installed', queueOnly: false },
  { name: 'pg-boss', program: 'pg-boss', settings: 'guide', queueOnly: true },
  { name: 'pg-boss, as installed', program: 'pg-boss', settings: 'installed', queueOnly: false },
] as const;
/** Tasks of a rival as installed; its time is scaled up to all. */
const PLAIN_TASKS = { chain: 20, fanout: 100 };

type Given = { packages: string; url: string; work: 'chain' | 'fanout'; settings: string };
type Installer = { cacheFolder(): string; once(folder: string, fill: (folder: string) => void): string; run(command: string[], folder: string, what: string): void };

/**
 * rivals: the chain and the fan-out (--work chain|fanout) through the product's public path, and as far as one can emulate them through
 * graphile-worker and pg-boss, on the same PostgreSQL in turns. A rival's clock starts as the first job is added and stops when every
 * completion is committed. Each is measured as its own guide tunes it, graphile-worker also beyond that, and both (`…, as installed`) with
 * what a newcomer has, five rounds of their own; for the fan-out also (`…, queue only`) the leaves alone, without anything that waits for all of them.
 * `timesBetterRival` is ours against the better one by their guides, `timesBestRival` against the best of all. The packages go into the
 * cache folder, not into the product. Options: --work (chain), --tasks (40, or 5000), --repeats (15, or 5).
 */
export default async function rivals(options: BenchOptions, say: (text: string) => void): Promise<BenchResult> {
  const work = options.work ?? 'chain';
  if (work !== 'chain' && work !== 'fanout') throw new Error(`--work ${String(work)}: expected chain or fanout.`);
  const tasks = numberOption(options, 'tasks', work === 'chain' ? 40 : 5000);
  const packages = await install(say);
  const result = await runEngineBench({
    ...(work === 'chain' ? chainOf(tasks) : fanoutOf(tasks)),
    repeats: numberOption(options, 'repeats', work === 'chain' ? 15 : 5),
    // code of a chain of some milliseconds is compiled after about 20
    warmups: work === 'chain' ? 20 : 2,
    pages: 0,
    startRivals: async (url, started) => {
      for (const [i, { name, program, settings, queueOnly }] of VARIANTS.entries()) {
        const given: Given = { packages, url: await databaseOf(url, `rival_${i}`), work, settings };
        if (settings === 'installed') {
          started.push({ name, measureMs: () => measurePlain(program, given, tasks), stop: () => Promise.resolve(), apart: true });
          continue;
        }
        const rival = await startRival(program, given);
        started.push({ name, measureMs: () => rival.measureMs(work, tasks), stop: rival.stop });
        if (work === 'fanout' && queueOnly) started.push({ name: `${name}${QUEUE_ONLY}`, measureMs: () => rival.measureMs('queue', tasks), stop: rival.stop });
      }
    },
    say,
  });
  const times = (names: string[]) => {
    const medians = names.map((name) => result.rivals[name]?.median ?? NaN);
    return round(work === 'chain' ? Math.min(...medians) / result.ours.median : result.ours.median / Math.max(...medians));
  };
  const timesBetterRival = times(['graphile-worker', 'pg-boss']);
  const timesBestRival = times(Object.keys(result.rivals).filter((name) => !name.endsWith(QUEUE_ONLY)));
  return { ...result, ours: { ...result.ours, timesBetterRival, timesBestRival } };
}

/** A database of its own in the same PostgreSQL: graphile-worker's notices reach every instance in its database, whatever its schema. */
async function databaseOf(url: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  return Object.assign(new URL(url), { pathname: `/${name}` }).toString();
}

/** Installs the rivals' packages unless they are there, and gives their folder. */
async function install(say: (text: string) => void): Promise<string> {
  const installer = (await import(path.resolve('scripts/cache.mjs'))) as Installer;
  const name = `rivals-${Object.values(PACKAGES).join('-')}`;
  return installer.once(path.join(installer.cacheFolder(), name), (folder) => {
    say('Installing graphile-worker, pg-boss and the Node.js that they need (once) …');
    const wanted = Object.entries(PACKAGES).map(([each, version]) => `${each}@${version}`);
    installer.run(['npm', 'install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...wanted], folder, 'The rivals could not be installed');
  });
}

/** One round of a rival as installed, scaled up. It polls the database all the time: it must not run while others are measured. */
async function measurePlain(program: string, given: Given, tasks: number): Promise<number> {
  const rival = await startRival(program, given);
  // pg-boss as installed needs ten minutes for 5,000 jobs: fewer say as much
  const fewer = Math.min(tasks, PLAIN_TASKS[given.work]);
  try {
    await rival.measureMs('chain', 1);
    return ((await rival.measureMs(given.work, fewer)) * tasks) / fewer;
  } finally {
    await rival.stop();
  }
}

/** A rival's process, which performs one round at a time. */
type RivalProcess = { measureMs: (work: string, tasks: number) => Promise<number>; stop: () => Promise<void> };

async function startRival(program: string, given: Given): Promise<RivalProcess> {
  const [node] = Object.keys(PACKAGES).slice(-1);
  const child = fork(path.resolve('bench', 'rivals', `${program}.mjs`), {
    execPath: path.join(given.packages, 'node_modules', node!, 'bin', process.platform === 'win32' ? 'node.exe' : 'node'),
    execArgv: [],
    env: { ...process.env, PENSTOCK_RIVAL: JSON.stringify(given) },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  await answer(child, program);
  return {
    measureMs: async (work, tasks) => {
      const done = answer<{ ms: number }>(child, program);
      child.send({ work, tasks });
      return (await done).ms;
    },
    stop: async () => {
      if (child.exitCode !== null || !child.connected) return;
      const gone = event(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}

/** The child's next message. @throws Error when it ends instead */
async function answer<T>(child: ChildProcess, program: string): Promise<T> {
  const leave = new AbortController();
  const ended = event(child, 'exit', leave).then(() => {
    throw new Error(`${program} ended before it answered.`);
  });
  ended.catch(() => undefined);
  try {
    const [message] = (await Promise.race([event(child, 'message', leave), ended])) as [T];
    return message;
  } finally {
    leave.abort();
  }
}
