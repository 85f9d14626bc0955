import { log } from '@/lib/core/log';
import { heartbeat } from '@/lib/dispatch/server';
import { notify } from '@/lib/db/notify';
import { attemptKey } from '@/lib/runs/server';
import type { LiveAttempt } from './live-attempt';

/** News of tasks are written at most this often, in milliseconds. */
const NEWS_MS = 500;
/** The signs of life of attempts are looked at this often, in milliseconds: in memory and /proc, without a query. */
const LOOK_MS = 1_000;

/**
 * startHeartbeats renews the leases of everything a worker holds, every third of the lease and in one statement, and learns from
 * the answer which attempts were taken away or are to be cancelled. `flush` resolves when everything that an attempt reported is written
 * (or could not be): an attempt that ends is not written to any more.
 */
export function startHeartbeats(
  live: Map<string, LiveAttempt>,
  leaseSeconds: number,
): { now(): Promise<void>; flush(attempt: LiveAttempt): Promise<void>; stop(): void } {
  let beating = Promise.resolve();

  async function beat(attempts: LiveAttempt[]): Promise<void> {
    if (attempts.length === 0) return;
    const news = attempts.filter((a) => a.hasNews() || a.pace?.isShown()).map((a) => a.claimed.run_id);
    const beats = attempts.map((a) => a.beat());
    const answers = await heartbeat(beats, leaseSeconds).catch((error: unknown) => {
      attempts.forEach((attempt, i) => attempt.unwritten(beats[i]!));
      throw error;
    });
    const held = new Map(answers.map((h) => [attemptKey(h.run, h.ordinal, h.fence), h]));
    for (const attempt of attempts) {
      const { run_id, ordinal, attempt: fence } = attempt.claimed;
      const key = attemptKey(run_id, ordinal, fence);
      const answer = held.get(key);
      // an attempt that ended meanwhile is not ours to stop
      if (!live.has(key)) continue;
      if (!answer) attempt.stop('lost');
      else if (answer.cancel) attempt.stop('cancelled');
    }
    for (const id of new Set(news)) notify({ topic: 'run', id });
  }

  const say = (attempts: () => LiveAttempt[]): Promise<void> => {
    beating = beating
      .then(() => beat(attempts()))
      .catch((error: unknown) => log.warn({ err: error }, 'heartbeat failed; trying again before the lease ends'));
    return beating;
  };

  const looking = setInterval(() => {
    for (const attempt of live.values()) attempt.pace?.look();
  }, LOOK_MS);
  const all = setInterval(() => void say(() => [...live.values()]), (leaseSeconds * 1000) / 3);
  const fresh = setInterval(() => {
    const attempts = [...live.values()].filter((a) => a.hasNews());
    if (attempts.length > 0) void say(() => attempts);
  }, NEWS_MS);

  return {
    now: () => say(() => [...live.values()]),
    flush: (attempt) => say(() => (attempt.said() ? [attempt] : [])),
    stop: () => {
      clearInterval(looking);
      clearInterval(all);
      clearInterval(fresh);
    },
  };
}
