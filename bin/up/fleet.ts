import os from 'node:os';
import { env } from '@/lib/core/env';
import { newId } from '@/lib/core/ids';
import { log } from '@/lib/core/log';
import { listen, notify } from '@/lib/db/notify';
import { beatWorker, decideScale, readDemand, registerWorker, removeWorker, type ScaleBounds, type ScaledChild } from '@/lib/dispatch/server';
import { keepChild, type ChildPlan, type Kept } from './child';

/** Without a hint the queue is looked at this often, in milliseconds. */
const LOOK_MS = 5_000;
/** A row of ours is renewed this often, in milliseconds. */
const BEAT_MS = 10_000;
const GENTLE_MS = 15_000;

export type FleetPlan = {
  bounds: ScaleBounds;
  tags: string[];
  /** slots of one executor process */
  slots: number;
  version: string;
  /** how the executor process with this number is started */
  child(number: number): Omit<ChildPlan, 'onReady'>;
};

type Member = { kept: Kept; idleSince: number | null };

/**
 * startFleet keeps between `min` and `max` executor processes by what waits in the queue: it is woken by the hint that work came, looks
 * every five seconds otherwise, and shows itself on the Cluster page.
 */
export async function startFleet(plan: FleetPlan): Promise<{ stop(): Promise<void> }> {
  const members = new Map<string, Member>();
  const row = { id: newId(), name: `${os.hostname()}-${process.pid}`, host: os.hostname(), pid: process.pid, roles: ['supervisor'], tags: plan.tags, slots: 0, version: plan.version, executor: env().PENSTOCK_EXECUTOR, schemaVersion: '' };
  let number = 0;
  let stopping = false;
  let looking: Promise<void> | undefined;
  let again = false;

  const details = () => ({ min: plan.bounds.min, max: plan.bounds.max, children: members.size });
  const beat = async () => {
    if (!(await beatWorker(row.id, details()))) await registerWorker(row);
  };

  const look = async (): Promise<void> => {
    const pids = [...members.values()].map(({ kept }) => kept.pid()).filter((pid) => pid !== undefined);
    const demand = await readDemand(plan.tags, row.host, pids);
    if (stopping) return;
    const now = performance.now();
    const children = [...members].map(([id, member]): ScaledChild => {
      const seen = demand.workers.find((worker) => worker.pid === member.kept.pid());
      const busy = seen?.busy ?? 0;
      member.idleSince = busy > 0 ? null : (member.idleSince ?? now);
      return { id, slots: seen?.slots ?? plan.slots, busy, idleSince: member.idleSince };
    });
    const { start, stop } = decideScale(plan.bounds, demand.ready, children, plan.slots, now);
    for (let i = 0; i < start; i++) grow(now);
    for (const id of stop) shrink(id);
    if (start + stop.length === 0) return;
    log.info({ ready: demand.ready, started: start, stopped: stop.length, children: members.size }, 'the number of executor processes changed');
    await beat();
    notify({ topic: 'cluster' });
  };

  const grow = (now: number) => {
    const kept = keepChild(plan.child(++number));
    kept.ready.catch((error: unknown) => log.error({ err: error }, 'an executor process did not start'));
    members.set(String(number), { kept, idleSince: now });
  };

  const shrink = (id: string) => {
    const member = members.get(id);
    members.delete(id);
    member?.kept.stop(GENTLE_MS).catch((error: unknown) => log.warn({ err: error }, 'an executor process did not stop in order'));
  };

  /** One look at a time; a hint during a look leads to another one. */
  const hint = () => {
    if (stopping) return;
    if (looking) {
      again = true;
      return;
    }
    looking = look()
      .catch((error: unknown) => log.warn({ err: error }, 'the queue could not be looked at; trying again'))
      .finally(() => {
        looking = undefined;
        if (again) {
          again = false;
          hint();
        }
      });
  };

  await registerWorker(row);
  await beat();
  const listening = await listen((notice) => notice.topic === 'work' && hint(), hint);
  const looks = setInterval(hint, LOOK_MS);
  const beats = setInterval(() => void beat().catch(() => undefined), BEAT_MS);
  hint();

  return {
    stop: async () => {
      stopping = true;
      clearInterval(looks);
      clearInterval(beats);
      await listening.stop();
      await looking;
      await Promise.all([...members.values()].map(({ kept }) => kept.stop(GENTLE_MS)));
      await removeWorker(row.id).catch(() => undefined);
      notify({ topic: 'cluster' });
    },
  };
}
