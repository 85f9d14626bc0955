import type { Json } from '@/lib/core';
import type { Vitals } from '@/lib/runs';
import type { Report } from './adapter';
import { networkWait } from './network-wait';
import type { ProcessRow } from './proc-table';

/** Without a look for so long its owner did not run (a machine that slept, a process that hung), and what the attempt did then is not known. */
const GAP_MS = 30_000;
/** CPU is told over the last minute. */
const WINDOW_MS = 60_000;
/** The kernel counts CPU in hundredths of a second for every program (USER_HZ). */
const TICKS_PER_SECOND = 100;
/** Less than this share of a core is a program that only looks at its clock now and then, not one at work. */
const LEAST_SHARE = 0.005;
/** That share is looked at over stretches of so many seconds. */
const LEAST_OVER_SECONDS = 10;

/** What a pulse tells of; the worker adds what is usual and what the task's policy bears. */
export type Signs = Omit<Vitals, 'usual' | 'patienceSeconds'>;

/** The processes of a part of an attempt, as they are now. */
export type Look = () => ProcessRow[];

type Followed = { look: Look; /** CPU of its processes at the last look */ ticks: number; /** by how much that had fallen then */ fell: number };

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/**
 * Pulse gathers an attempt's signs of life while it runs: lines, reports, the CPU of its processes, what it waits for outside. It asks
 * nobody; `sample` looks at the processes when its owner says so. Where there is no /proc (macOS) CPU is unknown, never guessed.
 */
export class Pulse {
  private readonly began: number;
  private watchedFrom: number;
  private sampledAt: number;
  private progress: { value: number; at: number } | null = null;
  private saidAt: number | null = null;
  private lineAt: number | null = null;
  /** lines by second, newest last */
  private lines: { second: number; count: number }[] = [];
  private readonly looks = new Set<Followed>();
  /** CPU of all processes so far, at moments of the last minute */
  private samples: { at: number; ticks: number }[] = [];
  private ticks = 0;
  private marked = { at: 0, ticks: 0 };
  private cpuAt: number | null = null;
  private readonly awaited = new Map<symbol, { what: string; since: number }>();
  private external: string | null = null;
  private asleep: { what: string; since: number } | null = null;
  private askedAt = Number.NEGATIVE_INFINITY;
  private inside: string | null = null;
  private readonly ended = new AbortController();

  constructor(private readonly clock: () => number = Date.now) {
    this.began = clock();
    this.watchedFrom = this.began;
    this.sampledAt = this.began;
  }

  /** line notes that the task wrote `count` log lines. */
  line(count = 1): void {
    this.lineAt = this.clock();
    const second = Math.floor(this.lineAt / 1000);
    const last = this.lines.at(-1);
    if (last?.second === second) last.count += count;
    else this.lines.push({ second, count });
    if (this.lines.length > 120) this.lines = this.lines.filter((each) => each.second > second - 60);
  }

  /** report notes what the task said of itself; an external id says that work goes on elsewhere. */
  report({ progress, external }: Report): void {
    this.saidAt = this.clock();
    if (progress !== undefined) this.progress = { value: progress, at: this.saidAt };
    if (external !== undefined) this.handedOver(external);
  }

  /** handedOver notes the external id under which the task's work goes on elsewhere, now or since an earlier try. */
  handedOver(external: Json): void {
    if (external === null || typeof external !== 'object' || Array.isArray(external)) return;
    const { system, id } = external;
    if (typeof system === 'string' && (typeof id === 'string' || typeof id === 'number')) this.external = `${system} ${id}`;
  }

  /** follow counts the CPU of processes from now on. @param used what they had used before, in hundredths of a second @returns ends it */
  follow(look: Look, used = 0): () => void {
    const followed: Followed = { look, ticks: used, fell: 0 };
    this.looks.add(followed);
    return () => {
      this.looks.delete(followed);
    };
  }

  /** awaits runs something whose answer comes from outside: until it does, the attempt waits. */
  async awaits<T>(what: string, work: () => Promise<T>): Promise<T> {
    const key = Symbol(what);
    this.awaited.set(key, { what, since: this.clock() });
    try {
      return await work();
    } finally {
      this.awaited.delete(key);
      this.saidAt = this.clock();
    }
  }

  /** does says what the engine itself does for the attempt from now on. */
  does(what: string): void {
    this.inside = what;
  }

  /** stop ends the attempt as stalled; its `stopped` signal carries the sentence. */
  stop(sentence: string): void {
    this.ended.abort(sentence);
  }

  /** aborts when the attempt is to end because it stalled; the reason is the sentence that says so */
  get stopped(): AbortSignal {
    return this.ended.signal;
  }

  /**
   * sample looks at the processes and gives all signs as of now.
   * @param quietMs processes without CPU for so long are asked what they sleep on, at most this often
   */
  sample(quietMs: number): Signs {
    const now = this.clock();
    if (now - this.sampledAt > GAP_MS) this.watchedFrom = now;
    this.sampledAt = now;
    const rows = [...this.looks].flatMap((each) => this.take(each));
    const known = this.looks.size > 0 && rows.length > 0;
    if (known) this.weigh(now);
    const second = Math.floor(now / 1000);
    return {
      at: new Date(now).toISOString(),
      since: new Date(this.began).toISOString(),
      watchedFrom: new Date(this.watchedFrom).toISOString(),
      progress: this.progress && { value: this.progress.value, at: new Date(this.progress.at).toISOString() },
      saidAt: iso(this.saidAt),
      lineAt: iso(this.lineAt),
      linesPerMinute: this.lines.reduce((sum, each) => sum + (each.second > second - 60 ? each.count : 0), 0),
      cpu: known ? this.share(now) : null,
      cpuAt: iso(this.cpuAt),
      outside: this.outside(now, rows, quietMs),
      inside: this.inside,
    };
  }

  private take(followed: Followed): ProcessRow[] {
    const rows = followed.look();
    const ticks = rows.reduce((sum, row) => sum + row.ticks, 0);
    const grew = ticks - followed.ticks;
    // one that ends is out of the sum for a moment, until its parent has waited for it
    this.ticks += Math.max(0, grew - followed.fell);
    followed.fell = Math.max(0, -grew);
    followed.ticks = ticks;
    return rows;
  }

  /** Keeps a minute of samples, and notes when CPU was last used. */
  private weigh(now: number): void {
    if (this.samples.length === 0 || now - this.samples.at(-1)!.at >= 900) this.samples.push({ at: now, ticks: this.ticks });
    while (this.samples.length > 2 && this.samples[1]!.at <= now - WINDOW_MS) this.samples.shift();
    if (this.marked.at === 0) this.marked = { at: now, ticks: this.ticks };
    const used = (this.ticks - this.marked.ticks) / TICKS_PER_SECOND;
    const passed = (now - this.marked.at) / 1000;
    // two ticks at least: one is what a look at the clock may be counted as
    if (used >= Math.max(0.02, passed * LEAST_SHARE)) {
      this.cpuAt = now;
      this.marked = { at: now, ticks: this.ticks };
    } else if (passed >= LEAST_OVER_SECONDS) this.marked = { at: now, ticks: this.ticks };
  }

  private share(now: number): NonNullable<Signs['cpu']> {
    const first = this.samples[0]!;
    const overSeconds = Math.round((now - first.at) / 100) / 10;
    if (overSeconds <= 0) return { percent: 0, overSeconds: 0 };
    return { percent: Math.round(((this.ticks - first.ticks) / TICKS_PER_SECOND / overSeconds) * 1000) / 10, overSeconds };
  }

  /** What it waits for: an answer that is awaited, or, while its processes use no CPU, what it declared or the connection they sleep on. */
  private outside(now: number, rows: ProcessRow[], quietMs: number): Signs['outside'] {
    const [awaited] = this.awaited.values();
    if (awaited) return { what: awaited.what, since: new Date(awaited.since).toISOString() };
    const busyAt = Math.max(this.began, this.cpuAt ?? 0, this.lineAt ?? 0, this.saidAt ?? 0);
    if (rows.length === 0 || now - busyAt < quietMs) this.asleep = null;
    else if (now - this.askedAt >= quietMs) {
      this.askedAt = now;
      const what = this.external === null ? networkWait(rows) : `${this.external}, which it handed its work to`;
      this.asleep = what === null ? null : { what, since: this.asleep?.since ?? busyAt };
    }
    return this.asleep && { what: this.asleep.what, since: new Date(this.asleep.since).toISOString() };
  }
}
