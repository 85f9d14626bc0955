import { describe, expect, it } from 'vitest';
import { nameCondition } from './name-condition';

describe('nameCondition', () => {
  it.each([
    ['orders', ['orders'], [['orders']], [[], ['x']]],
    ['orders && customers', ['orders', 'customers'], [['orders', 'customers']], [['orders'], ['customers']]],
    ['orders && (customers || "old-customers")', ['orders', 'customers', 'old-customers'], [['orders', 'customers'], ['orders', 'old-customers']], [['orders'], ['customers', 'old-customers']]],
    ['a && b || c', ['a', 'b', 'c'], [['c'], ['a', 'b']], [['a'], ['b']]],
    ['datasets.orders && datasets["raw-data"]', ['orders', 'raw-data'], [['orders', 'raw-data']], [['orders']]],
    ['sales.daily', ['sales.daily'], [['sales.daily']], [['sales']]],
  ])('reads %s', (expression, names, whole, partly) => {
    const condition = nameCondition(expression, 'datasets');
    expect(condition.names).toEqual(names);
    for (const there of whole) expect(condition.holds(new Set(there))).toBe(true);
    for (const there of partly) expect(condition.holds(new Set(there))).toBe(false);
  });

  it.each(['!orders', 'orders == 1', 'raw-data', 'size(orders) > 1', '1', 'a ? b : c'])('refuses %s', (expression) => {
    expect(() => nameCondition(expression, 'datasets')).toThrow(/must be names joined/);
  });

  it.each(['a &&', '('])('says of %s that it cannot be read', (expression) => {
    expect(() => nameCondition(expression, 'datasets')).toThrow(/cannot be read/);
  });
});
