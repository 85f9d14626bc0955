/** STATES is every state a run, task run or attempt can be in, in the words of the API. */
export const STATES = [
  'queued',
  'pending',
  'ready',
  'running',
  'succeeded',
  'failed',
  'up_for_retry',
  'skipped',
  'upstream_failed',
  'cancelled',
  'awaiting_approval',
  'restored',
  'deferred',
] as const;

export type State = (typeof STATES)[number];

/** Look is the drawn form: pending is drawn as queued, the words differ. */
export type Look =
  | 'queued'
  | 'ready'
  | 'running'
  | 'succeeded'
  | 'failed'
  | 'retry'
  | 'skipped'
  | 'upstream-failed'
  | 'cancelled'
  | 'awaiting-approval'
  | 'restored'
  | 'deferred';

type Entry = {
  label: string;
  look: Look;
  /** Attention: drawn solid as a tile. */
  attention: boolean;
  /** Nothing more happens unless a person acts. */
  final: boolean;
  meaning: string;
};

const entry = (label: string, look: Look, meaning: string, more: Partial<Entry> = {}): Entry => ({
  label,
  look,
  meaning,
  attention: false,
  final: false,
  ...more,
});

/** STATE_TABLE is the one table of words and looks; screens ask it and never decide for themselves. */
export const STATE_TABLE: Record<State, Entry> = {
  queued: entry('Queued', 'queued', 'waits for a slot'),
  pending: entry('Pending', 'queued', 'waits for its upstreams or a slot'),
  ready: entry('Ready', 'ready', 'may start now'),
  running: entry('Running', 'running', 'is at work', { attention: true }),
  succeeded: entry('Succeeded', 'succeeded', 'done', { final: true }),
  failed: entry('Failed', 'failed', 'needs a person', { attention: true, final: true }),
  up_for_retry: entry('Retry', 'retry', 'tries again after a delay'),
  skipped: entry('Skipped', 'skipped', 'a branch or rule left it out', { final: true }),
  upstream_failed: entry('Not run', 'upstream-failed', 'something before it failed', { final: true }),
  cancelled: entry('Cancelled', 'cancelled', 'a person or limit stopped it', { final: true }),
  awaiting_approval: entry('Awaiting approval', 'awaiting-approval', 'needs a person', { attention: true }),
  restored: entry('Restored', 'restored', 'took the result of an earlier attempt', { final: true }),
  deferred: entry('Deferred', 'deferred', 'waits outside and holds no slot'),
};

/** stateEntry looks a state up; a word it does not know is drawn as queued under its own name. */
export const stateEntry = (state: string): Entry =>
  state in STATE_TABLE ? STATE_TABLE[state as State] : entry(state.replaceAll('_', ' '), 'queued', '');

/** stateClass gives the class that sets fill, text, outline and outline style: `state-card st-failed`. */
export const stateClass = (state: string): string => `st-${stateEntry(state).look}`;

/** stateColor gives the CSS colour of a state's bars and rings. */
export const stateColor = (state: string): string => `var(--st-${stateEntry(state).look}-border)`;
