import type { Adapter } from '../adapter';

/** `empty` does nothing: a place where edges meet. */
export const emptyAdapter: Adapter = {
  runsUserCode: false,
  inMemory: true,
  perform: () => Promise.resolve({ outcome: 'succeeded' }),
};
