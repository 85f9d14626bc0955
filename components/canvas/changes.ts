import { diffSpecs, type DraftSpec, type FieldChange, type SpecDiff } from '@/lib/pipeline/index';

/** One difference between two specs, as a person reads it. `before` and `after` are texts to compare where that helps. */
export type Change = { sign: '+' | '−' | '~'; what: string; detail: string; before?: string; after?: string };

const text = (value: unknown): string => (typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value, null, 2));

/** changesOf lists what `next` does differently from `base`; moved boxes are no change. */
export const changesOf = (base: DraftSpec, next: DraftSpec): Change[] => listChanges(diffSpecs(base, next));

/** listChanges writes a semantic difference as lines, what was added and removed before what was changed. */
export function listChanges(diff: SpecDiff): Change[] {
  const fields = (what: string, list: readonly FieldChange[]): Change[] =>
    list.map((field) => ({ sign: '~', what, detail: field.path, before: text(field.before), after: text(field.after) }));
  const task = ({ taskId, name }: { taskId: string; name?: string }) => name ?? taskId;
  const edge = ({ from, to }: { from: string; to: string }) => `${from} → ${to}`;
  return [
    ...diff.tasks.added.map((each): Change => ({ sign: '+', what: task(each), detail: `${each.kind} added` })),
    ...diff.tasks.removed.map((each): Change => ({ sign: '−', what: task(each), detail: `${each.kind} removed` })),
    ...diff.tasks.changed.flatMap((each) => fields(task(each), each.fields)),
    ...diff.edges.added.map((each): Change => ({ sign: '+', what: edge(each), detail: 'edge added' })),
    ...diff.edges.removed.map((each): Change => ({ sign: '−', what: edge(each), detail: 'edge removed' })),
    ...diff.edges.changed.flatMap((each) => fields(edge(each), each.fields)),
    ...diff.params.added.map((name): Change => ({ sign: '+', what: name, detail: 'param added' })),
    ...diff.params.removed.map((name): Change => ({ sign: '−', what: name, detail: 'param removed' })),
    ...diff.params.changed.flatMap((each) => fields(`param ${each.name}`, each.fields)),
    ...fields('Triggers', diff.triggers),
    ...fields('Settings', diff.settings),
  ];
}
