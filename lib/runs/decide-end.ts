/** How long to wait and how often to try again; contract §2 `retry`. Seconds. */
export type RetryPolicy = {
  count?: number;
  delaySeconds?: number;
  factor?: number;
  maxDelaySeconds?: number;
  jitter?: boolean | number;
  /** error codes or `exit:<n>` worth a retry; absent: all */
  on?: (string | number)[];
};

export type AttemptOutcome = 'succeeded' | 'skipped' | 'failed' | 'timed_out' | 'cancelled' | 'lost';

export type AttemptEnd = {
  /** what the task run becomes; retry means up_for_retry until `notBefore`, ready at once when that is null */
  task: 'succeeded' | 'skipped' | 'failed' | 'cancelled' | 'retry';
  notBefore: Date | null;
  spendsRetry: boolean;
  lost: boolean;
};

/** A lost attempt is tried again at most this often (semantics §2), so that a task that kills its worker cannot do so for ever. */
export const MOST_LOST = 5;

/** Failures that no retry can mend: the same input gives the same refusal. */
const NEVER_RETRIED = new Set(['refused', 'invalid_config', 'map_too_many', 'map_no_list', 'map_no_table']);

/**
 * retryDelay is the wait before retry number `retry` (1 = first), in seconds: delay × factor^(retry-1), capped, with jitter
 * taking away up to the given share (true = half).
 * @param random a number in [0, 1)
 */
export function retryDelay(policy: RetryPolicy, retry: number, random: number): number {
  const { delaySeconds = 0, factor = 1, maxDelaySeconds = 3600, jitter = false } = policy;
  const full = Math.min(delaySeconds * factor ** (retry - 1), maxDelaySeconds);
  const share = jitter === true ? 0.5 : jitter === false ? 0 : Math.min(Math.max(jitter, 0), 1);
  return full * (1 - share * random);
}

/** isWorthRetrying tells whether a failure is of the kinds that the policy retries. */
export function isWorthRetrying(policy: RetryPolicy, error: { code: string } | undefined, exitCode: number | undefined): boolean {
  if (error && NEVER_RETRIED.has(error.code)) return false;
  if (!policy.on) return true;
  return policy.on.some((o) => o === error?.code || (exitCode !== undefined && (o === exitCode || o === `exit:${exitCode}`)));
}

/**
 * decideEnd says what an attempt's end means for its task (semantics §2): failures are retried by policy, a lost attempt costs
 * no retry and is tried again up to MOST_LOST times unless the task says `onLost: "fail"`.
 */
export function decideEnd(
  attempt: { outcome: AttemptOutcome; error?: { code: string }; exitCode?: number },
  task: { retry?: RetryPolicy; onLost: 'retry' | 'fail'; retries: number; lostCount: number },
  now: Date,
  random: number,
): AttemptEnd {
  const end = (as: AttemptEnd['task']): AttemptEnd => ({ task: as, notBefore: null, spendsRetry: false, lost: attempt.outcome === 'lost' });
  switch (attempt.outcome) {
    case 'succeeded':
    case 'skipped':
    case 'cancelled':
      return end(attempt.outcome);
    case 'lost':
      return task.onLost === 'fail' || task.lostCount >= MOST_LOST ? end('failed') : end('retry');
    case 'failed':
    case 'timed_out': {
      const policy = task.retry ?? {};
      if (task.retries >= (policy.count ?? 0) || !isWorthRetrying(policy, attempt.error, attempt.exitCode)) return end('failed');
      const seconds = retryDelay(policy, task.retries + 1, random);
      return { ...end('retry'), notBefore: new Date(now.getTime() + seconds * 1000), spendsRetry: true };
    }
  }
}
