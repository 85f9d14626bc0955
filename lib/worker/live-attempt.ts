import { type Beat, type ClaimedTask } from '@/lib/dispatch/server';
import { type Json } from '@/lib/core/json';
import type { AttemptPace } from './attempt-pace';

/** Why an attempt was stopped from outside. */
export type StopReason = 'cancelled' | 'lost' | 'shutdown';

/** What a task said since the last heartbeat. */
export type News = { progress?: number; message?: string; metrics?: Json; checkpoint?: Json; external?: Json };

/**
 * LiveAttempt is one attempt that this process holds: claimed → started → ended, or stopped from outside. Its news travel with
 * the next heartbeat; its signal aborts the adapter.
 */
export class LiveAttempt {
  readonly controller = new AbortController();
  stopped: StopReason | null = null;
  private news: News = {};
  private readonly taken = new AbortController();
  /** how it gets on, from when its work begins */
  pace: AttemptPace | null = null;
  private begun = false;
  private told = false;

  constructor(readonly claimed: ClaimedTask) {}

  /** began notes that the user's code runs now. */
  began(): void {
    this.begun = true;
  }

  /** report keeps the newest of each kind of news; metrics add up. */
  report(news: News): void {
    const metrics = news.metrics && this.news.metrics ? { ...(this.news.metrics as object), ...(news.metrics as object) } : news.metrics;
    this.news = { ...this.news, ...news, ...(metrics ? { metrics: metrics } : {}) };
  }

  /** said tells whether the task reported something that is not written yet. */
  said(): boolean {
    return Object.keys(this.news).length > 0;
  }

  /** unwritten takes back what a heartbeat could not write; what was reported since is newer. */
  unwritten({ run: _run, ordinal: _ordinal, fence: _fence, started, vitals: _vitals, ...news }: Beat): void {
    if (started) this.told = false;
    const since = this.news;
    this.news = {};
    this.report(news);
    this.report(since);
  }

  hasNews(): boolean {
    return this.said() || (this.begun && !this.told) || this.pace?.changed === true;
  }

  /** beat is what the heartbeat writes for this attempt; taking it empties the news. */
  beat(): Beat {
    const { run_id: run, ordinal, attempt: fence } = this.claimed;
    const beat: Beat = { run, ordinal, fence, ...this.news, ...this.pace?.take(), ...(this.begun && !this.told ? { started: true } : {}) };
    this.news = {};
    if (this.begun) this.told = true;
    return beat;
  }

  /** lost aborts when another may hold the task: nothing of this attempt counts any more. */
  get lost(): AbortSignal {
    return this.taken.signal;
  }

  /** stop asks the adapter to end; the first reason counts, except that a lost lease outweighs all others. */
  stop(reason: StopReason): void {
    if (reason === 'lost') this.taken.abort(new Error(reason));
    if (this.stopped && reason !== 'lost') return;
    this.stopped = reason;
    this.controller.abort(new Error(reason));
  }
}
