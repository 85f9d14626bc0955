import { createContext, useContext, useSyncExternalStore } from 'react';

/** What is known about a node beyond the spec: its state in a run or trial, sizes, and how many problems it has. */
export type Mark = {
  state?: string;
  /** progress 0-1 while it runs */
  progress?: number;
  durationMs?: number;
  rows?: number;
  columns?: number;
  /** how many parts a mapped task has in this run */
  parts?: number;
  /** a word for how it gets on while it runs, unless it simply works */
  pace?: string;
  /** it shows no sign of life */
  stalled?: boolean;
  errors?: number;
  warnings?: number;
  /** why it waits or failed, one sentence */
  note?: string;
};

export type Marks = {
  get: (id: string) => Mark | undefined;
  /** update merges changes; only nodes whose mark changed are told, once per call. `null` forgets a mark. */
  update: (changes: ReadonlyMap<string, Partial<Mark> | null>) => void;
  /** replace makes `next` the whole truth for the given fields and clears them on nodes that are not in it. */
  replace: (next: ReadonlyMap<string, Partial<Mark>>, fields: readonly (keyof Mark)[]) => void;
  subscribe: (id: string, listener: () => void) => () => void;
};

const same = (a: Mark | undefined, b: Mark): boolean => {
  if (!a) return false;
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof Mark>)
    if (a[key] !== b[key]) return false;
  return true;
};

/** createMarks makes the store beside React Flow's nodes: a status event re-renders one node and never the array. */
export function createMarks(): Marks {
  const marks = new Map<string, Mark>();
  const listeners = new Map<string, Set<() => void>>();
  const put = (id: string, mark: Mark | null) => {
    if (mark === null ? !marks.has(id) : same(marks.get(id), mark)) return;
    if (mark === null) marks.delete(id);
    else marks.set(id, mark);
    listeners.get(id)?.forEach((listener) => listener());
  };
  return {
    get: (id) => marks.get(id),
    update(changes) {
      for (const [id, change] of changes) put(id, change === null ? null : { ...marks.get(id), ...change });
    },
    replace(next, fields) {
      for (const id of new Set([...marks.keys(), ...next.keys()])) {
        const mark: Mark = { ...marks.get(id) };
        for (const field of fields) delete mark[field];
        put(id, { ...mark, ...next.get(id) });
      }
    },
    subscribe(id, listener) {
      const set = listeners.get(id) ?? new Set();
      set.add(listener);
      listeners.set(id, set);
      return () => {
        set.delete(listener);
        if (set.size === 0) listeners.delete(id);
      };
    },
  };
}

export const MarksContext = createContext<Marks>(createMarks());

/** useMark reads one node's mark and re-renders only when that one changes. */
export function useMark(id: string): Mark | undefined {
  const marks = useContext(MarksContext);
  const read = () => marks.get(id);
  return useSyncExternalStore((listener) => marks.subscribe(id, listener), read, read);
}
