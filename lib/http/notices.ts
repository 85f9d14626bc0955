import { listen, type Notice } from '@/lib/db/notify';
import { log } from '@/lib/core/log';

type Hear = (notice: Notice | 'reconnected') => void;

/** One LISTEN connection a web process, shared by all its streams and waiting calls. */
const hub = ((
  globalThis as { __penstockNotices?: { hearers: Set<Hear>; opening: Promise<unknown> | null } }
).__penstockNotices ??= {
  hearers: new Set<Hear>(),
  opening: null,
});

/**
 * hearNotices calls back for every notice of the database, and with 'reconnected' when some may have been missed.
 * @returns a function that ends it
 */
export function hearNotices(hear: Hear): () => void {
  hub.hearers.add(hear);
  hub.opening ??= listen(
    (notice) => hub.hearers.forEach((h) => h(notice)),
    () => hub.hearers.forEach((h) => h('reconnected')),
  ).catch((error: unknown) => {
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
