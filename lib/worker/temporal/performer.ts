import { log } from '@/lib/core/log';
import { outlast } from '@/lib/db/outage';
import { takeOver, type AttemptName } from '@/lib/dispatch/server';
import { attemptKey, finishAndClaim } from '@/lib/runs/server';
import { startHeartbeats } from '../heartbeats';
import { LiveAttempt } from '../live-attempt';
import { performClaimed } from '../perform';
import type { JustParked } from '../parked';
import type { RunWatch } from '../run-watch';
import { INLINE_SLOTS, taskQueue } from './queues';
import { type ActivityWorker, type NativeConnection, type Sdk } from './sdk';

/** A heartbeat to Temporal this often, in milliseconds: its answer is how a cancel asked for in Temporal's own pages arrives. */
const BEAT_MS = 1_000;
/** After Temporal could not be reached, or a poller ended, it is tried again after this long, in milliseconds. */
const AGAIN_MS = 1_000;

export type PerformerOptions = { workerId: string; tags: string[]; slots: number; leaseSeconds: number; address: string; namespace: string; sdk: Sdk; watch: RunWatch; onParked: (what: JustParked) => void };

/**
 * Performer polls Temporal and performs what it hands out. PostgreSQL is asked first whether the attempt is still to be had, and is told
 * its end by the same fenced finish as everywhere; what is returned to Temporal is only for people who look there.
 */
export class Performer {
  readonly live = new Map<string, LiveAttempt>();
  private readonly beats;
  private workers: ActivityWorker[] = [];
  private connection: NativeConnection | undefined;
  private polling: Promise<void>;
  private stopping = false;
  private wake: (() => void) | undefined;

  constructor(private readonly options: PerformerOptions) {
    this.beats = startHeartbeats(this.live, options.leaseSeconds);
    this.polling = this.poll();
  }

  /** beat renews the leases now, which also tells which attempts are to be stopped. */
  beat(): void {
    void this.beats.now();
  }

  /** close asks for nothing more; what runs goes on. */
  close(): void {
    this.stopping = true;
    this.wake?.();
    for (const worker of this.workers) shut(worker);
  }

  /** handBack stops what still runs; it runs again elsewhere. */
  handBack(): void {
    for (const attempt of this.live.values()) attempt.stop('shutdown');
  }

  /** stopped resolves when nothing runs any more and Temporal's connection is closed. */
  async stopped(): Promise<void> {
    await this.polling;
    this.beats.stop();
    await this.connection?.close().catch(() => undefined);
  }

  private async poll(): Promise<void> {
    const { sdk, address, namespace, tags, slots } = this.options;
    while (!this.stopping) {
      try {
        this.connection ??= await sdk.worker.NativeConnection.connect({ address });
        const queue = (inline: boolean) =>
          sdk.worker.Worker.create({
            connection: this.connection,
            namespace,
            taskQueue: taskQueue(tags, inline),
            activities: { attempt: (name: AttemptName & { from: string }) => this.perform(name) },
            maxConcurrentActivityTaskExecutions: inline ? INLINE_SLOTS : slots,
            maxHeartbeatThrottleInterval: BEAT_MS,
            shutdownGraceTime: '1 hour',
          });
        this.workers = await Promise.all([queue(true), queue(false)]);
        if (this.stopping) this.workers.forEach(shut);
        // when one ends by itself, the other one is ended too and both begin again
        await Promise.all(this.workers.map((worker) => worker.run().finally(() => this.workers.forEach(shut))));
      } catch (error) {
        if (!this.stopping) log.warn({ err: (error as Error).message }, 'Temporal cannot be polled; trying again');
      }
      this.workers = [];
      if (!this.stopping) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, AGAIN_MS);
          this.wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    }
  }

  private async perform(name: AttemptName & { from: string }): Promise<{ ended: string }> {
    const { workerId, leaseSeconds, sdk, watch } = this.options;
    const claimed = await outlast(() => takeOver(name, name.from, workerId, leaseSeconds));
    if (!claimed) return { ended: 'it was cancelled or given to another before it began' };
    const attempt = new LiveAttempt(claimed);
    const key = attemptKey(name.run, name.ordinal, name.fence);
    this.live.set(key, attempt);
    const farewell = this.hearTemporal(attempt);
    try {
      const item = await performClaimed(attempt, watch, (ending) => this.beats.flush(ending), this.options.onParked);
      if (item) {
        const { settled } = await outlast(() => finishAndClaim([item], null), attempt.lost);
        await settled;
      }
      if (item?.attempt === 'failed' || item?.attempt === 'timed_out') {
        const { message, code } = (item.error ?? {}) as { message?: string; code?: string };
        throw sdk.common.ApplicationFailure.nonRetryable(message ?? 'It failed.', code);
      }
      return { ended: item?.attempt ?? 'its end is recorded' };
    } finally {
      farewell();
      this.live.delete(key);
    }
  }

  /** Temporal is told that the attempt lives, and heard when somebody cancels it there. Its other words about the attempt do not count. */
  private hearTemporal(attempt: LiveAttempt): () => void {
    const context = this.options.sdk.activity.Context.current();
    const beating = setInterval(() => context.heartbeat(), BEAT_MS);
    const hear = () => {
      if (context.cancellationDetails?.cancelRequested) attempt.stop('cancelled');
    };
    context.cancellationSignal.addEventListener('abort', hear, { once: true });
    return () => {
      clearInterval(beating);
      context.cancellationSignal.removeEventListener('abort', hear);
    };
  }
}

function shut(worker: ActivityWorker): void {
  try {
    worker.shutdown();
  } catch {
    // it shuts down already, or has not begun
  }
}
