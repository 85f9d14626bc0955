import { env } from '@/lib/core/env';
import { Claimer } from './claimer';
import { startHeartbeats } from './heartbeats';
import { knownEnd, performClaimed } from './perform';
import { notify } from '@/lib/db/notify';
import { giveBack, type ClaimedTask } from '@/lib/dispatch/server';
import type { LiveAttempt } from './live-attempt';
import type { JustParked } from './parked';
import type { RunWatch } from './run-watch';
import { Dispatcher } from './temporal/dispatcher';
import { Performer } from './temporal/performer';
import { INLINE_SLOTS } from './temporal/queues';
import { loadSdk } from './temporal/sdk';

/** Who performs attempts: this process itself, or Temporal's workers. */
export type ExecutorName = 'local' | 'temporal';

/** What a worker process asks of its executor. */
export type Executor = {
  start(): void;
  /** there may be work */
  hint(): void;
  /** a run was asked to stop */
  cancelAsked(): void;
  runChanged(runId: string): void;
  /** attempts that this process holds */
  busy(): number;
  /** parked attempts that could be resumed now */
  room(): number;
  /** goes on with an attempt that was parked, in this process: a look takes no user's code */
  resume(task: ClaimedTask): void;
  /** claims nothing more */
  close(): void;
  /** resolves when nothing is held and every end is recorded */
  drained(): Promise<void>;
  /** stops what still runs, so that it runs again elsewhere */
  handBack(): Promise<void>;
  stop(): Promise<void>;
};

export type ExecutorOptions = { workerId: string; tags: string[]; slots: number; leaseSeconds: number; watch: RunWatch; retryDue(): void; onParked: (what: JustParked) => void };

/** localExecutor claims and performs in this process. */
export function localExecutor({ watch, onParked, ...options }: ExecutorOptions): Executor {
  const claimer: Claimer = new Claimer({ ...options, knownEnd, giveBack: (attempts) => givenBack(options.workerId, attempts), perform: (attempt) => performClaimed(attempt, watch, (ending) => beats.flush(ending), onParked) });
  const beats = startHeartbeats(claimer.live, options.leaseSeconds);
  return {
    start: () => claimer.start(),
    hint: () => claimer.hint(),
    cancelAsked: () => void beats.now(),
    runChanged: () => undefined,
    busy: () => claimer.live.size,
    room: () => claimer.room(),
    resume: (task) => claimer.begin(task),
    close: () => claimer.close(),
    drained: () => claimer.drained(),
    handBack: () => Promise.resolve(claimer.live.forEach((attempt) => attempt.stop('shutdown'))),
    stop: () => {
      beats.stop();
      return Promise.resolve();
    },
  };
}

async function givenBack(worker: string, attempts: LiveAttempt[]): Promise<LiveAttempt[]> {
  const names = attempts.map(({ claimed }) => ({ run: claimed.run_id, ordinal: claimed.ordinal, fence: claimed.attempt }));
  const given = await giveBack(worker, names);
  notify({ topic: 'work' });
  return attempts.filter((_, i) => given.some(({ run, ordinal }) => run === names[i]!.run && ordinal === names[i]!.ordinal));
}

/**
 * temporalExecutor claims here, gives each attempt to Temporal, and performs what Temporal hands out.
 * @throws AppError unavailable when Temporal's packages are not installed
 */
export function temporalExecutor(given: ExecutorOptions): Executor {
  const { watch, onParked, ...options } = given;
  const sdk = loadSdk();
  const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace } = env();
  const connection = sdk.client.Connection.lazy({ address });
  const client = new sdk.client.Client({ connection, namespace });
  const dispatcher = new Dispatcher({ ...options, client, connection });
  const performer = new Performer({ ...options, address, namespace, sdk, watch, onParked });
  const claimer = new Claimer({ ...options, perform: (attempt) => dispatcher.perform(attempt) });
  // resumes what was parked, and claims nothing
  const own = localExecutor(given);
  own.close();
  return {
    start: () => claimer.start(),
    hint: () => claimer.hint(),
    cancelAsked: () => {
      performer.beat();
      own.cancelAsked();
      dispatcher.look();
    },
    runChanged: (runId) => dispatcher.changed(runId),
    busy: () => performer.live.size + own.busy(),
    room: () => Math.max(0, INLINE_SLOTS - own.busy()),
    resume: (task) => own.resume(task),
    close: () => {
      claimer.close();
      performer.close();
    },
    drained: async () => {
      await own.drained();
      await performer.stopped();
      await claimer.drained();
    },
    handBack: async () => {
      performer.handBack();
      await own.handBack();
      // what others have taken meanwhile is theirs
      await dispatcher.lookNow().catch(() => undefined);
      claimer.live.forEach((attempt) => attempt.stop('shutdown'));
    },
    stop: async () => {
      await own.stop();
      await dispatcher.stop();
      await connection.close().catch(() => undefined);
    },
  };
}
