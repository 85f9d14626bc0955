import { systemClock, type Clock } from '@/lib/core/clock';
import { log } from '@/lib/core/log';
import { pool } from '@/lib/db/pool';

/** Something that a process does when there is a reason to. */
export type Duty = {
  /**
   * SQL of an interval until it has something to do (zero or less: now), or null for nothing. `$1` is domain time, `$2` the shares of the
   * pipelines that this process schedules.
   */
  due: string;
  /** while something stays due, it is done so often at most, in milliseconds */
  restMs: number;
  /** does it; a number asks to be called again after so many milliseconds */
  perform(): Promise<number | void>;
};

/** A process's watch over its duties. */
export type Watch = {
  /** does a duty without waiting for the next look; when it is under way, once more after that */
  wake(duty: Duty): void;
  /** says that a duty falls due in so many milliseconds: for what this process knows before a look could */
  dueIn(duty: Duty, ms: number): void;
  /** resolves when the duties under way are done */
  stop(): Promise<void>;
};

/** The database is asked this often, in milliseconds: the longest that a duty waits whose notice was lost. */
export const LOOK_MS = 3_000;
/** A timer may run a little fast, and what is not due yet would wait for the next look. */
const LATE_MS = 5;

/** Watches of this process so far: a prepared statement's name stands for one text. */
let watches = 0;

type Standing = { timer: NodeJS.Timeout | undefined; at: number; busy: Promise<void> | null; again: boolean; doneAt: number };

/**
 * startWatch asks in one statement which duties have something to do, and when the others will: those get a timer, so that they are on
 * time, and an idle process asks the database one question. Each duty is done one at a time; one that fails is tried at the next look.
 * @param shares the shares of the pipelines that this process schedules now
 */
export function startWatch(duties: readonly Duty[], shares: () => number[] = () => [], clock: Clock = systemClock): Watch {
  const standings = new Map<Duty, Standing>(duties.map((duty) => [duty, { timer: undefined, at: Infinity, busy: null, again: false, doneAt: -Infinity }]));
  const text = `select ${duties.map(({ due }, i) => `extract(epoch from ${due})::float8 * 1000 as d${i}`).join(',\n')} where $1::timestamptz is not null and $2::int[] is not null`;
  const name = `penstock_watch_${(watches += 1)}`;
  let stopped = false;
  let next: NodeJS.Timeout | undefined;
  let looking: Promise<void> | null = null;
  let lookAgain = false;

  const arm = (duty: Duty, ms: number, foreseen: boolean) => {
    const standing = standings.get(duty)!;
    const at = performance.now() + Math.max(0, ms);
    if (stopped || at >= standing.at) return;
    clearTimeout(standing.timer);
    standing.at = at;
    standing.timer = setTimeout(() => {
      standing.at = Infinity;
      begin(duty);
      // another one may fall due right after it
      if (foreseen) void standing.busy?.then(look);
    }, Math.max(0, ms));
  };

  const begin = (duty: Duty) => {
    const standing = standings.get(duty)!;
    if (stopped) return;
    if (standing.busy) {
      standing.again = true;
      return;
    }
    standing.busy = (async () => {
      do {
        standing.again = false;
        const ms = await duty.perform().catch((error: unknown) => log.warn({ err: error }, 'a duty failed; the next look will try again'));
        standing.doneAt = performance.now();
        if (typeof ms === 'number') arm(duty, ms, false);
      } while (standing.again && !stopped);
      standing.busy = null;
    })();
  };

  const ask = async () => {
    const { rows } = await pool().query<Record<string, number | null>>({ name, text, values: [clock(), shares()] });
    duties.forEach((duty, i) => {
      const ms = rows[0]?.[`d${i}`] ?? null;
      const standing = standings.get(duty)!;
      if (ms === null || standing.busy) return;
      if (ms > 0) {
        if (ms < LOOK_MS) arm(duty, ms + LATE_MS, true);
      } else arm(duty, standing.doneAt + duty.restMs - performance.now(), false);
    });
  };

  const look = (): void => {
    if (stopped) return;
    if (looking) {
      lookAgain = true;
      return;
    }
    clearTimeout(next);
    looking = ask()
      .catch((error: unknown) => log.warn({ err: error }, 'the database could not be asked what is to do; trying again'))
      .finally(() => {
        looking = null;
        if (lookAgain) {
          lookAgain = false;
          look();
        } else if (!stopped) next = setTimeout(look, LOOK_MS * (0.9 + Math.random() * 0.2));
      });
  };

  if (duties.length > 0) look();
  return {
    wake: begin,
    dueIn: (duty, ms) => arm(duty, ms, false),
    stop: async () => {
      stopped = true;
      clearTimeout(next);
      for (const { timer } of standings.values()) clearTimeout(timer);
      await Promise.all([looking, ...[...standings.values()].map(({ busy }) => busy)]);
    },
  };
}
