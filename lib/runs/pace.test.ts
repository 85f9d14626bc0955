import { describe, expect, it } from 'vitest';
import { ENOUGH_HISTORY, paceOf, slowAfter, spell, usualOf, type PaceState, type Vitals } from './pace';

const NOW = new Date('2026-03-01T12:00:00Z');
const before = (seconds: number) => new Date(NOW.getTime() - seconds * 1000).toISOString();

/** An attempt that began ten minutes ago and has been quiet for `quiet` seconds, without CPU. */
const vitals = (more: Partial<Vitals> = {}): Vitals => ({
  at: before(0),
  since: before(600),
  watchedFrom: before(600),
  progress: null,
  saidAt: null,
  lineAt: null,
  linesPerMinute: 0,
  cpu: { percent: 0, overSeconds: 60 },
  cpuAt: null,
  outside: null,
  inside: null,
  usual: null,
  patienceSeconds: 300,
  ...more,
});
const usual = { medianSeconds: 180, madSeconds: 10, count: 20 };

const CASES: [string, Partial<Vitals>, PaceState, string][] = [
  ['CPU and lines', { cpu: { percent: 41.2, overSeconds: 60 }, cpuAt: before(0), lineAt: before(3) }, 'working', 'Working: 41 % CPU over the last minute, last line 3 s ago.'],
  ['CPU without output is no stall', { cpu: { percent: 99.7, overSeconds: 60 }, cpuAt: before(1) }, 'working', 'Working: 100 % CPU over the last minute, no output yet.'],
  ['output without CPU is no stall', { lineAt: before(299) }, 'working', 'Working: 0 % CPU over the last minute, last line 5 min ago.'],
  ['progress without CPU is no stall', { progress: { value: 0.4, at: before(20) }, saidAt: before(20) }, 'working', 'Working: 0 % CPU over the last minute, progress 40 % 20 s ago.'],
  ['a report without progress is a sign of life', { saidAt: before(10) }, 'working', 'Working: 0 % CPU over the last minute, no output yet.'],
  ['a line and progress just now', { cpu: { percent: 1.4, overSeconds: 10 }, lineAt: before(0.2), progress: { value: 0.031, at: before(0) } }, 'working', 'Working: 1 % CPU over the last 10 s, progress 3 % just now, last line just now.'],
  ['just begun', { since: before(1), watchedFrom: before(1), cpu: { percent: 0, overSeconds: 0 } }, 'working', 'Working: began 1 s ago.'],
  ['a long task that began, spoke and fell silent', { lineAt: before(360), cpuAt: before(400) }, 'stalled', 'No CPU, output or progress for 6 min: stalled.'],
  ['never a sign of life', {}, 'stalled', 'No CPU, output or progress for 10 min: stalled.'],
  ['exactly at its patience', { lineAt: before(300) }, 'stalled', 'No CPU, output or progress for 5 min: stalled.'],
  ['its own patience counts', { lineAt: before(5), patienceSeconds: 5 }, 'stalled', 'No CPU, output or progress for 5 s: stalled.'],
  ['silent for long, but its policy bears it', { patienceSeconds: 3600 }, 'working', 'Working: 0 % CPU over the last minute, no output yet.'],
  ['the machine slept meanwhile', { watchedFrom: before(2) }, 'working', 'Working: 0 % CPU over the last minute, no output yet.'],
  ['stalled outweighs slow', { usual }, 'stalled', 'No CPU, output or progress for 10 min: stalled.'],
  ['at work, past what is usual', { usual, cpu: { percent: 41, overSeconds: 60 }, cpuAt: before(0), lineAt: before(3) }, 'slow', 'Slow: 10 min so far, usually 3 min (the median of 20). 41 % CPU over the last minute, last line 3 s ago.'],
  ['not past what is usual', { usual: { ...usual, medianSeconds: 590 }, cpuAt: before(0) }, 'working', 'Working: 0 % CPU over the last minute, no output yet.'],
  ['history too short to say so', { usual: { ...usual, count: ENOUGH_HISTORY - 1 }, cpuAt: before(0) }, 'working', 'Working: 0 % CPU over the last minute, no output yet.'],
  ['awaits an answer', { outside: { what: 'the answer of api.example.com', since: before(130) }, cpu: null }, 'waiting', 'Waiting on the outside for 2 min: the answer of api.example.com.'],
  ['what waits outside neither stalls nor is slow', { usual, outside: { what: 'temporal 17, which it handed its work to', since: before(500) } }, 'waiting', 'Waiting on the outside for 8 min: temporal 17, which it handed its work to.'],
  ['CPU unknown: never called stalled', { cpu: null }, 'unknown', 'No output or progress for 10 min. How much CPU it uses cannot be seen here, so it may be at work.'],
  ['CPU unknown, but it speaks', { cpu: null, lineAt: before(3) }, 'working', 'Working: last line 3 s ago.'],
  ['the engine itself works', { inside: 'its output is being checked and kept' }, 'working', 'Working: its output is being checked and kept.'],
  ['its worker is silent', { at: before(40), since: before(640), watchedFrom: before(640), lineAt: before(41) }, 'unknown', 'No heartbeat of its worker for 40 s; it runs again elsewhere if none comes.'],
];

describe('how a running task gets on', () => {
  it.each(CASES)('%s', (_, more, state, text) => {
    expect(paceOf(vitals(more), NOW)).toEqual({ state, text });
  });

  it('a worker that beats seldom is not called silent between two beats', () => {
    expect(paceOf(vitals({ at: before(40), since: before(50), watchedFrom: before(50), lineAt: before(41) }), NOW, 20).state).toBe('working');
  });
});

describe('what is usual', () => {
  it.each([
    [[], null],
    [[4], { medianSeconds: 4, madSeconds: 0, count: 1 }],
    [[1, 2, 3, 4, 100], { medianSeconds: 3, madSeconds: 1, count: 5 }],
    [[1, 3], { medianSeconds: 2, madSeconds: 1, count: 2 }],
  ])('%j', (durations, expected) => {
    expect(usualOf(durations)).toEqual(expected);
  });

  it.each([
    ['nothing known', null, null],
    ['too little known', { medianSeconds: 10, madSeconds: 1, count: 7 }, null],
    ['3.5 deviations by MAD', { medianSeconds: 180, madSeconds: 10, count: 8 }, 180 + 3.5 * 14.826],
    ['always the same: a fifth more', { medianSeconds: 100, madSeconds: 0, count: 8 }, 120],
    ['always the same and short: five seconds more', { medianSeconds: 1, madSeconds: 0, count: 8 }, 6],
  ])('%s', (_, known, expected) => {
    const limit = slowAfter(known);
    if (expected === null) expect(limit).toBeNull();
    else expect(limit).toBeCloseTo(expected);
  });
});

it.each([[0.4, '0 s'], [89, '89 s'], [90, '2 min'], [360, '6 min'], [7500, '2 h 5 min'], [7200, '2 h'], [260_000, '3 days']])('%d seconds are %s', (seconds, words) => {
  expect(spell(seconds)).toBe(words);
});
