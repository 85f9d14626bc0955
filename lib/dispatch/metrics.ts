import { counter, expose, gauge, histogram, measurePools } from '@/lib/observability/server';
import { LANES } from '@/lib/pipeline';
import { readLoad, type Load } from './load-store';

/** Round trips of the engine take a millisecond or two; what is above a tenth of a second is trouble. Seconds. */
const STEP_BUCKETS = [0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1, 2, 5];

/** The engine's counters of this process. */
export const engineMetrics = {
  step: () => histogram({ name: 'penstock_step_seconds', help: 'One round trip that records ends and claims work.', buckets: STEP_BUCKETS }),
  claims: () => counter({ name: 'penstock_claims_total', help: 'Attempts that this process claimed.' }),
  finishes: () => counter({ name: 'penstock_finishes_total', help: 'Ends of attempts that counted, by what became of the task.', labelNames: ['task'] as const }),
  zombies: () => counter({ name: 'penstock_late_ends_total', help: 'Ends of attempts that did not count, because another held the task by then.' }),
  lost: () => counter({ name: 'penstock_leases_lost_total', help: 'Leases that ran out and were taken from their holders.' }),
};

/**
 * renderMetrics gives this process's figures and those of the whole installation (queue, workers, outbox, schedules) in Prometheus' text
 * format. While the database is away the process's own figures are given, and penstock_database_up is 0.
 * @param process the kind of process: web, worker, gateway
 */
export async function renderMetrics(process: string): Promise<string> {
  for (const instrument of Object.values(engineMetrics)) instrument();
  measurePools();
  const up = gauge({ name: 'penstock_database_up', help: '1 when the database answers.' });
  try {
    show(await inTime(readLoad()));
    up.set(1);
  } catch {
    up.set(0);
  }
  return expose(process);
}

const ANSWER_MS = 3_000;

function inTime<T>(work: Promise<T>): Promise<T> {
  const late = new Promise<never>((_, reject) => setTimeout(() => reject(new Error('late')), ANSWER_MS).unref());
  return Promise.race([work, late]);
}

function show(load: Load): void {
  const depth = gauge({ name: 'penstock_queue_depth', help: 'Tasks that are ready and wait for a slot, by lane.', labelNames: ['lane'] as const });
  const oldest = gauge({ name: 'penstock_queue_oldest_seconds', help: 'How long the oldest ready task has waited, by lane.', labelNames: ['lane'] as const });
  LANES.forEach((lane, number) => {
    const found = load.lanes.find((each) => each.lane === number);
    depth.set({ lane }, found?.ready ?? 0);
    oldest.set({ lane }, found?.oldestSeconds ?? 0);
  });
  const tasks = gauge({ name: 'penstock_task_runs', help: 'Task runs that are open, by state.', labelNames: ['state'] as const });
  tasks.set({ state: 'ready' }, load.lanes.reduce((sum, lane) => sum + lane.ready, 0));
  tasks.set({ state: 'up_for_retry' }, load.retrying);
  gauge({ name: 'penstock_attempts', help: 'Attempts held by workers now.' }).set(load.attempts);
  const runs = gauge({ name: 'penstock_runs', help: 'Runs that are open, by state.', labelNames: ['state'] as const });
  runs.set({ state: 'queued' }, load.queuedRuns);
  runs.set({ state: 'running' }, load.runningRuns);
  const workers = gauge({ name: 'penstock_workers', help: 'Processes with a fresh heartbeat, by role.', labelNames: ['role'] as const });
  workers.reset();
  for (const { role, count } of load.workers) workers.set({ role }, count);
  gauge({ name: 'penstock_slots', help: 'Slots of all workers that take tasks.' }).set(load.slots);
  gauge({ name: 'penstock_outbox_pending', help: 'Mails and webhooks not delivered yet.' }).set(load.outbox);
  gauge({ name: 'penstock_outbox_oldest_seconds', help: 'How long the oldest of them has been due.' }).set(load.outboxOldestSeconds);
  gauge({ name: 'penstock_schedules_overdue', help: 'Schedules that are due and have not fired.' }).set(load.schedulesOverdue);
  gauge({ name: 'penstock_scheduler_lag_seconds', help: 'How late the most overdue schedule is.' }).set(load.schedulerLagSeconds);
  gauge({ name: 'penstock_free_partitions', help: 'Partitions of the pipelines that no scheduler holds.' }).set(load.freePartitions);
  gauge({ name: 'penstock_leaders', help: '1 when somebody does the singleton duties.' }).set(load.leaders);
}
