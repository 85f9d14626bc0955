import { describe, expect, it } from 'vitest';
import { compare, judge, verdictSentence, type Comparison, type Measured } from './verdict';
import { type SampleRatio } from './sample-ratio';

const arm = (value: number, deviation: number, units = 10_000): Measured => ({ value, variance: deviation ** 2, units });
const planned: SampleRatio = { state: 'as_planned', chi2: 0, df: 1, p: 1, inBothArms: 0 };
const errors = (candidate: Measured, stable: Measured, margin = 0.01) => compare({ metric: 'error_rate', candidate, stable, margin, guard: true });

describe('a comparison', () => {
  it.each<[string, Comparison]>([
    ['worse', errors(arm(0.5, 0.001), arm(0.1, 0.001))],
    ['better', errors(arm(0.1, 0.001), arm(0.5, 0.001))],
    ['no_worse', errors(arm(0.1, 0.0005), arm(0.1, 0.0005))],
    ['undecided', errors(arm(0.11, 0.01), arm(0.1, 0.01))],
    ['undecided', errors(arm(1, 0, 19), arm(0, 0, 10_000))],
    ['no_data', errors(null, arm(0.1, 0.01))],
    ['no_data', errors(arm(0.1, 0.01), null)],
  ])('is %s', (finding, found) => {
    expect(found.finding).toBe(finding);
  });
  it('of a score may move neither way', () => {
    const score = (candidate: number) => compare({ metric: 'score_mean', candidate: arm(candidate, 0.001), stable: arm(0.5, 0.001), margin: 0.1, guard: true }).finding;
    expect([score(0.2), score(0.5), score(0.8)]).toEqual(['worse', 'no_worse', 'worse']);
  });
});

describe('a verdict', () => {
  const good = errors(arm(0.1, 0.0005), arm(0.1, 0.0005));
  const bad = errors(arm(0.5, 0.001), arm(0.1, 0.001));
  const missing = errors(null, null);
  it.each<[string, Comparison[], SampleRatio]>([
    ['successful', [good], planned],
    ['successful', [good], { ...planned, state: 'too_few' }],
    ['failed', [good, bad], planned],
    ['failed', [bad], { ...planned, state: 'off' }],
    ['error', [good], { ...planned, state: 'off' }],
    ['inconclusive', [good, missing], planned],
    ['inconclusive', [], planned],
  ])('is %s', (verdict, comparisons, ratio) => {
    expect(judge(comparisons, ratio)).toBe(verdict);
  });
  it('is said in plain words', () => {
    const say = (comparisons: Comparison[], units = 20_000) => {
      const { lead, rest } = verdictSentence({ verdict: judge(comparisons, planned), comparisons, ratio: planned, candidate: 8, units });
      return `${lead} ${rest}`;
    };
    expect(say([good])).toBe('v8 is no worse. 20,000 units compared.');
    expect(say([bad])).toBe('v8 is worse. Errors are past the margin. 20,000 units compared.');
    expect(say([good, missing])).toBe('Not decided yet for v8. Errors are still undecided. 20,000 units compared.');
    expect(say([missing], 0)).toBe('Nothing is known of v8 yet. No request has been answered in this step, and missing data is never a success.');
  });
});
