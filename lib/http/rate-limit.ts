import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { AppError } from '@/lib/core/errors';

const CALLS_A_MINUTE = 12_000;
const BAD_TOKENS_A_MINUTE = 1_200;

/** One count a process, also where a bundler loads this file twice. */
const { calls, badTokens } = ((globalThis as { __penstockLimits?: { calls: RateLimiterMemory; badTokens: RateLimiterMemory } }).__penstockLimits ??= {
  calls: new RateLimiterMemory({ points: CALLS_A_MINUTE, duration: 60 }),
  badTokens: new RateLimiterMemory({ points: BAD_TOKENS_A_MINUTE, duration: 60 }),
});

/** countCall counts one API call of a caller. @throws AppError rate_limited with retryAfterSeconds */
export const countCall = (caller: string): Promise<void> =>
  take(calls, caller, `More than ${CALLS_A_MINUTE.toLocaleString('en')} calls came within a minute.`);

/** countBadToken counts a call without a valid token from an address. @throws AppError rate_limited */
export const countBadToken = (ip: string): Promise<void> =>
  take(badTokens, ip, 'Too many calls without a valid token came from this address.');

/** take uses up one point. @throws AppError rate_limited, saying when to try again */
export async function take(limiter: RateLimiterMemory, key: string, sentence: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    const seconds = Math.max(1, Math.ceil(refused.msBeforeNext / 1000));
    throw new AppError('rate_limited', `${sentence} Wait ${seconds} s and try again.`, [], {
      retryAfterSeconds: seconds,
    });
  }
}
