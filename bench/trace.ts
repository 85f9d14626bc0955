import type { Page } from '@playwright/test';

type TraceEvent = { name: string; ph: string; pid: number; tid: number; dur?: number; args?: { name?: string } };

/**
 * mainThreadTasks records the browser's own trace while `act` runs and gives the lengths of all the page's main-thread tasks, in
 * milliseconds. The page is the renderer with the most such work.
 */
export async function mainThreadTasks(page: Page, act: () => Promise<void>): Promise<number[]> {
  const session = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await session.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories: ['toplevel', 'disabled-by-default-devtools.timeline', '__metadata'] } });
  await act();
  const complete = new Promise((done) => session.once('Tracing.tracingComplete', done));
  await session.send('Tracing.end');
  await complete;
  await session.detach();

  const mains = new Set(events.filter((event) => event.name === 'thread_name' && event.args?.name === 'CrRendererMain').map((event) => `${event.pid}/${event.tid}`));
  const byThread = new Map<string, number[]>();
  for (const event of events) {
    const thread = `${event.pid}/${event.tid}`;
    if (event.ph !== 'X' || !mains.has(thread) || !/^(RunTask|ThreadControllerImpl::RunTask)$/.test(event.name)) continue;
    const list = byThread.get(thread) ?? [];
    list.push((event.dur ?? 0) / 1000);
    byThread.set(thread, list);
  }
  const sum = (list: number[]) => list.reduce((total, ms) => total + ms, 0);
  const busiest = [...byThread.values()].sort((a, b) => sum(b) - sum(a))[0];
  if (!busiest) throw new Error('The trace holds no task of the page.');
  return busiest;
}

/** percentile is the value that a share (0 to 1) of the sorted list does not exceed. @throws Error on none */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const found = sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
  if (found === undefined) throw new Error('There is nothing to take a percentile of.');
  return found;
}
