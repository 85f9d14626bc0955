import { stallPolicyOf } from '../stalled';
import { type Report } from './report';

/** These end at once, or give their slot back while they wait: they cannot stall. */
const NEVER_STALLS = new Set(['empty', 'sensor', 'approval']);

/** stalledProblems warns of a policy for stalls that can do nothing, or more than its author may think. */
export function stalledProblems(report: Report): void {
  report.spec.tasks.forEach((task, at) => {
    if (typeof task.stalled !== 'object' || task.stalled === null) return;
    const warn = (path: string[], message: string) => report.task(at, ['stalled', ...path], message, 'warning');
    const { afterSeconds, then } = stallPolicyOf(task);
    if (NEVER_STALLS.has(task.kind)) return warn([], `A task of kind ${task.kind} never stalls, so "Stalled after" does nothing here.`);
    const retries = (task.retry as { count?: unknown } | undefined)?.count;
    if (then === 'retry' && !(typeof retries === 'number' && retries > 0)) {
      warn(['then'], 'It is to be ended and tried again when it stalls, but it has no retries: a stall fails it. Give it retries, or choose to be told only.');
    }
    if (typeof task.timeoutSeconds === 'number' && afterSeconds >= task.timeoutSeconds) {
      warn(['afterSeconds'], `Its time limit of ${task.timeoutSeconds} s ends it before it can be called stalled. Make "Stalled after" shorter than that.`);
    }
  });
}
