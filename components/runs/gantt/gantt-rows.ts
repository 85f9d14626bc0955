import type { TimelineView } from '@/lib/runs';
import { formatDuration } from '@/components/time/format';
import { paceWord } from '../page/pace-words';

/** Moments travel as ISO 8601. */
type Wired<T> = T extends Date ? string : T extends (infer E)[] ? Wired<E>[] : T extends object ? { [K in keyof T]: Wired<T[K]> } : T;

/** The timeline of a run as the API sends it. */
export type TimelineData = Wired<TimelineView>;

/**
 * A stretch of a row: waiting for a turn, waiting between tries, or an attempt at work. Times are epoch milliseconds; an open
 * one ends now.
 */
export type Span = {
  kind: 'wait' | 'retry' | 'attempt';
  from: number;
  to: number;
  open: boolean;
  /** attempts only */
  attempt?: number;
  state?: string;
  /** an attempt from before the task was started over, or a failed one that was tried again */
  past?: boolean;
  note?: string | null;
};

export type GanttRow = {
  key: string;
  taskId: string;
  mapIndex: number | null;
  name: string;
  state: string;
  /** how it gets on while it runs, unless it simply works: a word and a sentence */
  pace: { word: string; text: string; stalled: boolean } | null;
  critical: boolean;
  slackMs: number | null;
  spans: Span[];
};

export type GanttModel = {
  rows: GanttRow[];
  /** places of the critical rows with the moment from which each determined the end */
  path: { row: number; from: number; to: number }[];
  from: number;
  to: number;
  live: boolean;
};

const WAITING = new Set(['ready', 'up_for_retry', 'deferred', 'awaiting_approval']);
const over = (state: string) => ['succeeded', 'failed', 'cancelled'].includes(state);
const ms = (at: string) => Date.parse(at);

/** ganttModel turns a timeline into rows and spans. @param now ends what is open, epoch milliseconds */
export function ganttModel(timeline: TimelineData, nameOf: (taskId: string) => string, now: number): GanttModel {
  const live = !over(timeline.state);
  const rows = timeline.tasks.map((task): GanttRow => ({
    key: `${task.taskId} ${task.mapIndex ?? ''}`,
    taskId: task.taskId,
    mapIndex: task.mapIndex,
    name: nameOf(task.taskId) + (task.mapIndex === null ? '' : ` [${task.mapIndex}]`),
    state: task.state,
    pace: paceOf(task),
    critical: task.critical,
    slackMs: task.slackMs,
    spans: spansOf(task, now),
  }));
  const moments = rows.flatMap((r) => r.spans.flatMap((s) => [s.from, s.to]));
  const from = Math.min(ms(timeline.createdAt), ...moments);
  const ended = timeline.finishedAt === null ? now : ms(timeline.finishedAt);
  return { rows, path: pathOf(rows, from), from, to: Math.max(from, live ? now : ended, ...moments), live };
}

const paceOf = ({ pace }: TimelineData['tasks'][number]): GanttRow['pace'] =>
  pace === null || pace.state === 'working' ? null : { word: paceWord(pace.state), text: pace.text, stalled: pace.state === 'stalled' };

function spansOf(task: TimelineData['tasks'][number], now: number): Span[] {
  const spans: Span[] = [];
  const wait = (kind: 'wait' | 'retry', from: number, to: number | null) => {
    if (to === null || to > from) spans.push({ kind, from, to: Math.max(from, to ?? now), open: to === null });
  };
  let before: TimelineData['tasks'][number]['attempts'][number] | null = null;
  for (const attempt of task.attempts) {
    const begun = ms(attempt.startedAt ?? attempt.claimedAt);
    if (before === null || before.beforeClear !== attempt.beforeClear) {
      if (task.waitsFrom !== null && !attempt.beforeClear) wait('wait', ms(task.waitsFrom), begun);
    } else if (before.finishedAt !== null) wait('retry', ms(before.finishedAt), begun);
    spans.push({
      kind: 'attempt',
      from: begun,
      to: attempt.finishedAt === null ? Math.max(begun, now) : Math.max(begun, ms(attempt.finishedAt)),
      open: attempt.finishedAt === null,
      attempt: attempt.number,
      state: attempt.state,
      past: attempt.number !== task.attempts.at(-1)?.number,
      note: attempt.message,
    });
    before = attempt;
  }
  if (!WAITING.has(task.state)) return spans;
  const since = before !== null && !before.beforeClear ? before.finishedAt : task.waitsFrom;
  if (since !== null) wait(before !== null && !before.beforeClear ? 'retry' : 'wait', ms(since), null);
  return spans;
}

/** The chain in order of time; each link begins where the one before ended. */
function pathOf(rows: readonly GanttRow[], from: number): GanttModel['path'] {
  const ends = rows
    .flatMap((row, at) => {
      const last = row.spans.at(-1);
      return row.critical && last !== undefined ? [{ row: at, to: last.to }] : [];
    })
    .sort((a, b) => a.to - b.to || a.row - b.row);
  return ends.map((link, i) => ({ ...link, from: ends[i - 1]?.to ?? from }));
}

const sum = (spans: readonly Span[], kind: Span['kind']) =>
  spans.filter((s) => s.kind === kind).reduce((total, s) => total + s.to - s.from, 0);

/** ganttFinding says what determined how long a run took, in the words of a chart's title. */
export function ganttFinding(model: GanttModel): string {
  const whole = model.to - model.from;
  const chain = model.path.flatMap((link) => model.rows[link.row] ?? []);
  const verb = model.live ? `Running for ${formatDuration(whole)}` : formatDuration(whole);
  if (chain.length === 0) return model.live ? 'Nothing has started yet' : 'Nothing was tried';
  const retry = chain.reduce((total, r) => total + sum(r.spans, 'retry'), 0);
  const queue = chain.reduce((total, r) => total + sum(r.spans, 'wait'), 0);
  if (retry > whole / 2) return `${verb}, of which ${formatDuration(retry)} waiting between tries`;
  if (queue > whole / 2) return `${verb}, of which ${formatDuration(queue)} waiting for a turn`;
  const longest = chain.reduce((a, b) => (sum(b.spans, 'attempt') > sum(a.spans, 'attempt') ? b : a));
  return `${verb}, ${Math.round((sum(longest.spans, 'attempt') / whole) * 100)} % of it in ${longest.name}`;
}

const WORD: Record<Span['kind'], string> = { wait: 'waits for its turn', retry: 'waits between tries', attempt: '' };

/** spanWords says a span exactly, for hovering. @param exact writes a moment */
export function spanWords(row: GanttRow, span: Span, exact: (at: number) => string): string {
  const what = span.kind === 'attempt' ? `try ${span.attempt}, ${(span.state ?? '').replaceAll('_', ' ')}` : WORD[span.kind];
  const length = `${formatDuration(span.to - span.from)} (${(span.to - span.from).toLocaleString('en-US')} ms)`;
  return `${row.name}: ${what}\n${exact(span.from)} to ${span.open ? 'now' : exact(span.to)}\n${length}${span.note ? `\n${span.note}` : ''}${span.open && row.pace ? `\n${row.pace.text}` : ''}`;
}

/** rowWords says a row in one sentence, for readers who do not see the bars. */
export function rowWords(row: GanttRow, stateWord: string): string {
  const tries = row.spans.filter((s) => s.kind === 'attempt');
  const waited = sum(row.spans, 'wait') + sum(row.spans, 'retry');
  return [
    `${row.name}, ${stateWord}`,
    ...(row.pace === null ? [] : [row.pace.word]),
    tries.length === 0 ? 'not run' : `${tries.length > 1 ? `${tries.length} tries, ` : ''}ran ${formatDuration(sum(row.spans, 'attempt'))}`,
    ...(waited > 0 ? [`waited ${formatDuration(waited)}`] : []),
    ...(row.critical ? ['on the critical path'] : row.slackMs === null ? [] : [`slack ${formatDuration(row.slackMs)}`]),
  ].join(', ');
}

/** ganttTable is the same as numbers: one line an attempt, or one for a task that was not tried. */
export function ganttTable(model: GanttModel) {
  const iso = (at: number) => new Date(at).toISOString();
  return {
    columns: ['Task', 'State', 'Try', 'Try ended', 'Waited ms', 'Started (UTC)', 'Ended (UTC)', 'Ran ms', 'Critical path', 'Slack ms'],
    rows: model.rows.flatMap((row) => {
      const tail = [row.critical ? 'yes' : 'no', row.slackMs];
      const tries = row.spans.flatMap((s, i) => (s.kind === 'attempt' ? [{ s, before: row.spans[i - 1] }] : []));
      if (tries.length === 0) return [[row.name, row.state, null, null, sum(row.spans, 'wait'), null, null, null, ...tail]];
      return tries.map(({ s, before }) => [
        row.name,
        row.state,
        s.attempt ?? null,
        s.state ?? null,
        before !== undefined && before.kind !== 'attempt' ? before.to - before.from : 0,
        iso(s.from),
        s.open ? null : iso(s.to),
        s.to - s.from,
        ...tail,
      ]);
    }),
  };
}
