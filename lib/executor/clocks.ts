import type { AttemptInput, AttemptResult } from './adapter';

type Stop = { code: string; message: string; hint: string };

/** The time limits of one attempt: one signal that aborts on the engine's wish or when a limit has passed. */
export type Clocks = {
  signal: AbortSignal;
  /** the user's own work begins: the start timeout is over */
  started(): void;
  /** a sign of life: the heartbeat timeout begins anew */
  alive(): void;
  /** what the result becomes when a limit or a cancellation stopped the attempt */
  stopped(result: AttemptResult): AttemptResult;
  end(): void;
};

/** The error code of an attempt that was ended because it stalled; `retry.on` may name it. */
const STALLED = 'stalled';

const seconds = (n: number) => (n === 1 ? '1 second' : `${n} seconds`);

/**
 * startClocks starts the attempt's time limits (all in seconds in the spec): execution, start and heartbeat.
 * @param stalled aborts with a sentence when whoever watches its signs of life wants it to end and be tried again
 */
export function startClocks(input: AttemptInput, outer: AbortSignal, stalled: AbortSignal): Clocks {
  const inner = new AbortController();
  const timers = new Set<NodeJS.Timeout>();
  let stop: Stop | null = null;
  const after = (limit: number, why: Stop) => {
    const timer = setTimeout(() => {
      stop ??= why;
      inner.abort();
    }, Math.min(limit * 1000, 2 ** 31 - 1));
    timer.unref();
    timers.add(timer);
    return timer;
  };

  const { startTimeoutSeconds: startLimit, heartbeatTimeoutSeconds: lifeLimit } = input.task;
  after(input.limits.timeoutSeconds, {
    code: 'timeout',
    message: `The task ran longer than its time limit of ${seconds(input.limits.timeoutSeconds)} and was stopped.`,
    hint: 'Raise the task\'s "Timeout", or make its work smaller.',
  });
  const start = startLimit
    ? after(startLimit, {
        code: 'start_timeout',
        message: `The task did not start its work within ${seconds(startLimit)} and was stopped.`,
        hint: 'Raise the task\'s "Start timeout", or look in the log at what it was preparing.',
      })
    : null;
  const life = lifeLimit
    ? after(lifeLimit, {
        code: 'heartbeat_timeout',
        message: `The task gave no sign of life (log line, progress) for ${seconds(lifeLimit)} and was stopped.`,
        hint: 'Raise the task\'s "Heartbeat timeout", or let it report progress more often.',
      })
    : null;

  const onStalled = () => {
    stop ??= {
      code: STALLED,
      message: `${String(stalled.reason)} It was stopped.`,
      hint: 'Look in the log at what it did last. If it may be silent for so long, raise "Stalled after", or let it report progress.',
    };
    inner.abort();
  };
  stalled.addEventListener('abort', onStalled, { once: true });
  // AbortSignal.any would cost each attempt five times as much
  const onOuter = () => inner.abort(outer.reason);
  if (outer.aborted) onOuter();
  else outer.addEventListener('abort', onOuter, { once: true });

  return {
    signal: inner.signal,
    started: () => {
      if (start) clearTimeout(start);
    },
    alive: () => life?.refresh(),
    stopped: (result) => {
      if (result.outcome === 'succeeded' || result.outcome === 'skipped') return result;
      if (outer.aborted) return { ...result, outcome: 'cancelled', error: { code: 'cancelled', message: 'The attempt was cancelled.' } };
      if (stop) return { ...result, outcome: stop.code === STALLED ? 'failed' : 'timed_out', error: stop };
      return result;
    },
    end: () => {
      timers.forEach((timer) => clearTimeout(timer));
      stalled.removeEventListener('abort', onStalled);
      outer.removeEventListener('abort', onOuter);
    },
  };
}
