import { type Problem, pathText } from '../problems';
import { type DraftSpec, type DraftTask } from '../spec';

/** Report collects the problems of one validation. */
export class Report {
  readonly problems: Problem[] = [];

  constructor(readonly spec: DraftSpec) {}

  /** Adds a problem at a path from the top of the spec. */
  at(path: (string | number)[], message: string, severity: Problem['severity'] = 'error'): void {
    this.problems.push({ path: pathText(path), severity, message });
  }

  /** Adds a problem of a task, at a path inside it. */
  task(
    at: number,
    path: (string | number)[],
    message: string,
    severity: Problem['severity'] = 'error',
  ): void {
    const taskId = this.spec.tasks[at]?.id ?? '';
    this.problems.push({ path: pathText(['tasks', at, ...path]), taskId, severity, message });
  }
}

/** called is how a sentence names a task. */
export const called = (task: DraftTask | undefined): string => `"${task?.name ?? task?.id ?? '?'}"`;
