import { listen, type Notice } from '@/lib/db/notify';
import { log } from '@/lib/core/log';

type Hear = (notice: Notice | 'reconnected') => void;

/** What was heard is remembered for so long, in milliseconds: longer than a page takes from its drawing to its first listening. */
export const REMEMBERED_MS = 30_000;
/** In a flood of notices fewer are remembered: then a page reads all of itself again. */
const MOST_REMEMBERED = 2_000;

type Hub = { hearers: Set<Hear>; opening: Promise<unknown> | null; recent: { at: number; notice: Notice }[]; since: number };

/** One LISTEN connection a web process, shared by all its streams and waiting calls. `since`: nothing was missed from then on. */
const hub = ((globalThis as { __penstockNotices?: Hub }).__penstockNotices ??= {
  hearers: new Set<Hear>(),
  opening: null,
  recent: [],
  since: Infinity,
});

function remember(notice: Notice): void {
  const now = performance.now();
  hub.recent.push({ at: now, notice });
  if (hub.recent.length <= MOST_REMEMBERED) return;
  const forgotten = hub.recent.splice(0, MOST_REMEMBERED / 2);
  hub.since = Math.max(hub.since, forgotten.at(-1)!.at);
}

/**
 * noticesWithin gives what was heard in the last `ms` milliseconds (at most REMEMBERED_MS), oldest first; null when some of it may have
 * been missed, because this process did not listen for so long.
 */
export function noticesWithin(ms: number): Notice[] | null {
  const from = performance.now() - ms;
  if (ms > REMEMBERED_MS || hub.since > from) return null;
  return hub.recent.filter(({ at }) => at >= from).map(({ notice }) => notice);
}

/**
 * hearNotices calls back for every notice of the database, and with 'reconnected' when some may have been missed.
 * @returns a function that ends it
 */
export function hearNotices(hear: Hear): () => void {
  hub.hearers.add(hear);
  hub.opening ??= listen(
    (notice) => {
      remember(notice);
      hub.hearers.forEach((h) => h(notice));
    },
    () => {
      hub.since = performance.now();
      hub.hearers.forEach((h) => h('reconnected'));
    },
  ).then(() => (hub.since = performance.now())).catch((error: unknown) => {
    hub.opening = null;
    log.error({ err: error }, 'the database cannot be listened to; pages refresh by themselves only');
  });
  return () => hub.hearers.delete(hear);
}

/**
 * untilNotice resolves at the next notice that matters, or after the time, whichever is first.
 * @param ms how long at most, in milliseconds
 */
export function untilNotice(
  matters: (notice: Notice) => boolean,
  ms: number,
  signal: AbortSignal,
): { heard: Promise<void>; stop(): void } {
  let stop = () => undefined as void;
  const heard = new Promise<void>((resolve) => {
    const timer = setTimeout(() => stop(), ms);
    const silence = hearNotices((notice) => {
      if (notice === 'reconnected' || matters(notice)) stop();
    });
    stop = () => {
      clearTimeout(timer);
      silence();
      signal.removeEventListener('abort', stop);
      resolve();
    };
    signal.addEventListener('abort', stop, { once: true });
  });
  return { heard, stop: () => stop() };
}
