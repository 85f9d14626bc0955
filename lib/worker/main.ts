import os from 'node:os';
import { env } from '@/lib/core/env';
import { newId } from '@/lib/core/ids';
import { log } from '@/lib/core/log';
import { listen } from '@/lib/db/notify';
import { coolDuckdb } from '@/lib/datasets/server';
import { beatWorker, registerWorker, removeWorker } from '@/lib/dispatch/server';
import { Claimer } from './claimer';
import { startHeartbeats } from './heartbeats';
import { performClaimed } from './perform';
import { removeAbandonedFolders } from '@/lib/executor/server';
import { startHousekeeping } from './roles/housekeeping';
import { startOutbox } from './roles/outbox';
import { startRollouts } from './roles/rollouts';
import { every } from './every';
import { startScheduler } from './roles/scheduler';
import { startSweeper } from './roles/sweeper';
import { RunWatch } from './run-watch';

export const WORKER_ROLES = ['executor', 'sweeper', 'scheduler', 'rollouts', 'outbox', 'housekeeping'] as const;
export type WorkerRole = (typeof WORKER_ROLES)[number];

export type WorkerOptions = {
  roles?: WorkerRole[];
  /** attempts of kinds with processes at once; default PENSTOCK_SLOTS, else twice the cores */
  slots?: number;
  tags?: string[];
  /** shown beside the worker; default the product's */
  version?: string;
  /** how long running attempts may still end by themselves after stop(), in milliseconds */
  graceMs?: number;
};

/** The worker's own row is renewed this often, in milliseconds. */
const ALIVE_MS = 10_000;
const GRACE_MS = 5_000;

/**
 * startWorker starts the given roles in this process. stop() claims nothing more, lets attempts end for a moment, gives back the
 * rest (they are tried again and lose no retry), and resolves when everything is recorded.
 */
export async function startWorker(options: WorkerOptions): Promise<{ id: string; busy(): number; stop(): Promise<void> }> {
  const { roles = [...WORKER_ROLES], tags = [], version = process.env.npm_package_version ?? '0.1.0', graceMs = GRACE_MS } = options;
  const slots = options.slots ?? env().PENSTOCK_SLOTS ?? 2 * os.cpus().length;
  const leaseSeconds = env().PENSTOCK_LEASE_SECONDS;
  const id = newId();
  await registerWorker({ id, name: `${os.hostname()}-${process.pid}`, host: os.hostname(), pid: process.pid, roles, tags, slots, version });

  const watch = new RunWatch();
  const claimer: Claimer = new Claimer({
    workerId: id,
    tags,
    slots,
    leaseSeconds,
    perform: (attempt) => performClaimed(attempt, watch, (ending) => beats.flush(ending)),
    retryDue: () => sweeper?.retriesDue(),
  });
  const beats = startHeartbeats(claimer.live, leaseSeconds);
  const alive = every(ALIVE_MS, () => beatWorker(id));
  const sweeper = roles.includes('sweeper') ? startSweeper(leaseSeconds) : null;
  const scheduler = roles.includes('scheduler') ? startScheduler() : null;
  const rollouts = roles.includes('rollouts') ? startRollouts() : null;
  const outbox = roles.includes('outbox') ? startOutbox() : null;
  const housekeeping = roles.includes('housekeeping') ? startHousekeeping() : null;
  const listening = await listen(
    (notice) => {
      if (notice.topic === 'work') claimer.hint();
      else if (notice.topic === 'cancel') void beats.now();
      else if (notice.topic === 'outbox') outbox?.hint();
      else if (notice.topic === 'dataset') sweeper?.datasetChanged();
      else if (notice.topic === 'endpoint') rollouts?.hint();
      else if (notice.topic === 'pipeline') scheduler?.pipelineChanged();
      else if (notice.topic === 'backfill') scheduler?.backfillChanged();
      else if (notice.topic === 'run' && notice.id) {
        watch.changed(notice.id);
        scheduler?.runChanged();
      }
    },
    () => claimer.hint(),
  );
  if (roles.includes('executor')) {
    claimer.start();
    removeAbandonedFolders(new Date()).catch((error: unknown) => log.warn({ err: error }, 'folders of killed workers were not removed'));
  }
  log.info({ worker: id, roles, slots, tags }, 'worker started');

  return {
    id,
    busy: () => claimer.live.size,
    stop: async () => {
      claimer.close();
      await Promise.race([claimer.drained(), new Promise((resolve) => setTimeout(resolve, graceMs).unref())]);
      for (const attempt of claimer.live.values()) attempt.stop('shutdown');
      await claimer.drained();
      beats.stop();
      await coolDuckdb();
      await Promise.all([alive.stop(), sweeper?.stop(), scheduler?.stop(), rollouts?.stop(), outbox?.stop(), housekeeping?.stop(), listening.stop()]);
      await removeWorker(id);
    },
  };
}
