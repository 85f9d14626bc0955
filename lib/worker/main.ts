import { monitorEventLoopDelay } from 'node:perf_hooks';
import os from 'node:os';
import { env } from '@/lib/core/env';
import { newId } from '@/lib/core/ids';
import { log } from '@/lib/core/log';
import { listen, notify } from '@/lib/db/notify';
import { coolDuckdb } from '@/lib/datasets/server';
import { beatWorker, drainWorker, LeaseKeeper, registerWorker, removeWorker, type WorkerRow } from '@/lib/dispatch/server';
import { localExecutor, temporalExecutor, type Executor, type ExecutorName } from './executors';
import { removeAbandonedFolders } from '@/lib/executor/server';
import { startDrift } from './roles/drift';
import { startHousekeeping } from './roles/housekeeping';
import { startOutbox } from './roles/outbox';
import { startRollouts } from './roles/rollouts';
import { every } from './every';
import { startScheduler } from './roles/scheduler';
import { startSweeper } from './roles/sweeper';
import { startParked, type Parked } from './parked';
import { RunWatch } from './run-watch';

export const WORKER_ROLES = ['executor', 'scheduler', 'sweeper', 'rollouts', 'drift', 'outbox', 'housekeeping'] as const;
export type WorkerRole = (typeof WORKER_ROLES)[number];

export type WorkerOptions = {
  roles?: WorkerRole[];
  /** attempts of kinds with processes at once; default PENSTOCK_SLOTS, else twice the cores */
  slots?: number;
  tags?: string[];
  /** who performs attempts; default PENSTOCK_EXECUTOR */
  executor?: ExecutorName;
  /** shown beside the worker; default the product's */
  version?: string;
  /** how long running attempts may still end by themselves after stop(), in milliseconds */
  graceMs?: number;
  /** the newest migration this program knows; with it the worker watches that the database stays at it */
  schemaVersion?: string;
  /** told once, with a sentence, when the database was brought to another version: the worker claims nothing more then */
  onOutdated?(sentence: string): void;
};

/** The worker's own row is renewed at least this often, in milliseconds. */
const ALIVE_MS = 10_000;
const GRACE_MS = 5_000;

/** A worker process's handle on its worker. */
export type RunningWorker = {
  id: string;
  busy(): number;
  /** the shares of the pipelines it schedules now */
  partitions(): number[];
  leads(): boolean;
  stop(): Promise<void>;
};

/**
 * startWorker starts the given roles in this process. stop() claims nothing more, lets attempts end for a moment, gives back the
 * rest (they are tried again and lose no retry), and resolves when everything is recorded.
 */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { roles = [...WORKER_ROLES], tags = [], version = process.env.npm_package_version ?? '0.1.0', graceMs = GRACE_MS, schemaVersion = '' } = options;
  const executorName = options.executor ?? env().PENSTOCK_EXECUTOR;
  const slots = roles.includes('executor') ? (options.slots ?? env().PENSTOCK_SLOTS ?? 2 * os.cpus().length) : 0;
  const leaseSeconds = env().PENSTOCK_LEASE_SECONDS;
  const id = newId();
  const row: WorkerRow = { id, name: `${os.hostname()}-${process.pid}`, host: os.hostname(), pid: process.pid, roles, tags, slots, version, executor: executorName, schemaVersion };
  await registerWorker(row);

  const watch = new RunWatch();
  const makeExecutor = executorName === 'temporal' && roles.includes('executor') ? temporalExecutor : localExecutor;
  const executor: Executor = makeExecutor({ workerId: id, tags, slots, leaseSeconds, watch, retryDue: () => sweeper?.retriesDue(), onParked: (what) => parked?.parked(what) });
  const parked: Parked | null = roles.includes('executor')
    ? startParked({ workerId: id, leaseSeconds, room: () => executor.room(), begin: (task) => executor.resume(task) })
    : null;
  const alive = startAlive(row, leaseSeconds, (found) => {
    executor.close();
    options.onOutdated?.(
      `The database was brought to ${found} while this worker knows ${schemaVersion}, so it claims nothing more. Start the worker of the new version.`,
    );
  });
  const leases = new LeaseKeeper(id, leaseSeconds, { leader: roles.includes('housekeeping'), partitions: roles.includes('scheduler') });
  const scheduler = roles.includes('scheduler') ? startScheduler(() => leases.partitions()) : null;
  const keeping = every((leaseSeconds * 1000) / 3, async () => {
    if (await leases.tick()) scheduler?.pipelineChanged();
  });
  const sweeper = roles.includes('sweeper') ? startSweeper(leaseSeconds) : null;
  const rollouts = roles.includes('rollouts') ? startRollouts() : null;
  const drift = roles.includes('drift') ? startDrift() : null;
  const outbox = roles.includes('outbox') ? startOutbox() : null;
  const housekeeping = roles.includes('housekeeping') ? startHousekeeping(() => leases.leads()) : null;
  const listening = await listen(
    (notice) => {
      parked?.heard(notice);
      if (notice.topic === 'work') executor.hint();
      else if (notice.topic === 'cancel') executor.cancelAsked();
      else if (notice.topic === 'outbox') outbox?.hint();
      else if (notice.topic === 'dataset') {
        sweeper?.datasetChanged();
        drift?.hint();
      } else if (notice.topic === 'model') drift?.hint();
      else if (notice.topic === 'endpoint') rollouts?.hint();
      else if (notice.topic === 'pipeline') scheduler?.pipelineChanged();
      else if (notice.topic === 'backfill') scheduler?.backfillChanged();
      else if (notice.topic === 'cluster') keeping.now();
      else if (notice.topic === 'run' && notice.id) {
        watch.changed(notice.id);
        executor.runChanged(notice.id);
        scheduler?.runChanged();
      }
    },
    () => {
      executor.hint();
      executor.cancelAsked();
      keeping.now();
    },
  );
  if (roles.includes('executor')) {
    executor.start();
    removeAbandonedFolders(new Date()).catch((error: unknown) => log.warn({ err: error }, 'folders of killed workers were not removed'));
  }
  notify({ topic: 'cluster' });
  log.info({ worker: id, roles, slots, tags }, 'worker started');

  return {
    id,
    busy: () => executor.busy(),
    partitions: () => leases.partitions(),
    leads: () => leases.leads(),
    stop: async () => {
      executor.close();
      log.info({ worker: id, running: executor.busy(), graceMs }, 'worker drains: it claims nothing more');
      await drainWorker(id).catch(() => undefined);
      await keeping.stop();
      await leases.release().catch((error: unknown) => log.warn({ err: error }, 'leases not given up; they run out by themselves'));
      await parked?.stop();
      const drained = executor.drained();
      await Promise.race([drained, new Promise((resolve) => setTimeout(resolve, graceMs).unref())]);
      const handedBack = executor.busy();
      await executor.handBack();
      await drained;
      await executor.stop();
      await coolDuckdb();
      await Promise.all([alive.stop(), sweeper?.stop(), scheduler?.stop(), rollouts?.stop(), drift?.stop(), outbox?.stop(), housekeeping?.stop(), listening.stop()]);
      await removeWorker(id);
      notify({ topic: 'cluster' });
      log.info({ worker: id, handedBack }, handedBack > 0 ? 'worker stopped; what still ran was handed back' : 'worker stopped; nothing was left running');
    },
  };
}

/** Renews the worker's row, says how late this process is, and watches the database's version. */
function startAlive(row: WorkerRow, leaseSeconds: number, onOutdated: (found: string) => void): { stop(): Promise<void> } {
  const delay = monitorEventLoopDelay();
  delay.enable();
  let outdated = false;
  const beating = every(Math.min(ALIVE_MS, (leaseSeconds * 1000) / 3), async () => {
    const found = await beatWorker(row.id, { lagMs: Math.round(delay.percentile(99) / 1e5) / 10 });
    delay.reset();
    if (!found) await registerWorker(row);
    else if (row.schemaVersion !== '' && found.schemaVersion !== row.schemaVersion && !outdated) {
      outdated = true;
      onOutdated(found.schemaVersion);
    }
  });
  return {
    stop: async () => {
      await beating.stop();
      delay.disable();
    },
  };
}
