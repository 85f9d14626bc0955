import { expect, it } from 'vitest';
import { changeWords, homeSentence, pastDay } from './sentence';

it('says first what needs somebody', () => {
  expect(homeSentence({ failed: 2, quarantined: 1, waiting: 1, running: 3 })).toBe(
    '2 pipelines failed, 1 dataset is held back, 1 step waits for your approval',
  );
  expect(homeSentence({ failed: 0, quarantined: 0, waiting: 0, running: 1 })).toBe('Nothing needs you, 1 run at work');
  expect(homeSentence({ failed: 0, quarantined: 0, waiting: 0, running: 0 })).toBe('Nothing needs you');
});

it('counts what the last hours brought', () => {
  expect(pastDay(['succeeded', 'failed', 'succeeded'], 24, false)).toBe(
    '3 runs in the last 24 h, 2 succeeded.',
  );
  expect(pastDay(['succeeded'], 168, true)).toBe('More than 1 run in the last 7 days, all succeeded.');
  expect(pastDay([], 6, false)).toBe('No run in the last 6 h.');
});

it('tells changes as news', () => {
  expect(
    changeWords({ verb: 'pipeline.publish', target: 'pipeline', targetId: 'late', after: { version: 3 } }),
  ).toBe('late v3 published');
  expect(changeWords({ verb: 'secret.put', target: 'secret', targetId: 'smtp', after: null })).toBe(
    'secret smtp set',
  );
  expect(changeWords({ verb: 'rollout.abort', target: 'rollout', targetId: 'x', after: { endpoint: 'fares' } })).toBe('rollout of fares rolled back');
});
