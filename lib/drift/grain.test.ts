import { expect, test } from 'vitest';
import { endOf, grainFor, startOf, windowsBetween } from './grain';

const t = (text: string) => new Date(text);

test.each([
  ['hour', '2001-02-28T23:00:00Z', '2001-03-01T00:00:00Z'],
  ['day', '2001-02-28T00:00:00Z', '2001-03-01T00:00:00Z'],
  ['week', '2001-02-26T00:00:00Z', '2001-03-05T00:00:00Z'],
  ['month', '2001-02-01T00:00:00Z', '2001-03-01T00:00:00Z'],
] as const)('the %s of 28 February 23:59:59.999', (grain, start, end) => {
  const found = startOf(t('2001-02-28T23:59:59.999Z'), grain);
  expect(found).toEqual(t(start));
  expect(endOf(found, grain)).toEqual(t(end));
});

test('a Sunday belongs to the week before the next Monday', () => {
  expect(startOf(t('2001-03-04T12:00:00Z'), 'week')).toEqual(t('2001-02-26T00:00:00Z'));
});

test('the grain suits the span, and windows cover it', () => {
  const from = t('2001-01-01T00:00:00Z');
  expect(['2001-01-02', '2001-01-15', '2001-03-01', '2001-07-01'].map((day) => grainFor(from, t(`${day}T00:00:00Z`)))).toEqual(['hour', 'day', 'week', 'month']);
  expect(windowsBetween(t('2001-01-15T00:00:00Z'), t('2001-03-01T00:00:00Z'), 'month').map((w) => w.toISOString().slice(0, 10))).toEqual(['2001-01-01', '2001-02-01']);
});
