import { nodeDefinition } from './nodes/table';
import { type DraftSpec } from './spec';

/** A table that reaches a task: the name it has there, the task that provides it, and the edge it comes in by. */
export type InputTable = { name: string; from: string; edge: number };

/**
 * inputTables follows data along edges (contract §2): a task that provides gives one table under its id, a transparent one
 * passes its own inputs on under their names, and an edge's `as` names what it carries. One table that reaches a task by two
 * ways under one name is listed once; tables of different tasks under one name are all listed, which validate() refuses.
 * Edges that lead nowhere and cycles are left out.
 */
export function inputTables(spec: Pick<DraftSpec, 'tasks' | 'edges'>): Map<string, InputTable[]> {
  const kinds = new Map(spec.tasks.map((task) => [task.id, task.kind]));
  const incoming = new Map<string, number[]>();
  spec.edges.forEach((edge, at) => {
    if (edge.data === false || !kinds.has(edge.from)) return;
    const list = incoming.get(edge.to);
    if (list) list.push(at);
    else incoming.set(edge.to, [at]);
  });
  const done = new Map<string, InputTable[]>();
  const open = new Set<string>();
  const carried = (at: number): { name: string; from: string }[] => {
    const edge = spec.edges[at];
    if (!edge) return [];
    if (nodeDefinition(kinds.get(edge.from) ?? '')?.provides ?? true)
      return [{ name: edge.as ?? edge.from, from: edge.from }];
    const passed = of(edge.from);
    return passed.length === 1 && edge.as !== undefined
      ? passed.map((table) => ({ name: edge.as ?? table.name, from: table.from }))
      : passed;
  };
  const of = (id: string): InputTable[] => {
    const known = done.get(id);
    if (known) return known;
    if (open.has(id)) return [];
    open.add(id);
    const tables: InputTable[] = [];
    for (const edge of incoming.get(id) ?? [])
      for (const { name, from } of carried(edge))
        if (!tables.some((table) => table.name === name && table.from === from))
          tables.push({ name, from, edge });
    open.delete(id);
    done.set(id, tables);
    return tables;
  };
  for (const task of spec.tasks) of(task.id);
  return done;
}

/** readsOf lists the datasets that a task reads and the name of each as a table. A source of a dataset reads it too. */
export function readsOf(
  task: DraftSpec['tasks'][number],
): { dataset: string; name: string; path: (string | number)[]; window: string }[] {
  const listed = Array.isArray(task.reads) ? (task.reads as unknown[]) : [];
  const reads = listed.flatMap((read, at) => {
    if (typeof read === 'string') return [{ dataset: read, name: read, path: ['reads', at], window: 'all' }];
    if (typeof read !== 'object' || read === null || !('dataset' in read) || typeof read.dataset !== 'string')
      return [];
    const name = 'as' in read && typeof read.as === 'string' ? read.as : read.dataset;
    return [
      {
        dataset: read.dataset,
        name,
        path: ['reads', at],
        window: 'window' in read && typeof read.window === 'string' ? read.window : 'all',
      },
    ];
  });
  if (task.kind === 'source' && typeof task.config.dataset === 'string')
    reads.push({
      dataset: task.config.dataset,
      name: task.config.dataset,
      path: ['config', 'dataset'],
      window: 'all',
    });
  return reads;
}

/** writeOf gives the dataset that a task writes and how, or undefined. */
export function writeOf(
  task: DraftSpec['tasks'][number],
): { dataset: string; mode: 'replace' | 'append' | 'interval' } | undefined {
  const writes = task.writes;
  if (typeof writes === 'string') return { dataset: writes, mode: 'replace' };
  if (
    typeof writes !== 'object' ||
    writes === null ||
    !('dataset' in writes) ||
    typeof writes.dataset !== 'string'
  )
    return undefined;
  const mode =
    'mode' in writes && (writes.mode === 'append' || writes.mode === 'interval') ? writes.mode : 'replace';
  return { dataset: writes.dataset, mode };
}
