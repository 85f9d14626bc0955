import type { FinishItem } from './schema';

const SAID_BY_ALL: readonly string[] = ['run', 'ordinal', 'fence', 'task', 'attempt', 'passes'];

/** isPlain tells whether an end says that the task succeeded and nothing else: it is recorded by cheaper statements. */
export const isPlain = (item: FinishItem): boolean =>
  item.task === 'succeeded' && item.attempt === 'succeeded' && Object.keys(item).every((key) => SAID_BY_ALL.includes(key));
