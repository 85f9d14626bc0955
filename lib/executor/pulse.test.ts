import { describe, expect, it } from 'vitest';
import type { ProcessRow } from './proc-table';
import { Pulse } from './pulse';

const row = (ticks: number, pid = 1): ProcessRow => ({ pid, parent: 0, group: 1, session: 1, started: 1, ticks, zombie: false });

/** A pulse on a clock of the test's own, with one process whose CPU the test sets. */
function made() {
  const at = { ms: Date.parse('2026-03-01T12:00:00Z'), rows: [row(0)] };
  const pulse = new Pulse(() => at.ms);
  const after = (seconds: number, ticks?: number) => {
    at.ms += seconds * 1000;
    if (ticks !== undefined) at.rows = [row(ticks)];
    return pulse.sample(5_000);
  };
  return { at, pulse, after };
}

describe('the signs of life of an attempt', () => {
  it('CPU is unknown, and not 0, where no process can be seen', () => {
    const { after, pulse } = made();
    expect(after(1).cpu).toBeNull();
    pulse.follow(() => []);
    expect(after(60)).toMatchObject({ cpu: null, cpuAt: null });
  });

  it('CPU is told over the last minute, as a share of one core', () => {
    const { at, pulse, after } = made();
    at.rows = [row(5_000)];
    pulse.follow(() => at.rows, 5_000);
    expect(after(0).cpu).toEqual({ percent: 0, overSeconds: 0 });
    expect(after(1, 5_050).cpu).toEqual({ percent: 50, overSeconds: 1 });
    for (let s = 2; s <= 120; s++) after(1, 5_050);
    const quiet = after(1, 5_050);
    expect(quiet.cpu?.percent).toBe(0);
    expect(quiet.cpu?.overSeconds).toBeGreaterThanOrEqual(60);
    expect(quiet.cpuAt).toBe('2026-03-01T12:00:01.000Z');
  });

  it('a program that looks at its clock now and then is not at work', () => {
    const { at, pulse, after } = made();
    pulse.follow(() => at.rows);
    after(0);
    // one hundredth of a second in five
    for (let s = 1; s <= 100; s++) expect(after(1, Math.floor(s / 5)).cpuAt).toBeNull();
    expect(after(1, 30).cpuAt).not.toBeNull();
  });

  it('what a child used is counted once when it ends and its parent has waited for it', () => {
    const { at, pulse } = made();
    pulse.follow(() => at.rows);
    const sample = (...rows: ProcessRow[]) => {
      at.rows = rows;
      at.ms += 1000;
      return pulse.sample(5_000).cpu?.percent;
    };
    sample(row(0), row(0, 2));
    sample(row(0), row(100, 2));
    sample(row(0));
    expect(sample(row(100))).toBeCloseTo(100 / 3, 0);
  });

  it('lines, progress and reports keep their moments', () => {
    const { after, pulse } = made();
    pulse.line();
    pulse.line();
    after(30);
    pulse.line();
    pulse.report({ progress: 0.25 });
    const { linesPerMinute, lineAt, progress, saidAt } = after(10);
    expect({ linesPerMinute, lineAt, progress, saidAt }).toEqual({
      linesPerMinute: 3,
      lineAt: '2026-03-01T12:00:30.000Z',
      progress: { value: 0.25, at: '2026-03-01T12:00:30.000Z' },
      saidAt: '2026-03-01T12:00:30.000Z',
    });
    expect(after(25).linesPerMinute).toBe(1);
  });

  it('what happened while nobody looked is not held against it', () => {
    const { after } = made();
    expect(after(25).watchedFrom).toBe('2026-03-01T12:00:00.000Z');
    expect(after(3600).watchedFrom).toBe('2026-03-01T13:00:25.000Z');
    expect(after(25).watchedFrom).toBe('2026-03-01T13:00:25.000Z');
  });

  it('waits on the outside while an answer is awaited, and no longer', async () => {
    const { after, pulse } = made();
    let answer = () => undefined as void;
    const awaited = pulse.awaits('the answer of a.example.com', () => new Promise<void>((resolve) => (answer = resolve)));
    expect(after(3).outside).toEqual({ what: 'the answer of a.example.com', since: '2026-03-01T12:00:00.000Z' });
    answer();
    await awaited;
    expect(after(1)).toMatchObject({ outside: null, saidAt: '2026-03-01T12:00:03.000Z' });
  });

  it('waits on the outside when it handed its work over and uses no CPU', () => {
    const { at, pulse, after } = made();
    pulse.follow(() => at.rows);
    pulse.report({ external: { system: 'spark', id: 17 } });
    expect(after(4).outside).toBeNull();
    expect(after(2).outside).toEqual({ what: 'spark 17, which it handed its work to', since: '2026-03-01T12:00:00.000Z' });
    expect(after(1, 200).outside).toBeNull();
  });
});
