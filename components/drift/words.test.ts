import { expect, test } from 'vitest';
import { heatOf, percentText, psiText, shortWindow } from './words';

test('windows, figures and heat are written alike everywhere', () => {
  expect(['hour', 'day', 'week', 'month'].map((grain) => shortWindow('2001-02-03T05:00:00.000Z', grain as 'hour'))).toEqual(['3 Feb 05:00', '3 Feb', '3 Feb', 'Feb 2001']);
  expect([null, 0, 0.0004, 0.1, 1.23456].map(psiText)).toEqual(['–', '0.000', '< 0.001', '0.100', '1.235']);
  expect(percentText(0.1234)).toBe('12.3 %');
  expect([0, 0.019, 0.02, 0.0999, 0.1, 0.25, 0.5, 9].map(heatOf)).toEqual([0, 0, 1, 2, 3, 4, 5, 5]);
});
