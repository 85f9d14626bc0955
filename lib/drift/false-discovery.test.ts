import { expect, test } from 'vitest';
import { benjaminiHochberg } from './false-discovery';

test('chances are adjusted as SciPy 1.17 false_discovery_control does', () => {
  const adjusted = benjaminiHochberg([0.01, 0.04, 0.03, 0.005, 0.5]);
  [0.025, 0.05, 0.05, 0.025, 0.5].forEach((value, i) => expect(adjusted[i]).toBeCloseTo(value, 12));
  expect(benjaminiHochberg([])).toEqual([]);
  expect(benjaminiHochberg([0.04])).toEqual([0.04]);
});
