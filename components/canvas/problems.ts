import type { DraftSpec, Problem } from '@/lib/pipeline/index';
import { edgeId, type Selection } from './spec-to-flow';
import type { InspectorTab } from './canvas-store';

const RUN_FIELDS = new Set([
  'triggerRule', 'when', 'handlesFailures', 'failureAllowed', 'retry', 'timeoutSeconds', 'queueTimeoutSeconds', 'startTimeoutSeconds',
  'heartbeatTimeoutSeconds', 'stalled', 'memoryMb', 'onLost', 'reuse', 'pool', 'poolSlots', 'priority', 'workerTags', 'deadlines', 'latestOnly', 'map', 'group',
]);

/** Where a problem is solved: what to select, which tab shows the field, and the field's name. */
export type Target = { selection: Selection; tab: InspectorTab; field: string };

/** targetOf finds the place where a problem is solved. */
export function targetOf(spec: DraftSpec, problem: Problem): Target {
  const task = /^tasks\[(\d+)\](?:\.(\w+))?(?:\.(\w+))?/.exec(problem.path);
  if (task) {
    const id = spec.tasks[Number(task[1])]?.id ?? problem.taskId;
    const [, , top = '', inner = ''] = task;
    const tab = RUN_FIELDS.has(top) ? 'run' : top === 'checks' ? 'checks' : 'form';
    return { selection: { nodes: id === undefined ? [] : [id], edge: null }, tab, field: top === 'config' ? inner : top };
  }
  const edge = spec.edges[Number(/^edges\[(\d+)\]/.exec(problem.path)?.[1] ?? -1)];
  if (edge) return { selection: { nodes: [], edge: edgeId(edge) }, tab: 'form', field: problem.path.replace(/^edges\[\d+\]\.?/, '') };
  if (problem.taskId !== undefined) return { selection: { nodes: [problem.taskId], edge: null }, tab: 'form', field: '' };
  return { selection: { nodes: [], edge: null }, tab: 'form', field: problem.path };
}

/** taskOfProblem is the id of the task a problem belongs to, null when it belongs to none. */
export function taskOfProblem(spec: DraftSpec, problem: Problem): string | null {
  if (problem.taskId !== undefined) return problem.taskId;
  const index = /^tasks\[(\d+)\]/.exec(problem.path)?.[1];
  return index === undefined ? null : (spec.tasks[Number(index)]?.id ?? null);
}

/** countByTask counts errors and warnings for the badges on the cards. */
export function countByTask(spec: DraftSpec, problems: readonly Problem[]): Map<string, { errors?: number; warnings?: number }> {
  const counts = new Map<string, { errors?: number; warnings?: number }>();
  for (const problem of problems) {
    const id = taskOfProblem(spec, problem);
    if (id === null) continue;
    const count = counts.get(id) ?? {};
    const key = problem.severity === 'error' ? 'errors' : 'warnings';
    counts.set(id, { ...count, [key]: (count[key] ?? 0) + 1 });
  }
  return counts;
}

/** errorAt makes the lookup of a form: the first sentence whose path is `prefix.path`, or lies inside it when `deep`. */
export function errorLookup(problems: readonly Problem[], prefix: string): (path: string) => string | null {
  const found = new Map<string, string>();
  for (const problem of problems) {
    if (!problem.path.startsWith(prefix)) continue;
    const path = problem.path.slice(prefix.length).replace(/^\./, '');
    if (!found.has(path)) found.set(path, problem.message);
  }
  return (path) => found.get(path) ?? null;
}
