import type { FinishItem } from './schema';

const SAID_BY_ALL: readonly string[] = ['run', 'ordinal', 'fence', 'task', 'attempt', 'passes'];
/** What a command that succeeded leaves besides, and what ends of tries say, which here is nothing. */
const SAID_BY_COMMANDS: readonly string[] = [...SAID_BY_ALL, 'exit_code', 'resolved', 'timings', 'not_before', 'spends', 'lost'];

const says = (item: FinishItem, keys: readonly string[]): boolean => item.task === 'succeeded' && item.attempt === 'succeeded' && Object.keys(item).every((key) => keys.includes(key));

/** isPlain tells whether an end says that the task succeeded and nothing else: it is recorded by cheaper statements. */
export const isPlain = (item: FinishItem): boolean => says(item, SAID_BY_ALL);

/** isQuiet tells whether an end says no more than that of a command which succeeded and gave nothing: many are recorded by the same statements. */
export const isQuiet = (item: FinishItem): boolean => says(item, SAID_BY_COMMANDS);
