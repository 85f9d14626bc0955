import { expect, it } from 'vitest';
import { chartPoints, defaultChart } from './chart-choice';

const column = (name: string, type: string) => ({ name, type });

it('draws a number over time as a line', () => {
  expect(
    defaultChart([column('day', 'DATE'), column('flights', 'BIGINT'), column('delay', 'DOUBLE')], 90),
  ).toEqual({ kind: 'line', x: 'day', y: 'delay' });
});

it('draws a number over text as bars, and passes over columns that only place or name', () => {
  expect(
    defaultChart([column('origin', 'VARCHAR'), column('delay', 'DOUBLE'), column('latitude', 'DOUBLE')], 50),
  ).toEqual({ kind: 'bar', x: 'origin', y: 'delay' });
});

it('knows when there is nothing to draw', () => {
  expect(defaultChart([column('name', 'VARCHAR')], 5)).toBeNull();
  expect(defaultChart([column('n', 'INTEGER')], 5)).toBeNull();
});

it('leaves a gap where a value is missing', () => {
  expect(
    chartPoints({ kind: 'bar', x: 'a', y: 'n' }, [
      { a: 'x', n: 1 },
      { a: 'y', n: null },
      { a: null, n: '2.5' },
    ]),
  ).toEqual([
    { x: 'x', y: 1 },
    { x: 'y', y: null },
    { x: 'null', y: 2.5 },
  ]);
});
