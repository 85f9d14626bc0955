import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cpuTicks, familyOf, pssMb } from './processes';
import { figure, numberOption, round, type BenchOptions, type BenchResult } from './result';

const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');
const START_MS = 900_000;

/** It builds its own copy. */
export const needsBuild = false;

/**
 * footprint measures a fresh clone of the committed state: milliseconds from `npm start` to ready with everything to install
 * and build (`readyMs`), from a second start to ready (`againMs`), installed megabytes, and memory (PSS) and CPU of all
 * processes, the database included, over an idle minute. Options: --seconds of idling (60), --again starts (3).
 */
export default async function footprint(options: BenchOptions, say: (text: string) => void): Promise<BenchResult> {
  const seconds = numberOption(options, 'seconds', 60);
  const again = numberOption(options, 'again', 3);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'penstock-footprint-'));
  const clone = path.join(folder, 'penstock');
  let running: Started | undefined;
  try {
    say('Cloning …');
    execFileSync('git', ['clone', '--quiet', '--no-hardlinks', ROOT, clone], { stdio: 'pipe' });
    say('First start: installing, building …');
    running = await start(clone, say);
    const readyMs = running.ms;
    await running.stop();
    const times: number[] = [];
    for (let i = 0; i < again; i++) {
      running = await start(clone, say);
      times.push(running.ms);
      if (i < again - 1) await running.stop();
    }
    // What start-up left behind is not idling.
    await pause(10_000);
    say(`Idling for ${seconds} s …`);
    const idle = await measureIdle(running.pid, seconds);
    const installedMb = megabytesOf(clone, ['--exclude=.git', '--exclude=.penstock']);
    await running.stop();
    running = undefined;
    const ours = { ...figure(times, 'ms'), readyMs, againMs: figure(times, 'ms').median, installedMb, ...idle };
    return { repeats: again, ours, floor: {}, rivals: {}, ratio: null };
  } finally {
    await running?.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 300 });
  }
}

type Started = { ms: number; pid: number; stop(): Promise<void> };

async function start(clone: string, say: (text: string) => void): Promise<Started> {
  const began = performance.now();
  const child = spawn('npm', ['start'], {
    cwd: clone,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PORT: '0', PENSTOCK_HOME: path.join(clone, '.penstock'), DATABASE_URL: '', NEXT_DIST_DIR: '' },
  });
  let output = '';
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`Not ready in time:\n${output}`)), START_MS);
    const hear = (chunk: Buffer) => {
      output += chunk.toString();
      if (!/^Penstock is ready: /m.test(output)) return;
      clearTimeout(late);
      resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', () => reject(new Error(`It ended before it was ready:\n${output}`)));
  });
  const ms = Math.round(performance.now() - began);
  say(`  ready after ${(ms / 1000).toFixed(1)} s`);
  const { pid } = JSON.parse(readFileSync(path.join(clone, '.penstock', 'address.json'), 'utf8')) as { pid: number };
  return { ms, pid, stop: () => stop(child, pid) };
}

async function stop(child: ChildProcess, pid: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  process.kill(pid, 'SIGTERM');
  await gone;
}

async function measureIdle(root: number, seconds: number): Promise<{ idlePssMb: number; idleCpuPercent: number; processes: { pid: number; name: string; pssMb: number }[] }> {
  const ticks = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  const before = new Map(familyOf(root).map(({ pid }) => [pid, cpuTicks(pid)]));
  const began = performance.now();
  const samples: number[] = [];
  while (performance.now() - began < seconds * 1000) {
    samples.push(familyOf(root).reduce((sum, { pid }) => sum + pssMb(pid), 0));
    await pause(Math.min(5_000, seconds * 1000));
  }
  const elapsed = (performance.now() - began) / 1000;
  const members = familyOf(root);
  const spent = members.reduce((sum, { pid }) => sum + cpuTicks(pid) - (before.get(pid) ?? 0), 0);
  const processes = members.map(({ pid, name }) => ({ pid, name, pssMb: round(pssMb(pid)) })).filter((each) => each.pssMb > 0);
  return { idlePssMb: round(figure(samples, 'MB').median), idleCpuPercent: round((spent / ticks / elapsed) * 100), processes };
}

const megabytesOf = (folder: string, flags: string[]): number => Number(execFileSync('du', ['-sm', ...flags, folder], { encoding: 'utf8' }).split('\t')[0]);

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
