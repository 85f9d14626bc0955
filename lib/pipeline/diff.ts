import microdiff from 'microdiff';
import { type Json } from '@/lib/core/json';
import { pathText } from './problems';
import { type DraftEdge, type DraftSpec, type DraftTask } from './spec';

/** A field with its values before and after; `code` says that a text diff by lines is worth showing. */
export type FieldChange = {
  path: string;
  before?: Json;
  after?: Json;
  code?: 'sql' | 'python' | 'shell' | 'text';
};

export type TaskName = { taskId: string; kind: string; name?: string };
export type EdgeName = { from: string; to: string };

/** What a person would say changed between two specs. */
export type SpecDiff = {
  /** behaviour is the same: no new version */
  unchanged: boolean;
  tasks: { added: TaskName[]; removed: TaskName[]; changed: (TaskName & { fields: FieldChange[] })[] };
  edges: { added: EdgeName[]; removed: EdgeName[]; changed: (EdgeName & { fields: FieldChange[] })[] };
  params: { added: string[]; removed: string[]; changed: { name: string; fields: FieldChange[] }[] };
  triggers: FieldChange[];
  settings: FieldChange[];
  /** only boxes or notes moved */
  layoutChanged: boolean;
  /** how many things changed, for a button like "Publish 3 changes" */
  count: number;
};

/** diffSpecs compares two specs by meaning: tasks by id, edges by their ends, params by name. Pure. */
export function diffSpecs(before: DraftSpec, after: DraftSpec): SpecDiff {
  const tasks = byKey(before.tasks, after.tasks, (task) => task.id);
  const edges = byKey(before.edges, after.edges, (edge) => `${edge.from}\n${edge.to}`);
  const params = byKey(before.params, after.params, (param) => param.name);
  const diff = {
    tasks: {
      added: tasks.added.map(taskName),
      removed: tasks.removed.map(taskName),
      changed: tasks.both.flatMap(([old, now]) =>
        withFields(taskName(now), fieldChanges(old, now, now.kind)),
      ),
    },
    edges: {
      added: edges.added.map(edgeName),
      removed: edges.removed.map(edgeName),
      changed: edges.both.flatMap(([old, now]) => withFields(edgeName(now), fieldChanges(old, now))),
    },
    params: {
      added: params.added.map((param) => param.name),
      removed: params.removed.map((param) => param.name),
      changed: params.both.flatMap(([old, now]) => withFields({ name: now.name }, fieldChanges(old, now))),
    },
    triggers: wholeChanges(before.triggers, after.triggers, 'triggers'),
    settings: fieldChanges(before.settings, after.settings),
  };
  const counted = [diff.tasks, diff.edges, diff.params].reduce(
    (sum, part) => sum + part.added.length + part.removed.length + part.changed.length,
    0,
  );
  const count = counted + diff.triggers.length + diff.settings.length;
  return {
    ...diff,
    count,
    unchanged: count === 0,
    layoutChanged: microdiff(before.layout, after.layout).length > 0,
  };
}

const taskName = (task: DraftTask): TaskName => ({
  taskId: task.id,
  kind: task.kind,
  ...(task.name === undefined ? {} : { name: task.name }),
});
const edgeName = (edge: DraftEdge): EdgeName => ({ from: edge.from, to: edge.to });
const withFields = <T extends object>(what: T, fields: FieldChange[]): (T & { fields: FieldChange[] })[] =>
  fields.length > 0 ? [{ ...what, fields }] : [];

function byKey<T>(
  before: T[],
  after: T[],
  key: (item: T) => string,
): { added: T[]; removed: T[]; both: [T, T][] } {
  const old = new Map(before.map((item) => [key(item), item]));
  const now = new Map(after.map((item) => [key(item), item]));
  return {
    added: after.filter((item) => !old.has(key(item))),
    removed: before.filter((item) => !now.has(key(item))),
    both: [...now].flatMap(([name, item]): [T, T][] => {
      const other = old.get(name);
      return other === undefined ? [] : [[other, item]];
    }),
  };
}

const CODE: Record<string, FieldChange['code']> = {
  sql: 'sql',
  query: 'sql',
  script: 'python',
  command: 'shell',
  message: 'text',
  body: 'text',
  description: 'text',
};

function fieldChanges(before: object, after: object, kind?: string): FieldChange[] {
  return microdiff(before, after).map((change) => {
    const code = kind === undefined ? undefined : CODE[String(change.path.at(-1))];
    const old = change.type === 'CREATE' ? undefined : (change.oldValue as Json);
    const now = change.type === 'REMOVE' ? undefined : (change.value as Json);
    return {
      path: pathText(change.path),
      ...(old === undefined ? {} : { before: old }),
      ...(now === undefined ? {} : { after: now }),
      ...(code !== undefined && typeof old === 'string' && typeof now === 'string' ? { code } : {}),
    };
  });
}

/** Triggers have no names: one that is in both lists, wherever it stands, did not change. */
function wholeChanges(before: object[], after: object[], name: string): FieldChange[] {
  const same = (a: object, b: object) => microdiff(a, b).length === 0;
  const left = [...after];
  const gone = before.filter((item) => {
    const at = left.findIndex((other) => same(item, other));
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
  return [
    ...gone.map((item) => ({ path: pathText([name, before.indexOf(item)]), before: item as Json })),
    ...left.map((item) => ({ path: pathText([name, after.indexOf(item)]), after: item as Json })),
  ];
}
