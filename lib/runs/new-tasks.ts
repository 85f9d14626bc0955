import type { Json } from '@/lib/core/json';
import type { TriggerRule } from '@/lib/pipeline';
import type { Reason } from './schema';
import type { TaskState } from './states';
import { judgeRule } from './trigger-rules';

/** One of its tasks in its first state. */
export type NewTask = {
  ordinal: number;
  task_id: string;
  kind: string;
  inline: boolean;
  state: TaskState;
  rule: TriggerRule;
  decides: boolean;
  undecided: boolean;
  failure_allowed: boolean;
  n_pending: number;
  n_succeeded: number;
  downstream: number[];
  priority: number;
  pool: string | null;
  pool_slots: number;
  worker_tags: string[];
  gate: string;
  queue_timeout_seconds: number | null;
  fingerprint: string | null;
  output: Json;
  table_output: Json;
  restored_from: Json;
  reason: Reason | null;
};

/** What few tasks have otherwise than most. */
export type Rare = Omit<NewTask, 'ordinal' | 'task_id' | 'kind' | 'inline' | 'state' | 'rule' | 'n_pending' | 'downstream' | 'priority'>;

/** What most tasks begin with, as SQL. */
export const USUAL: Record<keyof Rare, string> = {
  decides: 'false', undecided: 'false', failure_allowed: 'false', n_succeeded: '0', pool: 'null::text', pool_slots: '1', worker_tags: "'{}'::text[]", gate: "''",
  queue_timeout_seconds: 'null::float8', fingerprint: 'null::text', output: 'null::jsonb', table_output: 'null::jsonb', restored_from: 'null::jsonb', reason: 'null::jsonb',
};

/** What of each task is rare, of rows with a column `more`. */
export const MORE = `cross join lateral jsonb_to_record(coalesce(t.more, '{}')::jsonb) as o(decides boolean, undecided boolean, failure_allowed boolean, n_succeeded int,
  pool text, pool_slots int, worker_tags text[], gate text, queue_timeout_seconds float8, fingerprint text, output jsonb, table_output jsonb, restored_from jsonb, reason jsonb)`;

/** So many tasks that wait for one alone are a fan-out: they are told as they are taken. */
export const FAN_OUT = 100;

/**
 * The tasks of a new run, with the texts by which the database is told of them: a column each for what every task has, and JSON for what is
 * rare. plain: nothing is. fans: the ordinals of tasks that fan out. 5,000 tasks as JSON took the database 15 ms to read, as columns 5.
 */
export type NewTasks = { all: NewTask[]; columns: string[]; more: string; plain: boolean; fans: number[] };

/** tellTasks makes a new run's tasks ready to be written. */
export function tellTasks(all: NewTask[]): NewTasks {
  const rare = all.map(rareOf);
  const plain = rare.every((each) => each === null);
  const fans = new Set(all.filter((t) => t.downstream.length >= FAN_OUT && t.downstream.every((d) => rare[d] === null && waitsForItAlone(all[d]!))).map((t) => t.ordinal));
  // in the order of the queue
  const told = (t: NewTask) => (fans.has(t.ordinal) ? spread(t.downstream.toSorted((a, b) => all[b]!.priority - all[a]!.priority || a - b), (d) => all[d]!.priority) : t.downstream);
  return {
    all,
    columns: [
      list(all.map((t) => t.ordinal)), texts(all.map((t) => t.task_id)), texts(all.map((t) => t.kind)), list(all.map((t) => t.inline)), texts(all.map((t) => t.state)),
      texts(all.map((t) => t.rule)), list(all.map((t) => t.n_pending)), texts(all.map((t) => list(told(t)))), list(all.map((t) => t.priority)),
    ],
    more: plain ? '{}' : texts(rare),
    plain,
    fans: [...fans],
  };
}

/** So many neighbours are taken by turns, in four rounds. */
const NEIGHBOURS = 2_000;

/**
 * spread lets neighbours of one priority be taken in four rounds: a page of the table has room for a second version of half of its rows, and
 * those of a round before are gone by then, so that updates stay on their page.
 */
function spread(ordinals: number[], priority: (ordinal: number) => number): number[] {
  const place = (i: number) => Math.floor(i / NEIGHBOURS) * 4 + (i % 4);
  const at = ordinals.map((ordinal, i) => ({ ordinal, priority: priority(ordinal), place: place(i) }));
  return at.toSorted((a, b) => b.priority - a.priority || a.place - b.place).map(({ ordinal }) => ordinal);
}

const waitsForItAlone = (t: NewTask): boolean =>
  t.state === 'pending' && t.inline && t.n_pending === 1 && !t.decides && judgeRule(t.rule, { p: 0, s: 1, f: 0, u: 0, k: 0 }) === 'run';

function rareOf(task: NewTask): string | null {
  const { decides, undecided, failure_allowed, n_succeeded, pool, pool_slots, worker_tags, gate, queue_timeout_seconds, fingerprint, output, table_output, restored_from, reason } = task;
  const usual = !decides && !undecided && !failure_allowed && n_succeeded === 0 && pool_slots === 1 && worker_tags.length === 0 && gate === '';
  if (usual && [pool, queue_timeout_seconds, fingerprint, output, table_output, restored_from, reason].every((each) => each === null)) return null;
  return JSON.stringify({ decides, undecided, failure_allowed, n_succeeded, pool, pool_slots, worker_tags, gate, queue_timeout_seconds, fingerprint, output, table_output, restored_from, reason });
}

/** An array as PostgreSQL reads it. */
const list = (values: (number | boolean | string)[]): string => `{${values.join(',')}}`;
const texts = (values: (string | null)[]): string => list(values.map((value) => (value === null ? 'null' : `"${value.replace(/["\\]/g, '\\$&')}"`)));
