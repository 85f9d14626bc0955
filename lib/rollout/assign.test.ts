import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignVariant, bucketOf, bucketRanges, BUCKETS, type Routing } from './assign';

/** Published with GrowthBook's SDKs (cases.json, hash version 2): seed, value, n. */
const HASHES: [string, string, number][] = [
  ['seed', 'a', 0.0505],
  ['seed', 'b', 0.2696],
  ['foo', 'ab', 0.2575],
  ['foo', 'def', 0.2019],
  ['89123klj', '8952klfjas09ujkasdf', 0.124],
  ['90850943850283058242805', '123', 0.7516],
  ['()**(%$##$%#$#', '___)((*":&', 0.0128],
];
/** Published with them (getBucketRange): weights, coverage, ranges. */
const RANGES: [number[], number, [number, number][]][] = [
  [[0.5, 0.5], 1, [[0, 0.5], [0.5, 1]]],
  [[0.5, 0.5], 0.5, [[0, 0.25], [0.5, 0.75]]],
  [[0.5, 0.5], 0, [[0, 0], [0.5, 0.5]]],
  [[0.25, 0.25, 0.25, 0.25], 1, [[0, 0.25], [0.25, 0.5], [0.5, 0.75], [0.75, 1]]],
  [[0.4, 0.6], 1, [[0, 0.4], [0.4, 1]]],
  [[0.2, 0.3, 0.5], 1, [[0, 0.2], [0.2, 0.5], [0.5, 1]]],
  [[0.2, 0.3, 0.5], 0.2, [[0, 0.04], [0.2, 0.26], [0.5, 0.6]]],
  [[0.5, 0.5], -0.2, [[0, 0], [0.5, 0.5]]],
  [[0.5, 0.5], 1.5, [[0, 0.5], [0.5, 1]]],
];

const split = (candidate: number) => ({ candidate, stable: 100 - candidate });
const routing = (audience = {}): Routing => ({ rolloutId: 'r', step: 0, seed: 'seed', audience });
const share = fc.integer({ min: 0, max: BUCKETS }).map((n) => n / 100);

describe('the hash', () => {
  it.each(HASHES)('of %s and %s is %f', (seed, value, n) => {
    expect(bucketOf(seed, value) / BUCKETS).toBe(n);
  });
  it('spreads units evenly', () => {
    const tenths = new Array<number>(10).fill(0);
    for (let unit = 0; unit < 100_000; unit++) tenths[Math.floor((bucketOf('a rollout', `unit-${unit}`) / BUCKETS) * 10)]!++;
    for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  });
});

describe('ranges', () => {
  it.each(RANGES)('of %j at coverage %f', (weights, coverage, expected) => {
    bucketRanges(weights, coverage).forEach((range, arm) => range.forEach((end, side) => expect(end).toBeCloseTo(expected[arm]![side]!, 10)));
  });
});

describe('assignment', () => {
  it('is decided by nothing without a rollout', () => {
    expect(assignVariant({ routing: {}, weights: split(0), unitId: 'a' })).toEqual({ variant: 'stable', bucket: null, assignedBy: 'only' });
  });
  it('puts bucket 505 into the candidate from 5.06 % on', () => {
    const at = (candidate: number) => assignVariant({ routing: routing(), weights: split(candidate), unitId: 'a' });
    expect(at(5.05)).toEqual({ variant: 'stable', bucket: 505, assignedBy: 'hash' });
    expect(at(5.06)).toEqual({ variant: 'candidate', bucket: 505, assignedBy: 'hash' });
  });
  it('gives exactly nothing at weight 0 and everything at 100, to whomever', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (unitId) => {
        expect(assignVariant({ routing: routing({ allow: [unitId] }), weights: split(0), unitId }).variant).toBe('stable');
        expect(assignVariant({ routing: routing(), weights: split(100), unitId }).variant).toBe('candidate');
      }),
    );
  });
  it('only adds units when the weight is raised', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.string({ minLength: 1 }), share, share, (seed, unitId, a, b) => {
        const of = (candidate: number) => assignVariant({ routing: { rolloutId: 'r', step: 0, seed, audience: {} }, weights: split(candidate), unitId }).variant;
        const [low, high] = a < b ? [a, b] : [b, a];
        if (of(low) === 'candidate') expect(of(high)).toBe('candidate');
      }),
    );
  });
  it('puts exactly the weight\'s share of the buckets into the candidate', () => {
    const units = Array.from({ length: 40_000 }, (_, i) => `u${i}`);
    const buckets = new Map(units.map((unitId) => [bucketOf('seed', unitId), unitId]));
    for (const candidate of [0.01, 0.29, 1, 5, 12.34, 50, 99.99]) {
      for (const [bucket, unitId] of buckets) {
        const { variant } = assignVariant({ routing: routing(), weights: split(candidate), unitId });
        if ((variant === 'candidate') !== bucket < Math.round(candidate * 100)) expect.fail(`${unitId} at ${candidate}`);
      }
    }
  });
  it.each([
    ['deny before allow', { deny: ['a'], allow: ['a'] }, 'stable', 'forced'],
    ['allow before the rule', { allow: ['a'], rules: [{ if: 'false' }] }, 'candidate', 'forced'],
    ['a rule that does not hold', { rules: [{ if: 'item.country == "DE"' }] }, 'stable', 'forced'],
    ['a rule about what is not given', { rules: [{ if: 'item.missing == 1' }] }, 'stable', 'forced'],
    ['one of two rules', { rules: [{ if: 'item.country == "DE"' }, { if: 'item.country == "FR"' }] }, 'candidate', 'hash'],
  ] as const)('follows %s', (_, audience, variant, assignedBy) => {
    expect(assignVariant({ routing: routing(audience), weights: split(50), unitId: 'a', attributes: { country: 'FR' } })).toEqual({ variant, bucket: 505, assignedBy });
  });
});
