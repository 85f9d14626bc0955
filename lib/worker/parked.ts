import { systemClock, type Clock } from '@/lib/core/clock';
import { log } from '@/lib/core/log';
import { type Notice } from '@/lib/db/notify';
import { PARKED_DUE, takeParked, wakeParked, wakeRunSensors, type ClaimedTask } from '@/lib/dispatch/server';
import { LOOK_MS, type Duty } from './watch';

/** Parked attempts that one look takes up. */
const BATCH = 50;
/** Ended runs are gathered this long before sensors that await them are looked for. */
const GATHER_MS = 250;
/** Events are remembered this long, for sensors that were just looking when they came. */
const RECENT_MS = 60_000;

/** What was just parked: when it falls due, what wakes it before, and when it last looked (milliseconds). */
export type JustParked = { workspaceId: string; until: Date; awaits: string | null; lookedAt: number };

/** `duty` takes up what is due; `stop` resolves when nothing more is begun. */
export type Parked = { duty: Duty; heard(notice: Notice): void; parked(what: JustParked): void; stop(): Promise<void> };

export type ParkedOptions = {
  workerId: string;
  leaseSeconds: number;
  room(): number;
  begin(task: ClaimedTask): void;
  /** some are due now, or in so many milliseconds */
  due(ms: number): void;
};

/**
 * watchParked takes up parked sensors as they fall due, each under a lease, and hands them to whoever performs attempts. Events make
 * them due at once: an uploaded file, a dataset's version, the end of a run. Any number may run; every row is taken by one.
 */
export function watchParked(options: ParkedOptions, clock: Clock = systemClock): Parked {
  let closed = false;
  let taking: Promise<unknown> = Promise.resolve();
  const take = async () => {
    for (;;) {
      const limit = closed ? 0 : Math.min(BATCH, options.room());
      if (limit <= 0) return;
      const taken = await takeParked(options.workerId, limit, options.leaseSeconds, clock());
      taken.forEach((task) => options.begin(task));
      if (taken.length < limit) return;
    }
  };
  const failed = (error: unknown) => log.warn({ err: error }, 'sensors were not woken by an event; they look again by themselves');
  const recent = new Map<string, number>();
  const wake = (workspaceId: string, events: string[]) =>
    void wakeParked(workspaceId, events, clock()).then((woken) => woken > 0 && options.due(0), failed);
  let runs = new Set<string>();
  const wakeByRuns = async () => {
    const ids = [...runs];
    runs = new Set();
    if ((await wakeRunSensors(ids, clock())) > 0) options.due(0);
  };
  return {
    duty: {
      due: PARKED_DUE,
      restMs: 0,
      perform: () => {
        const done = take();
        taking = done.catch(() => undefined);
        return done;
      },
    },
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
      const ms = until.getTime() - clock().getTime();
      // the next look finds those that are due later
      if (ms < 2 * LOOK_MS) options.due(ms);
    },
    stop: async () => {
      closed = true;
      await taking;
    },
  };
}
