import os from 'node:os';
import path from 'node:path';
import { env } from '@/lib/core/env';
import { closePool, databaseUrl } from '@/lib/db/pool';
import { type ScaleBounds } from '@/lib/dispatch/server';
import { bundle, version } from '../root';
import { startFleet } from './fleet';

/**
 * superviseExecutors keeps between `min` and `max` executor processes for this machine's `penstock up` or `penstock worker`.
 * @param childEnv environment of the processes
 * @param options what each of them gets: slots, and the tags it answers to
 */
export function superviseExecutors(bounds: ScaleBounds, childEnv: NodeJS.ProcessEnv, options: { slots?: string; tags?: string } = {}): Promise<{ stop(): Promise<void> }> {
  const slots = Number(options.slots ?? env().PENSTOCK_SLOTS ?? 2 * os.cpus().length);
  const args = ['--part', 'executor', '--slots', String(slots), ...(options.tags ? ['--tags', options.tags] : [])];
  return startFleet({
    bounds,
    slots,
    tags: (options.tags ?? '').split(',').map((tag) => tag.trim()).filter((tag) => tag !== ''),
    version: version(),
    child: (number) => ({
      name: `executor-${number}`,
      file: bundle('worker'),
      args,
      env: { ...childEnv, PENSTOCK_PROCESS: 'worker', DATABASE_URL: databaseUrl() },
      logFile: path.join(env().PENSTOCK_HOME, 'logs', `executor-${number}.log`),
    }),
  });
}

/** superviseAlone is `penstock worker --min … --max …`: executor processes only, until it is told to stop. */
export async function superviseAlone(bounds: ScaleBounds, options: { slots?: string; tags?: string }): Promise<void> {
  const fleet = await superviseExecutors(bounds, process.env, options);
  process.stdout.write(`Keeping ${bounds.min} to ${bounds.max} executor processes by what waits in the queue.\n`);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  process.stdout.write('Stopping …\n');
  await fleet.stop();
  await closePool();
}
