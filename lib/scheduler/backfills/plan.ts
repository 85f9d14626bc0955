import { invalid, type Issue } from '@/lib/core/errors';
import { type Settings } from '@/lib/pipeline';
import { type Interval } from '../fires/timetable';
import { type BackfillRequest, type PlanItem, type Reprocess } from './schema';

/** The newest run of an interval. */
export type NewestRun = { id: string; state: string; version: number | null };

/** decideAction is the matrix of semantics §4: what becomes of an interval by its newest run. A cancelled run counts as failed. */
export function decideAction(run: Pick<NewestRun, 'state'> | null, reprocess: Reprocess): { action: PlanItem['action']; reason: string } {
  if (run === null) return { action: 'create', reason: 'no run' };
  if (run.state === 'queued' || run.state === 'running') return { action: 'skip', reason: 'in flight' };
  const again = run.state === 'succeeded' ? reprocess === 'completed' : reprocess !== 'none';
  return again ? { action: 'rerun', reason: run.state } : { action: 'skip', reason: `exists, ${run.state}` };
}

/** What of the world decides a plan. */
export type PlanFacts = {
  /** newest run by interval start, in milliseconds */
  newest: ReadonlyMap<number, NewestRun>;
  /** the pipeline's newest version */
  version: number;
  /** tasks outside a chosen part that have no kept output, by interval start in milliseconds */
  missing: ReadonlyMap<number, string[]>;
  /** how long a run takes, in seconds; null: unknown */
  estimateSeconds: number | null;
};

/** planItems gives every interval its row, in the order of work. */
export function planItems(intervals: readonly Interval[], request: Pick<BackfillRequest, 'reprocess' | 'order' | 'version'>, facts: PlanFacts): PlanItem[] {
  const items = intervals.map(({ start, end }): PlanItem => {
    const run = facts.newest.get(start.getTime()) ?? null;
    const decided = decideAction(run, request.reprocess);
    const lacks = decided.action === 'skip' ? undefined : facts.missing.get(start.getTime());
    const { action, reason } = lacks && lacks.length > 0 ? { action: 'skip' as const, reason: `no output of ${lacks.join(', ')} is kept for this interval` } : decided;
    const own = run?.version ?? facts.version;
    const version = action !== 'skip' && request.version === 'newest' ? facts.version : own;
    const estimate = action !== 'skip' && facts.estimateSeconds !== null ? { estimateSeconds: facts.estimateSeconds } : {};
    return { intervalStart: start, intervalEnd: end, action, reason, version, ...estimate };
  });
  return request.order === 'reverse' ? items.toReversed() : items;
}

/** refuseByPast refuses what a pipeline whose runs wait for the one before cannot do. @throws AppError invalid */
export function refuseByPast(settings: Pick<Settings, 'dependsOnPast'>, request: Pick<BackfillRequest, 'reprocess' | 'order'>): void {
  if (!settings.dependsOnPast) return;
  const issues: Issue[] = [];
  if (request.order === 'reverse')
    issues.push({ path: 'order', value: request.order, message: 'The runs of this pipeline wait for the interval before them, so they cannot be made from last to first. Use forward.' });
  if (request.reprocess === 'none')
    issues.push({ path: 'reprocess', value: request.reprocess, message: 'The runs of this pipeline wait for the interval before them, so a failed one in the range would hold up the rest. Use failed or completed.' });
  if (issues.length > 0) throw invalid(issues.map((issue) => issue.message).join(' '), issues);
}
