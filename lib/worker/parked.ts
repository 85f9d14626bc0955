import { systemClock, type Clock } from '@/lib/core/clock';
import { log } from '@/lib/core/log';
import { type Notice } from '@/lib/db/notify';
import { takeParked, wakeParked, wakeRunSensors, type ClaimedTask } from '@/lib/dispatch/server';
import { every } from './every';

/** Without an event or a known time parked tasks are looked for this often, in milliseconds: one index probe. */
const LOOK_MS = 10_000;
/** Parked attempts that one look takes up. */
const BATCH = 50;
/** Ended runs are gathered this long before sensors that await them are looked for. */
const GATHER_MS = 250;
/** Events are remembered this long, for sensors that were just looking when they came. */
const RECENT_MS = 60_000;

/** What was just parked: when it falls due, what wakes it before, and when it last looked (milliseconds). */
export type JustParked = { workspaceId: string; until: Date; awaits: string | null; lookedAt: number };

export type Parked = { heard(notice: Notice): void; parked(what: JustParked): void; stop(): Promise<void> };

/**
 * startParked takes up parked sensors as they fall due, each under a lease, and hands them to whoever performs attempts. Events make
 * them due at once: an uploaded file, a dataset's version, the end of a run. Any number may run; every row is taken by one.
 */
export function startParked(
  options: { workerId: string; leaseSeconds: number; room(): number; begin(task: ClaimedTask): void },
  clock: Clock = systemClock,
): Parked {
  const look = every(LOOK_MS, async () => {
    for (;;) {
      const limit = Math.min(BATCH, options.room());
      if (limit <= 0) return;
      const taken = await takeParked(options.workerId, limit, options.leaseSeconds, clock());
      taken.forEach((task) => options.begin(task));
      if (taken.length < limit) return;
    }
  });
  const failed = (error: unknown) => log.warn({ err: error }, 'sensors were not woken by an event; they look again by themselves');
  let timer: NodeJS.Timeout | undefined;
  let timerAt = Infinity;
  const lookAt = (at: number) => {
    if (at >= timerAt) return;
    clearTimeout(timer);
    timerAt = at;
    timer = setTimeout(() => {
      timerAt = Infinity;
      look.now();
    }, Math.max(0, at - clock().getTime()));
    timer.unref();
  };
  const recent = new Map<string, number>();
  const wake = (workspaceId: string, events: string[]) =>
    void wakeParked(workspaceId, events, clock()).then((woken) => woken > 0 && look.now(), failed);
  let runs = new Set<string>();
  const wakeByRuns = async () => {
    const ids = [...runs];
    runs = new Set();
    if ((await wakeRunSensors(ids, clock())) > 0) look.now();
  };
  return {
    heard: ({ topic, id, workspaceId }) => {
      if (topic === 'dataset' && id && workspaceId) {
        const events = [`file:${id}`, 'file:*', `dataset:${id}`];
        const now = performance.now();
        for (const [event, at] of recent) if (now - at > RECENT_MS) recent.delete(event);
        events.forEach((event) => recent.set(`${workspaceId} ${event}`, now));
        wake(workspaceId, events);
      } else if (topic === 'run' && id) {
        if (runs.size === 0) setTimeout(() => void wakeByRuns().catch(failed), GATHER_MS).unref();
        runs.add(id);
      }
    },
    parked: ({ workspaceId, until, awaits, lookedAt }) => {
      // what happened while it was looking may have been overlooked
      if (awaits !== null && (recent.get(`${workspaceId} ${awaits}`) ?? 0) > lookedAt) wake(workspaceId, [awaits]);
      const at = until.getTime();
      if (at - clock().getTime() < LOOK_MS) lookAt(at);
    },
    stop: async () => {
      clearTimeout(timer);
      await look.stop();
    },
  };
}
