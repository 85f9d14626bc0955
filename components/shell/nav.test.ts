import { expect, it } from 'vitest';
import { isCurrent, NAV } from './nav';

const item = (label: string) => {
  const found = NAV.flatMap((g) => g.items).find((i) => i.label === label);
  if (found === undefined) throw new Error(label);
  return found;
};

it('marks exactly the page that is open or holds the open page', () => {
  expect(isCurrent(item('Home'), '')).toBe(true);
  expect(isCurrent(item('Home'), '/runs')).toBe(false);
  expect(isCurrent(item('Runs'), '/runs/0199')).toBe(true);
  expect(isCurrent(item('Settings'), '/settings/tokens')).toBe(true);
  expect(isCurrent(item('Pipelines'), '/pipelines-old')).toBe(false);
});

it('gives every page its own key', () => {
  const keys = NAV.flatMap((g) => g.items).map((i) => i.go);
  expect(new Set(keys).size).toBe(keys.length);
});
