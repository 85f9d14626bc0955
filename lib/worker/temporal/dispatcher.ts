import { setTimeout as pause } from 'node:timers/promises';
import { log } from '@/lib/core/log';
import { lookAfter, standingOf, type FinishItem } from '@/lib/dispatch/server';
import { attemptKey } from '@/lib/runs/server';
import type { LiveAttempt } from '../live-attempt';
import { attemptId, priorityKey, taskQueue } from './queues';
import { isAlreadyThere, isNotFound, type Client, type Connection } from './sdk';

/** A call to Temporal may take so long; then it is made again, which the attempt's name makes harmless. */
const DEADLINE_MS = 5_000;
/** While Temporal is away, a start is tried again after this long, in milliseconds. */
const AGAIN_MS = 1_000;
/** Handed-over attempts are looked at this often at least, in milliseconds. */
const LOOK_MS = 2_000;
/** An attempt that Temporal has and nobody took for so long is asked for there, in milliseconds. */
const OVERDUE_MS = 15_000;
/** Longer than any attempt: only so that nothing stays in Temporal for ever. */
const LONGEST = '8 days';
/** Longer than a restart of Temporal's server; the lease in PostgreSQL is what notices a dead worker. */
const HEARTBEAT = '60 seconds';

/** `askedAt`: when Temporal last said that it has the attempt, by `performance.now()`; null until it took it. */
type Waiting = { attempt: LiveAttempt; askedAt: number | null; taken: boolean; resolve(item: FinishItem | null): void };

export type DispatcherOptions = { workerId: string; tags: string[]; leaseSeconds: number; client: Client; connection: Connection };

/**
 * Dispatcher gives claimed attempts to Temporal, one standalone activity each, and waits until PostgreSQL says that they ended:
 * claimed → given → taken by a worker → ended. It keeps the lease until a worker takes the attempt; from then on the worker does.
 * Temporal's own word about an attempt counts only while nobody took it: then one that Temporal dropped is given back.
 */
export class Dispatcher {
  private readonly waiting = new Map<string, Waiting>();
  private readonly timer: NodeJS.Timeout;
  private looking: Promise<void> = Promise.resolve();
  private lookWanted = false;

  constructor(private readonly options: DispatcherOptions) {
    this.timer = setInterval(() => this.look(), Math.min(LOOK_MS, (options.leaseSeconds * 1000) / 3));
  }

  /** perform hands an attempt over. It resolves with null when a worker recorded its end, or with the end to record when none took it. */
  async perform(attempt: LiveAttempt): Promise<FinishItem | null> {
    const { run_id, ordinal, attempt: fence } = attempt.claimed;
    const key = attemptKey(run_id, ordinal, fence);
    const ended = new Promise<FinishItem | null>((resolve) => {
      this.waiting.set(key, { attempt, askedAt: null, taken: false, resolve });
    });
    attempt.controller.signal.addEventListener('abort', () => void this.stopped(attempt), { once: true });
    await this.give(attempt);
    const waiting = this.waiting.get(key);
    if (waiting) waiting.askedAt = performance.now();
    return ended;
  }

  /** changed is told of news about a run. */
  changed(runId: string): void {
    for (const { attempt } of this.waiting.values()) {
      if (attempt.claimed.run_id === runId) return this.look();
    }
  }

  /** look asks PostgreSQL how the attempts stand; asked for during a look, it looks once more. */
  look(): void {
    if (this.lookWanted || this.waiting.size === 0) return;
    this.lookWanted = true;
    this.looking = this.looking
      .then(async () => {
        this.lookWanted = false;
        await this.lookNow();
      })
      .catch((error: unknown) => log.warn({ err: error }, 'attempts in Temporal could not be looked after; trying again'));
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  private async give(attempt: LiveAttempt): Promise<void> {
    const { run_id, ordinal, attempt: fence, workspace_id, inline } = attempt.claimed;
    const { client, connection, tags, workerId } = this.options;
    while (this.waiting.has(attemptKey(run_id, ordinal, fence)) && !attempt.stopped) {
      try {
        const { lane, weight } = await standingOf(run_id, ordinal);
        await connection.withDeadline(Date.now() + DEADLINE_MS, () =>
          client.activity.start('attempt', {
            id: attemptId(run_id, ordinal, fence),
            taskQueue: taskQueue(tags, inline),
            args: [{ run: run_id, ordinal, fence, from: workerId }],
            startToCloseTimeout: LONGEST,
            heartbeatTimeout: HEARTBEAT,
            // retries are ours
            retry: { maximumAttempts: 1 },
            idReusePolicy: 'REJECT_DUPLICATE',
            idConflictPolicy: 'USE_EXISTING',
            priority: { priorityKey: priorityKey(lane), fairnessKey: workspace_id, fairnessWeight: weight },
          }),
        );
        return;
      } catch (error) {
        if (isAlreadyThere(error)) return;
        log.warn({ err: (error as Error).message, run: run_id, ordinal }, 'Temporal did not take an attempt; trying again');
        await pause(AGAIN_MS, undefined, { signal: attempt.controller.signal }).catch(() => undefined);
      }
    }
  }

  /** lookNow asks PostgreSQL once how the attempts stand. */
  async lookNow(): Promise<void> {
    const { workerId, leaseSeconds } = this.options;
    const asked = [...this.waiting.keys()];
    const names = asked.map((key) => {
      const { run_id: run, ordinal, attempt: fence } = this.waiting.get(key)!.attempt.claimed;
      return { run, ordinal, fence };
    });
    const answers = new Map((await lookAfter(workerId, names, leaseSeconds)).map((each) => [attemptKey(each.run, each.ordinal, each.fence), each]));
    for (const key of asked) {
      const waiting = this.waiting.get(key);
      if (!waiting) continue;
      const answer = answers.get(key);
      if (!answer?.open) {
        if (answer?.state === 'lost') void this.quietly(waiting.attempt, (handle) => handle.terminate('its lease ran out'));
        this.settle(key, null);
        continue;
      }
      waiting.taken = answer.worker !== workerId;
      if (answer.cancel && !waiting.taken) waiting.attempt.stop('cancelled');
      // before Temporal took it, not to be found there means nothing
      else if (!waiting.taken && waiting.askedAt !== null && performance.now() - waiting.askedAt > OVERDUE_MS) void this.ask(key, waiting);
    }
  }

  /** One that Temporal does not hold any more although nobody took it is given back; while Temporal is away nothing is known. */
  private async ask(key: string, waiting: Waiting): Promise<void> {
    waiting.askedAt = performance.now();
    const { run_id, ordinal, attempt: fence } = waiting.attempt.claimed;
    const gone = await this.options.connection
      .withDeadline(Date.now() + DEADLINE_MS, () => this.options.client.activity.getHandle(attemptId(run_id, ordinal, fence)).describe())
      .then(({ status }) => status !== 'RUNNING' && status !== 'PAUSED', isNotFound)
      .catch(() => false);
    // it may have been taken while we asked: the fence of the finish and the taker's next heartbeat decide
    if (gone && !waiting.taken) this.settle(key, lostItem(waiting.attempt, 'Temporal does not hold this attempt any more, and no worker had taken it.'));
  }

  /** A stopped attempt that nobody took ends here; one that was taken is stopped by its worker, which hears of it from PostgreSQL. */
  private async stopped(attempt: LiveAttempt): Promise<void> {
    const { run_id, ordinal, attempt: fence } = attempt.claimed;
    const key = attemptKey(run_id, ordinal, fence);
    const waiting = this.waiting.get(key);
    if (!waiting) return;
    if (attempt.stopped === 'shutdown') {
      // taken ones go on without us
      this.settle(key, waiting.taken ? null : lostItem(attempt, 'The worker was stopped before this attempt began.'));
      if (!waiting.taken) await this.quietly(attempt, (handle) => handle.terminate('the worker that gave it was stopped'));
      return;
    }
    if (attempt.stopped === 'cancelled' && !waiting.taken) {
      const error = { code: 'cancelled', message: 'It was cancelled before it began.' };
      this.settle(key, { run: run_id, ordinal, fence, task: 'cancelled', attempt: 'cancelled', error });
    } else if (attempt.stopped === 'lost') this.settle(key, null);
    await this.quietly(attempt, (handle) => handle.cancel(attempt.stopped ?? 'stopped'));
  }

  private settle(key: string, item: FinishItem | null): void {
    const waiting = this.waiting.get(key);
    this.waiting.delete(key);
    waiting?.resolve(item);
  }

  private async quietly(attempt: LiveAttempt, call: (handle: ReturnType<Client['activity']['getHandle']>) => Promise<void>): Promise<void> {
    const { run_id, ordinal, attempt: fence } = attempt.claimed;
    await this.options.connection
      .withDeadline(Date.now() + DEADLINE_MS, () => call(this.options.client.activity.getHandle(attemptId(run_id, ordinal, fence))))
      .catch((error: unknown) => log.debug({ err: error }, 'Temporal was not told that an attempt ended; it finds out by itself'));
  }
}

/** Given back at no cost: it runs again. */
function lostItem({ claimed }: LiveAttempt, message: string): FinishItem {
  return { run: claimed.run_id, ordinal: claimed.ordinal, fence: claimed.attempt, task: 'retry', attempt: 'lost', not_before: null, lost: true, error: { code: 'lost', message } };
}
