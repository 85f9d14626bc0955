import { expect, it } from 'vitest';
import { didYouMean, suggest } from './suggest';

it.each([
  ['cuont', ['count', 'factor'], 'count'],
  ['laod', ['load', 'clean'], 'load'],
  ['retrry', ['retry', 'reads'], 'retry'],
  ['max', ['maximum', 'minimum'], 'maximum'],
  ['time_out', ['timeout'], 'timeout'],
  ['zebra', ['count'], undefined],
  ['a', ['b'], undefined],
])('the name nearest to %s among %j is %s; letters that changed places are one mistake', (typed, names, nearest) => {
  expect(suggest(typed, names)).toBe(nearest);
});

it('an unknown name far from all others gets no question', () => {
  expect([didYouMean('laod', ['load']), didYouMean('zebra', ['load'])]).toEqual([' Did you mean "load"?', '']);
});
