import { nodeDefinition, TASK_ID, type DraftEdge, type DraftSpec, type DraftTask } from '@/lib/pipeline/index';
import type { Point } from './graph';
import { place, tidy } from './layout';
import { edgeId, positionsOf } from './spec-to-flow';

/** What people do to a pipeline, each a pure step from one draft to the next. Unknown fields of a draft are kept. */
type Fields = Record<string, unknown>;

const rounded = ({ x, y }: Point): Point => ({ x: Math.round(x), y: Math.round(y) });

/** without leaves out fields that are undefined, so that a cleared field is absent from the spec. */
const without = <T extends Fields>(fields: T): T => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;

/** freeId finds an id like "sql" or "sql_2" that no task has. */
export function freeId(taken: ReadonlySet<string>, wish: string): string {
  const base = slugOf(wish) || 'task';
  if (!taken.has(base)) return base;
  for (let n = 2; ; n += 1) if (!taken.has(`${base}_${n}`)) return `${base}_${n}`;
}

/** slugOf makes a task id of a name: "Late flights (EU)" becomes "late_flights_eu"; empty when nothing is left. */
export function slugOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[̀-ͯ]/g, '')
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^[_\d]+|_+$/g, '');
  return plain.slice(0, 60);
}

const ids = (spec: DraftSpec) => new Set(spec.tasks.map((task) => task.id));

/** place all cards in the layout first, so that the first edit does not make the others jump */
function withPlaces(spec: DraftSpec, moved: ReadonlyMap<string, Point>): DraftSpec {
  const nodes = Object.fromEntries([...positionsOf(spec), ...moved].map(([id, point]) => [id, rounded(point)]));
  return { ...spec, layout: { ...spec.layout, nodes } };
}

/** tablesAt lists the tables that reach a task: name there, and the task that provides it. Transparent kinds pass theirs on. */
export function tablesAt(spec: DraftSpec, id: string): { name: string; provider: string }[] {
  const tasks = new Map(spec.tasks.map((task) => [task.id, task]));
  const found = new Map<string, string>();
  const through = (at: string, seen: ReadonlySet<string>): { name: string; provider: string }[] => {
    const list: { name: string; provider: string }[] = [];
    for (const edge of spec.edges) {
      const from = tasks.get(edge.from);
      if (edge.to !== at || edge.data === false || !from || seen.has(from.id)) continue;
      const provides = nodeDefinition(from.kind)?.provides ?? true;
      const tables = provides ? [{ name: from.id, provider: from.id }] : through(from.id, new Set([...seen, from.id]));
      for (const table of tables) list.push(edge.as !== undefined && tables.length === 1 ? { ...table, name: edge.as } : table);
    }
    return list;
  };
  for (const { name, provider } of through(id, new Set([id]))) if (!found.has(name)) found.set(name, provider);
  return [...found].map(([name, provider]) => ({ name, provider }));
}

/** prefill writes the first line of an untouched query once a table reaches it. */
function prefill(spec: DraftSpec, id: string): DraftSpec {
  const task = spec.tasks.find((each) => each.id === id);
  const table = tablesAt(spec, id)[0]?.name;
  if (task?.kind !== 'sql' || task.config.sql !== '' || table === undefined) return spec;
  return setTask(spec, id, { config: { ...task.config, sql: `select *\nfrom ${table}` } });
}

export type AddOptions = {
  /** top-left corner, px */
  at?: Point;
  /** the new node comes after this one */
  after?: string | null;
  /** the new node goes into this edge */
  edge?: string | null;
  config?: Fields;
};

/** addTask adds a node of a kind: on free ground, after another, or into an edge. Returns the draft and the new id. */
export function addTask(spec: DraftSpec, kind: string, options: AddOptions = {}): { spec: DraftSpec; id: string } {
  const id = freeId(ids(spec), kind);
  const config = { ...structuredClone(nodeDefinition(kind)?.defaults ?? {}), ...options.config };
  const positions = positionsOf(spec);
  const edge = options.edge ? spec.edges.find((each) => edgeId(each) === options.edge) : undefined;
  const after = edge?.from ?? options.after ?? null;
  const at = options.at ?? place(positions, after);
  const task: DraftTask = { id, kind, config };
  const next = withPlaces({ ...spec, tasks: [...spec.tasks, task] }, new Map([[id, at]]));
  if (edge) return { spec: prefill(insertInto(next, edgeId(edge), id), id), id };
  if (after === null) return { spec: next, id };
  return { spec: connect(next, after, id), id };
}

/** insertInto puts a task between the two ends of an edge; what the edge said about data stays on its second half. */
export function insertInto(spec: DraftSpec, edge: string, id: string): DraftSpec {
  const found = spec.edges.find((each) => edgeId(each) === edge);
  if (!found || found.from === id || found.to === id) return spec;
  const halves: DraftEdge[] = [{ from: found.from, to: id }, { ...found, from: id }];
  const provides = nodeDefinition(spec.tasks.find((task) => task.id === id)?.kind ?? '')?.provides ?? false;
  const provider = tablesAt(spec, found.to).find((table) => table.name === (found.as ?? found.from));
  // A node that makes a table of its own keeps the name that the next one already uses.
  if (provides && found.as === undefined && provider) halves[1] = { ...halves[1]!, as: found.from };
  return { ...spec, edges: spec.edges.flatMap((each) => (each === found ? halves : [each])) };
}

/** connect draws an edge. */
export const connect = (spec: DraftSpec, from: string, to: string): DraftSpec => prefill({ ...spec, edges: [...spec.edges, { from, to }] }, to);

/** disconnect takes an edge away. */
export const disconnect = (spec: DraftSpec, edge: string): DraftSpec => ({ ...spec, edges: spec.edges.filter((each) => edgeId(each) !== edge) });

/** setEdge changes fields of an edge; `undefined` takes one away. */
export const setEdge = (spec: DraftSpec, edge: string, change: Fields): DraftSpec => ({
  ...spec,
  edges: spec.edges.map((each) => (edgeId(each) === edge ? without({ ...each, ...change }) : each)),
});

/** setTask changes fields of a task; `undefined` takes one away. */
export const setTask = (spec: DraftSpec, id: string, change: Fields): DraftSpec => ({
  ...spec,
  tasks: spec.tasks.map((task) => (task.id === id ? (without({ ...task, ...change }) as DraftTask) : task)),
});

/** setConfig changes one field of a task's config. */
export const setConfig = (spec: DraftSpec, id: string, name: string, value: unknown): DraftSpec => ({
  ...spec,
  tasks: spec.tasks.map((task) => (task.id === id ? { ...task, config: without({ ...task.config, [name]: value }) } : task)),
});

/** move puts cards to new places (px). */
export const move = (spec: DraftSpec, moved: ReadonlyMap<string, Point>): DraftSpec => withPlaces(spec, moved);

/** tidyUp lays the whole drawing out again. */
export const tidyUp = (spec: DraftSpec): DraftSpec => withPlaces(spec, tidy(spec));

/** removeTasks deletes nodes with their edges. A chain through one deleted node closes again behind it. */
export function removeTasks(spec: DraftSpec, gone: ReadonlySet<string>): DraftSpec {
  const edges = spec.edges.filter((edge) => !gone.has(edge.from) && !gone.has(edge.to));
  for (const id of gone) {
    const before = spec.edges.filter((edge) => edge.to === id && !gone.has(edge.from));
    const after = spec.edges.filter((edge) => edge.from === id && !gone.has(edge.to));
    const [first, last] = [before[0], after[0]];
    if (before.length !== 1 || after.length !== 1 || !first || !last) continue;
    if (!edges.some((edge) => edge.from === first.from && edge.to === last.to)) edges.push({ ...last, from: first.from });
  }
  const nodes = Object.fromEntries(Object.entries(spec.layout.nodes ?? {}).filter(([id]) => !gone.has(id)));
  return { ...spec, tasks: spec.tasks.filter((task) => !gone.has(task.id)), edges, layout: { ...spec.layout, nodes } };
}

/**
 * setId renames a task's id everywhere the draft says it as an id: edges, branches, layout, and `tasks.<id>` in expressions.
 * Code that names its table is left alone.
 */
export function setId(spec: DraftSpec, id: string, next: string): DraftSpec {
  if (id === next) return spec;
  const pattern = new RegExp(`\\btasks\\.${id}\\b`, 'g');
  const follow = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') return (key === 'take' || key === 'otherwise') && value === id ? next : TASK_ID.test(next) ? value.replaceAll(pattern, `tasks.${next}`) : value;
    if (Array.isArray(value)) return value.map((each) => follow(each, key));
    if (value !== null && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, follow(each, name)]));
    return value;
  };
  const { [id]: place, ...others } = spec.layout.nodes ?? {};
  return {
    ...spec,
    tasks: spec.tasks.map((task) => ({ ...(follow(task, '') as DraftTask), id: task.id === id ? next : task.id })),
    edges: spec.edges.map((edge) => ({ ...edge, from: edge.from === id ? next : edge.from, to: edge.to === id ? next : edge.to })),
    layout: { ...spec.layout, nodes: place ? { ...others, [next]: place } : others },
  };
}

/**
 * rename gives a node its name. An id that was made up by the canvas ("sql_2") follows the name as long as nothing mentions
 * it, so that tables get telling names without anybody thinking of ids.
 */
export function rename(spec: DraftSpec, id: string, name: string): { spec: DraftSpec; id: string } {
  const task = spec.tasks.find((each) => each.id === id);
  if (!task) return { spec, id };
  const named = setTask(spec, id, { name: name.trim() === '' ? undefined : name.trim() });
  const madeUp = id === task.kind || new RegExp(`^${task.kind}_\\d+$`).test(id);
  const wish = slugOf(name);
  const others = JSON.stringify(spec.tasks.filter((each) => each.id !== id).map((each) => [each.config, each.when, each.map]));
  if (!madeUp || wish === '' || new RegExp(`\\b${id}\\b(?!":)`).test(others)) return { spec: named, id };
  const next = freeId(new Set([...ids(spec)].filter((each) => each !== id)), wish);
  return { spec: setId(named, id, next), id: next };
}
