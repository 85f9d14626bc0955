import { monitorEventLoopDelay } from 'node:perf_hooks';
import os from 'node:os';
import { env } from '@/lib/core/env';
import { newId } from '@/lib/core/ids';
import { log } from '@/lib/core/log';
import { listen, notify } from '@/lib/db/notify';
import { coolDuckdb } from '@/lib/datasets/server';
import { beatWorker, drainWorker, LeaseKeeper, READY_WORK, registerWorker, removeWorker, type WorkerRow } from '@/lib/dispatch/server';
import { localExecutor, temporalExecutor, type Executor, type ExecutorName } from './executors';
import { removeAbandonedFolders } from '@/lib/executor/server';
import { driftDuties } from './roles/drift';
import { startHousekeeping } from './roles/housekeeping';
import { outboxDuty } from './roles/outbox';
import { rolloutDuty } from './roles/rollouts';
import { every } from './every';
import { schedulerDuties } from './roles/scheduler';
import { sweeperDuties } from './roles/sweeper';
import { watchParked, type Parked } from './parked';
import { RunWatch } from './run-watch';
import { startWatch, type Duty } from './watch';

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
/** The lag is measured by a timer of this length, in milliseconds; Node.js counts the length in. A short one costs a resting process most of its CPU. */
const LAG_STEP_MS = 50;
const GRACE_MS = 5_000;
/** Work that was said to be there is asked for again after this long, in milliseconds: its notice was lost, or it may not run yet. */
const WORK_MS = 5_000;

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
  const executor: Executor = makeExecutor({ workerId: id, tags, slots, leaseSeconds, watch, retryDue: () => sweeper && duties.wake(sweeper.retries), onParked: (what) => parked?.parked(what) });
  const parked: Parked | null = roles.includes('executor')
    ? watchParked({ workerId: id, leaseSeconds, room: () => executor.room(), begin: (task) => executor.resume(task), due: (ms) => parked && duties.dueIn(parked.duty, ms) })
    : null;
  const alive = startAlive(row, leaseSeconds, (found) => {
    executor.close();
    options.onOutdated?.(
      `The database was brought to ${found} while this worker knows ${schemaVersion}, so it claims nothing more. Start the worker of the new version.`,
    );
  });
  const leases = new LeaseKeeper(id, leaseSeconds, { leader: roles.includes('housekeeping'), partitions: roles.includes('scheduler') });
  const scheduler = roles.includes('scheduler') ? schedulerDuties(() => leases.partitions()) : null;
  const keeping = every((leaseSeconds * 1000) / 3, async () => {
    if ((await leases.tick()) && scheduler) for (const duty of [scheduler.schedules, scheduler.events]) duties.wake(duty);
  });
  const sweeper = roles.includes('sweeper') ? sweeperDuties(leaseSeconds) : null;
  const rollouts = roles.includes('rollouts') ? rolloutDuty() : null;
  const drift = roles.includes('drift') ? driftDuties() : null;
  const outbox = roles.includes('outbox') ? outboxDuty() : null;
  const housekeeping = roles.includes('housekeeping') ? startHousekeeping(() => leases.leads()) : null;
  const work: Duty = { due: READY_WORK, restMs: WORK_MS, perform: () => Promise.resolve(executor.hint()) };
  const own = [...(parked ? [work, parked.duty] : []), ...Object.values(sweeper ?? {}), ...(scheduler ? [scheduler.schedules, scheduler.backfills, scheduler.events] : []), ...Object.values(drift ?? {}), outbox, rollouts];
  const duties = startWatch(own.filter((duty) => duty !== null), () => leases.partitions());
  const wake = (duty: Duty | undefined) => duty && duties.wake(duty);
  const listening = await listen(
    (notice) => {
      parked?.heard(notice);
      if (notice.topic === 'work') executor.hint();
      else if (notice.topic === 'cancel') executor.cancelAsked();
      else if (notice.topic === 'outbox') wake(outbox ?? undefined);
      else if (notice.topic === 'dataset') {
        wake(sweeper?.held);
        wake(drift?.references);
        wake(scheduler?.events);
      } else if (notice.topic === 'model') wake(drift?.references);
      else if (notice.topic === 'endpoint') {
        rollouts?.hurry();
        wake(rollouts ?? undefined);
      } else if (notice.topic === 'pipeline') {
        wake(scheduler?.schedules);
        wake(scheduler?.events);
      }
      else if (notice.topic === 'backfill') wake(scheduler?.backfills);
      else if (notice.topic === 'cluster') keeping.now();
      else if (notice.topic === 'run' && notice.id) {
        watch.changed(notice.id);
        executor.runChanged(notice.id);
        for (const { duty, ms } of scheduler?.afterRun() ?? []) duties.dueIn(duty, ms);
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
      await Promise.all([alive.stop(), duties.stop(), housekeeping?.stop(), listening.stop()]);
      await removeWorker(id);
      notify({ topic: 'cluster' });
      log.info({ worker: id, handedBack }, handedBack > 0 ? 'worker stopped; what still ran was handed back' : 'worker stopped; nothing was left running');
    },
  };
}

/** Renews the worker's row, says how late this process is, and watches the database's version. */
function startAlive(row: WorkerRow, leaseSeconds: number, onOutdated: (found: string) => void): { stop(): Promise<void> } {
  const delay = monitorEventLoopDelay({ resolution: LAG_STEP_MS });
  delay.enable();
  let outdated = false;
  const beating = every(Math.min(ALIVE_MS, (leaseSeconds * 1000) / 3), async () => {
    const found = await beatWorker(row.id, { lagMs: Math.max(0, Math.round(delay.percentile(99) / 1e5) / 10 - LAG_STEP_MS) });
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
