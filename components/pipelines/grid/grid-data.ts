import type { GridView } from '@/lib/runs';
import { isOutlier, usualRange, type UsualRange } from '@/components/charts/outliers';
import { formatDuration, plural } from '@/components/time/format';

export type GridRun = GridView['runs'][number];

/** oldestFirst is how a grid draws runs: time goes to the right. */
export const oldestFirst = (grid: GridView): GridRun[] => [...grid.runs].reverse();

/** runMs is how long a run took, in milliseconds; null while it has not ended or never started. */
export const runMs = (run: Pick<GridRun, 'startedAt' | 'finishedAt'>): number | null =>
  run.startedAt === null || run.finishedAt === null ? null : run.finishedAt.getTime() - run.startedAt.getTime();

/** gridFinding says how the runs of a grid did and which task failed most. */
export function gridFinding(grid: GridView): string {
  const ended = grid.runs.filter((r) => r.finishedAt !== null);
  if (ended.length === 0) return 'No run has ended yet';
  const good = ended.filter((r) => r.state === 'succeeded').length;
  const how = good === ended.length ? `All of the last ${plural(ended.length, 'run')} succeeded` : `${good} of the last ${plural(ended.length, 'run')} succeeded`;
  const failures = grid.tasks.map((task, i) => ({ task, n: grid.runs.filter((r) => r.cells[i]?.state === 'failed').length }));
  const worst = failures.reduce<(typeof failures)[number] | null>((a, b) => (b.n > (a?.n ?? 0) ? b : a), null);
  return worst === null ? how : `${how}, ${worst.task.name} failed ${worst.n === 1 ? 'once' : `${worst.n} times`}`;
}

/** gridTable is the same as text: one line a run. */
export const gridTable = (grid: GridView) => ({
  columns: ['Run', 'Started (UTC)', 'Logical date', 'State', 'Took ms', ...grid.tasks.map((t) => t.name)],
  rows: oldestFirst(grid).map((run) => [
    run.id.slice(-6),
    (run.startedAt ?? run.createdAt).toISOString(),
    run.logicalDate?.toISOString() ?? null,
    run.state,
    runMs(run),
    ...run.cells.map((c) => c?.state ?? null),
  ]),
});

export type DurationPoint = { run: GridRun; ms: number | null; state: string | null; outlier: boolean };

/** A task's durations over the last runs; a run without one is a gap. */
export type DurationSeries = { taskId: string; name: string; points: DurationPoint[]; range: UsualRange | null; median: number | null };

/** durationSeries gives how long each task took, oldest run first. What is usual is judged by the runs in which it succeeded. */
export function durationSeries(grid: GridView): DurationSeries[] {
  const runs = oldestFirst(grid);
  return grid.tasks.map(({ taskId, name }, i) => {
    const good = runs.flatMap((r) => (r.cells[i]?.state === 'succeeded' ? (r.cells[i]?.tookMs ?? []) : []));
    const range = usualRange(good);
    const sorted = [...good].sort((a, b) => a - b);
    return {
      taskId,
      name,
      range,
      median: range?.median ?? sorted[sorted.length >> 1] ?? null,
      points: runs.map((run) => {
        const cell = run.cells[i] ?? null;
        const ran = cell !== null && cell.tookMs !== null && ['succeeded', 'failed'].includes(cell.state);
        const ms = ran ? cell.tookMs : null;
        return { run, ms, state: cell?.state ?? null, outlier: ms !== null && cell?.state === 'succeeded' && isOutlier(ms, range) };
      }),
    };
  });
}

/** taskFinding says whether a task took as long as usual in the last runs. */
export function taskFinding(series: DurationSeries): string {
  const timed = series.points.filter((p) => p.ms !== null);
  if (timed.length === 0) return `${series.name} has not run yet`;
  if (series.range === null || series.median === null)
    return `${series.name} ran ${timed.length === 1 ? 'once' : `${timed.length} times`}, too few to say what is usual`;
  const odd = timed.filter((p) => p.outlier);
  const usual = `usually ${formatDuration(series.median)}`;
  if (odd.length === 0) return `${series.name} takes as long as usual, ${usual}`;
  const slow = odd.filter((p) => (p.ms ?? 0) > (series.median ?? 0));
  const word = slow.length === odd.length ? 'slower' : slow.length === 0 ? 'faster' : 'slower or faster';
  const most = odd.reduce((a, b) => (Math.abs((b.ms ?? 0) - (series.median ?? 0)) > Math.abs((a.ms ?? 0) - (series.median ?? 0)) ? b : a));
  return `${series.name} was ${word} in ${odd.length} of ${plural(timed.length, 'run')}, ${formatDuration(most.ms ?? 0)} against ${formatDuration(series.median)}`;
}

/** allFinding says which task takes the largest part of the work. */
export function allFinding(all: readonly DurationSeries[]): string {
  const timed = all.filter((s) => s.median !== null);
  const sum = timed.reduce((total, s) => total + (s.median ?? 0), 0);
  const top = timed.reduce<DurationSeries | null>((a, b) => ((b.median ?? 0) > (a?.median ?? -1) ? b : a), null);
  if (top === null) return 'No task has succeeded yet';
  return `${top.name} takes the longest, ${formatDuration(top.median ?? 0)}${sum > 0 && timed.length > 1 ? `, ${Math.round(((top.median ?? 0) / sum) * 100)} % of the work` : ''}`;
}
