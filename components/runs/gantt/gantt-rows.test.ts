import { describe, expect, it } from 'vitest';
import { ganttFinding, ganttModel, ganttTable, rowWords, spanWords, type TimelineData } from './gantt-rows';

const T0 = Date.parse('2001-04-18T06:12:00Z');
const at = (seconds: number) => new Date(T0 + seconds * 1000).toISOString();
const nameOf = (id: string) => id;

const attempt = (number: number, state: string, from: number, to: number | null, more = {}) => ({
  number, state, worker: 'w', claimedAt: at(from), startedAt: at(from), finishedAt: to === null ? null : at(to), message: null, beforeClear: false, ...more,
});
const task = (taskId: string, more: Partial<TimelineData['tasks'][number]>): TimelineData['tasks'][number] => ({
  taskId, mapIndex: null, kind: 'sql', state: 'succeeded', finishedAt: null, waitsFrom: null, upstream: [], critical: false, slackMs: null, attempts: [], pace: null, ...more,
});
const line = (tasks: TimelineData['tasks'], more: Partial<TimelineData> = {}): TimelineData => ({
  runId: 'r', state: 'failed', createdAt: at(0), startedAt: at(0), finishedAt: at(172), tasks, ...more,
});
const spans = (data: TimelineData, now = T0) =>
  ganttModel(data, nameOf, now).rows.map((r) => r.spans.map((s) => [s.kind, (s.from - T0) / 1000, (s.to - T0) / 1000, ...(s.open ? ['open'] : [])]));

describe('ganttModel', () => {
  it('draws waits, attempts and waits between tries apart', () => {
    const retried = task('join', { state: 'failed', waitsFrom: at(2), attempts: [attempt(1, 'failed', 4, 5), attempt(2, 'lost', 60, 61), attempt(3, 'failed', 171, 172)] });
    expect(spans(line([retried]))).toEqual([
      [['wait', 2, 4], ['attempt', 4, 5], ['retry', 5, 60], ['attempt', 60, 61], ['retry', 61, 171], ['attempt', 171, 172]],
    ]);
  });

  it('lets what goes on end now', () => {
    const live = { state: 'running' as const, finishedAt: null };
    const tasks = [
      task('runs', { state: 'running', waitsFrom: at(0), attempts: [attempt(1, 'running', 1, null)] }),
      task('waits', { state: 'ready', waitsFrom: at(3) }),
      task('again', { state: 'up_for_retry', waitsFrom: at(0), attempts: [attempt(1, 'failed', 0, 6)] }),
      task('later', { state: 'pending' }),
    ];
    expect(spans(line(tasks, live), T0 + 9000)).toEqual([
      [['wait', 0, 1], ['attempt', 1, 9, 'open']],
      [['wait', 3, 9, 'open']],
      [['attempt', 0, 6], ['retry', 6, 9, 'open']],
      [],
    ]);
  });

  it('does not call the time before a clear a wait between tries', () => {
    const cleared = task('t', { waitsFrom: at(100), attempts: [attempt(1, 'failed', 0, 5, { beforeClear: true }), attempt(2, 'succeeded', 101, 110)] });
    expect(spans(line([cleared]))).toEqual([[['attempt', 0, 5], ['wait', 100, 101], ['attempt', 101, 110]]]);
  });

  it('says of a bar that goes on how it gets on, unless it simply works', () => {
    const pace = (state: 'stalled' | 'working') => ({ state, text: 'No CPU, output or progress for 6 min: stalled.', vitals: {} as never });
    const runs = (state: 'stalled' | 'working') => task('runs', { state: 'running', pace: pace(state), attempts: [attempt(1, 'running', 1, null)] });
    const [stalled, working] = ganttModel(line([runs('stalled'), runs('working')], { state: 'running', finishedAt: null }), nameOf, T0 + 9000).rows;
    expect(rowWords(stalled!, 'running')).toMatch(/^runs, running, stalled, /);
    expect(spanWords(stalled!, stalled!.spans.at(-1)!, String)).toContain('for 6 min: stalled.');
    expect(working!.pace).toBeNull();
  });

  it('chains the critical path in order of time', () => {
    const tasks = [
      task('a', { critical: true, attempts: [attempt(1, 'succeeded', 1, 5)] }),
      task('b', { attempts: [attempt(1, 'succeeded', 1, 2)] }),
      task('c', { critical: true, waitsFrom: at(5), attempts: [attempt(1, 'succeeded', 6, 9)] }),
    ];
    expect(ganttModel(line(tasks), nameOf, T0).path).toEqual([
      { row: 0, from: T0, to: T0 + 5000 },
      { row: 2, from: T0 + 5000, to: T0 + 9000 },
    ]);
  });
});

describe('ganttFinding', () => {
  const found = (tasks: TimelineData['tasks'], seconds: number) => ganttFinding(ganttModel(line(tasks, { finishedAt: at(seconds) }), nameOf, T0));
  it.each<[string, TimelineData['tasks'], number, string]>([
    ['tries', [task('a', { critical: true, attempts: [attempt(1, 'failed', 0, 2), attempt(2, 'failed', 90, 92)] })], 92, '1 m 32 s, of which 1 m 28 s waiting between tries'],
    ['queue', [task('a', { critical: true, waitsFrom: at(0), attempts: [attempt(1, 'succeeded', 30, 40)] })], 40, '40 s, of which 30 s waiting for a turn'],
    ['work', [task('a', { critical: true, attempts: [attempt(1, 'succeeded', 0, 10)] }), task('b', { critical: true, attempts: [attempt(1, 'succeeded', 10, 40)] })], 40, '40 s, 75 % of it in b'],
    ['nothing', [task('a', { state: 'cancelled' })], 4, 'Nothing was tried'],
  ])('%s', (_, tasks, seconds, words) => expect(found(tasks, seconds)).toBe(words));
});

it('says rows and spans in words and numbers', () => {
  const model = ganttModel(line([task('a', { waitsFrom: at(0), slackMs: 12_000, attempts: [attempt(1, 'succeeded', 1, 3)] }), task('b', { state: 'upstream_failed' })]), nameOf, T0);
  const [a, b] = model.rows;
  expect(rowWords(a!, 'succeeded')).toBe('a, succeeded, ran 2.0 s, waited 1.0 s, slack 12 s');
  expect(rowWords(b!, 'not run')).toBe('b, not run, not run');
  expect(spanWords(a!, a!.spans[1]!, (t) => String((t - T0) / 1000))).toBe('a: try 1, succeeded\n1 to 3\n2.0 s (2,000 ms)');
  expect(ganttTable(model).rows).toEqual([
    ['a', 'succeeded', 1, 'succeeded', 1000, at(1), at(3), 2000, 'no', 12_000],
    ['b', 'upstream_failed', null, null, 0, null, null, null, 'no', null],
  ]);
});
