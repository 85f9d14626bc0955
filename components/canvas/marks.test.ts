import { describe, expect, it, vi } from 'vitest';
import { createMarks } from './marks';

describe('marks', () => {
  it('tells only the nodes whose mark changed', () => {
    const marks = createMarks();
    const [a, b] = [vi.fn(), vi.fn()];
    marks.subscribe('a', a);
    marks.subscribe('b', b);
    marks.update(new Map([['a', { state: 'running' }]]));
    marks.update(new Map([['a', { state: 'running' }]]));
    expect(a).toHaveBeenCalledTimes(1);
    expect(b).not.toHaveBeenCalled();
  });

  it('keeps other fields when one group of fields is replaced', () => {
    const marks = createMarks();
    marks.update(
      new Map([
        ['a', { state: 'succeeded', rows: 5 }],
        ['b', { errors: 1 }],
      ]),
    );
    marks.replace(new Map([['a', { errors: 2 }]]), ['errors', 'warnings']);
    expect(marks.get('a')).toEqual({ state: 'succeeded', rows: 5, errors: 2 });
    expect(marks.get('b')).toEqual({});
  });
});
