import type { DraftSpec } from '@/lib/pipeline/index';
import { edgeId, labelOf } from './spec-to-flow';

/** One difference between two specs, as a person reads it. `before` and `after` are texts to compare where that helps. */
export type Change = { sign: '+' | '−' | '~'; what: string; detail: string; taskId?: string; before?: string; after?: string };

const same = (a: unknown, b: unknown): boolean => a === b || stable(a) === stable(b);

/** stable writes a value with sorted keys, so that two equal values are equal texts. */
function stable(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    each !== null && typeof each === 'object' && !Array.isArray(each) ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))) : each,
  );
}

const text = (value: unknown): string => (typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value, null, 2));

/** changesOf lists what `next` does differently from `base`; moved boxes are no change. */
export function changesOf(base: DraftSpec, next: DraftSpec): Change[] {
  const changes: Change[] = [];
  const before = new Map(base.tasks.map((task) => [task.id, task]));
  const after = new Map(next.tasks.map((task) => [task.id, task]));
  for (const task of next.tasks) if (!before.has(task.id)) changes.push({ sign: '+', what: labelOf(task), detail: `${task.kind} added`, taskId: task.id });
  for (const task of base.tasks) if (!after.has(task.id)) changes.push({ sign: '−', what: labelOf(task), detail: `${task.kind} removed` });
  for (const task of next.tasks) {
    const old = before.get(task.id);
    if (!old || same(old, task)) continue;
    const fields = (from: object, to: object, prefix: string) => {
      const [left, right] = [from as Record<string, unknown>, to as Record<string, unknown>];
      for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
        if (key === 'config' && prefix === '') continue;
        if (!same(left[key], right[key])) changes.push({ sign: '~', what: labelOf(task), detail: `${prefix}${key}`, taskId: task.id, before: text(left[key]), after: text(right[key]) });
      }
    };
    fields(old.config, task.config, 'config.');
    fields(old, task, '');
  }
  const edges = (spec: DraftSpec) => new Map(spec.edges.map((edge) => [edgeId(edge), edge]));
  const [oldEdges, newEdges] = [edges(base), edges(next)];
  for (const [id, edge] of newEdges) {
    const old = oldEdges.get(id);
    if (!old) changes.push({ sign: '+', what: id.replace('→', ' → '), detail: 'edge added' });
    else if (!same(old, edge)) changes.push({ sign: '~', what: id.replace('→', ' → '), detail: 'edge', before: text(old), after: text(edge) });
  }
  for (const id of oldEdges.keys()) if (!newEdges.has(id)) changes.push({ sign: '−', what: id.replace('→', ' → '), detail: 'edge removed' });
  for (const key of ['params', 'triggers', 'settings'] as const) {
    if (!same(base[key], next[key])) changes.push({ sign: '~', what: key[0]?.toUpperCase() + key.slice(1), detail: 'changed', before: text(base[key]), after: text(next[key]) });
  }
  return changes;
}
