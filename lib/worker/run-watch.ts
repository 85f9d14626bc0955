import { outlast } from '@/lib/db/outage';
import { findRun, isFinalRun, type RunRow } from '@/lib/runs/server';

/** Without a hint a watched run is looked at this often, in milliseconds. */
const POLL_MS = 5_000;

/** RunWatch lets tasks await the end of other runs: hints wake it, polling is the truth. */
export class RunWatch {
  private readonly waiting = new Map<string, Set<() => void>>();

  /** changed is told of every notice about a run. */
  changed(runId: string): void {
    this.waiting.get(runId)?.forEach((wake) => wake());
  }

  /** ended resolves with the run's row once it has ended. @throws the signal's reason when it aborts first */
  async ended(runId: string, signal: AbortSignal): Promise<RunRow> {
    for (;;) {
      signal.throwIfAborted();
      const run = await outlast(() => findRun(runId, null), signal);
      if (!run) throw new Error(`Run ${runId} is gone.`);
      if (isFinalRun(run.state)) return run;
      await this.nextHint(runId, signal);
    }
  }

  private nextHint(runId: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wakers = this.waiting.get(runId) ?? new Set();
      this.waiting.set(runId, wakers);
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        wakers.delete(wake);
        if (wakers.size === 0) this.waiting.delete(runId);
        resolve();
      };
      const timer = setTimeout(wake, POLL_MS);
      signal.addEventListener('abort', wake, { once: true });
      wakers.add(wake);
    });
  }
}
