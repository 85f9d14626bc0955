import { describe, expect, it } from 'vitest';
import { decideEnd, isWorthRetrying, MOST_LOST, retryDelay } from './decide-end';

const NOW = new Date('2001-04-18T06:00:00Z');
const task = { onLost: 'retry' as const, retries: 0, lostCount: 0 };

describe('what an attempt’s end means for its task', () => {
  it('waits longer before each retry, up to the cap', () => {
    const policy = { delaySeconds: 10, factor: 2, maxDelaySeconds: 35 };
    expect([1, 2, 3, 4].map((n) => retryDelay(policy, n, 0))).toEqual([10, 20, 35, 35]);
  });

  it('takes jitter off the delay, never adds to it', () => {
    expect(retryDelay({ delaySeconds: 10, jitter: true }, 1, 0.999)).toBeGreaterThanOrEqual(5);
    expect(retryDelay({ delaySeconds: 10, jitter: 1 }, 1, 0.5)).toBe(5);
  });

  it('retries a failure until its retries are spent', () => {
    const retry = { count: 1, delaySeconds: 5 };
    expect(decideEnd({ outcome: 'failed' }, { ...task, retry }, NOW, 0)).toMatchObject({ task: 'retry', spendsRetry: true, notBefore: new Date('2001-04-18T06:00:05Z') });
    expect(decideEnd({ outcome: 'failed' }, { ...task, retry, retries: 1 }, NOW, 0)).toMatchObject({ task: 'failed', spendsRetry: false });
  });

  it.each([
    [{ on: [3] }, undefined, 3, true],
    [{ on: [3] }, undefined, 4, false],
    [{ on: ['exit:4'] }, undefined, 4, true],
    [{ on: ['out_of_memory'] }, { code: 'out_of_memory' }, 137, true],
    [{ on: ['out_of_memory'] }, { code: 'timeout' }, undefined, false],
    [{}, { code: 'timeout' }, undefined, true],
  ])('retries what the policy %j names (error %j, exit %s): %s', (policy, error, exit, worth) => {
    expect(isWorthRetrying(policy, error, exit)).toBe(worth);
  });

  it('tries a lost attempt again at no cost, but not for ever', () => {
    expect(decideEnd({ outcome: 'lost' }, task, NOW, 0)).toEqual({ task: 'retry', notBefore: null, spendsRetry: false, lost: true });
    expect(decideEnd({ outcome: 'lost' }, { ...task, lostCount: MOST_LOST }, NOW, 0).task).toBe('failed');
  });

  it('fails a lost attempt whose effects must not happen twice', () => {
    expect(decideEnd({ outcome: 'lost' }, { ...task, onLost: 'fail' }, NOW, 0).task).toBe('failed');
  });
});
