import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isOutlier, usualRange } from './outliers';

it.each<[string, number[], number[]]>([
  ['too few to say', [1, 1, 1, 900], []],
  ['one that took far longer', [10, 11, 9, 10, 12, 10, 90], [90]],
  ['one that ended far too early', [100, 101, 99, 100, 103, 2], [2]],
  ['equal but for a trifle', [10, 10, 10, 10, 10, 11], []],
  ['equal but for one', [10, 10, 10, 10, 10, 13], [13]],
  ['evenly spread', [1, 2, 3, 4, 5, 6, 7], []],
])('%s', (_, values, outliers) => {
  const range = usualRange(values);
  expect(values.filter((v) => isOutlier(v, range))).toEqual(outliers);
});

it('never calls the half around the median unusual, and keeps its word under scaling', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 5, maxLength: 60 }), (values) => {
      const range = usualRange(values);
      const marks = values.map((v) => isOutlier(v, range));
      expect(marks.filter(Boolean).length).toBeLessThanOrEqual(values.length / 2);
      const doubled = usualRange(values.map((v) => v * 2));
      expect(values.map((v) => isOutlier(v * 2, doubled))).toEqual(marks);
    }),
  );
});
