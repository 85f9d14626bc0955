import { bindSql, type Scope } from '@/lib/core/expressions';
import { type BoundValue } from '@/lib/datasets/server';

/**
 * boundSql puts placeholders in place of a text's expressions and gives their values by placeholder.
 * @throws ExpressionError when an expression is misplaced or cannot be computed
 */
export function boundSql(sql: string, scope: Scope): { sql: string; values: Record<string, BoundValue> } {
  const bound = bindSql(sql, scope);
  return { sql: bound.sql, values: Object.fromEntries(bound.values.map(({ name, type, value }) => [name, { type, value }])) };
}

/** shownValues are bound values as a person reads them. */
export function shownValues(values: Record<string, BoundValue>): Record<string, string | number | boolean | null> {
  const plain = (value: BoundValue): string | number | boolean | null => {
    if (typeof value === 'bigint') return value.toString();
    if (value === null || typeof value !== 'object') return value;
    if (value instanceof Date) return value.toISOString();
    return Array.isArray(value) ? JSON.stringify(value.map(plain)) : plain(value.value);
  };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, plain(value)]));
}
