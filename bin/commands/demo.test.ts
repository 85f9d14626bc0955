import { expect, test } from 'vitest';
import { batchesOf, spanOf } from './demo';

test.each([
  [{}, '2001-02-01', '2001-07-01'],
  [{ month: '6' }, '2001-06-01', '2001-07-01'],
  [{ from: '2001-01-05' }, '2001-01-05', '2001-07-01'],
  [{ from: '2001-03-01', to: '2001-03-02' }, '2001-03-01', '2001-03-02'],
])('the span of %j', (options, from, to) => {
  expect(spanOf(options)).toEqual({ from: `${from}T00:00:00.000Z`, to: `${to}T00:00:00.000Z` });
});

test.each([[{ month: '7' }], [{ month: 'x' }], [{ month: '2', from: '2001-01-01' }], [{ from: 'yesterday' }], [{ from: '2001-03-02', to: '2001-03-02' }]])('%j is wrong use', (options) => {
  expect(() => spanOf(options)).toThrow(/--(month|from|to)/);
});

test('flights of one hour are one call', () => {
  const flight = (at: string, origin: string) => ({ at, origin });
  expect(batchesOf([flight('2001-02-01T05:01:00.000Z', 'A'), flight('2001-02-01T05:59:00.000Z', 'B'), flight('2001-02-01T06:00:00.000Z', 'C'), flight('2001-02-02T06:00:00.000Z', 'D')])).toEqual([
    { at: '2001-02-01T05:01:00.000Z', unit: '2001-02-01T05', records: [{ origin: 'A' }, { origin: 'B' }] },
    { at: '2001-02-01T06:00:00.000Z', unit: '2001-02-01T06', records: [{ origin: 'C' }] },
    { at: '2001-02-02T06:00:00.000Z', unit: '2001-02-02T06', records: [{ origin: 'D' }] },
  ]);
});
