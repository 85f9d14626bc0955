import { applyEdit, freshId, inputTables, nodeDefinition, type DraftSpec, type SpecEdit } from '@/lib/pipeline/index';
import type { Point } from './graph';
import { place, tidy } from './layout';
import { edgeId, positionsOf } from './spec-to-flow';

/** What people do to a pipeline: each becomes edits of lib/pipeline and is a pure step from one draft to the next. */
type Fields = Record<string, unknown>;

const rounded = ({ x, y }: Point): Point => ({ x: Math.round(x), y: Math.round(y) });

const ids = (spec: DraftSpec) => spec.tasks.map((task) => task.id);
const all = (spec: DraftSpec, edits: SpecEdit[]) => applyEdit(spec, { type: 'all', edits });

/** Place all cards in the layout first, so that the first edit does not make the others jump. */
function withPlaces(spec: DraftSpec, moved: ReadonlyMap<string, Point>): DraftSpec {
  const nodes = Object.fromEntries([...positionsOf(spec), ...moved].map(([id, point]) => [id, rounded(point)]));
  return applyEdit(spec, { type: 'moveNodes', positions: nodes });
}

/** tablesAt lists the tables that reach a task: the name it has there, and the task that provides it. */
export const tablesAt = (spec: DraftSpec, id: string): { name: string; provider: string }[] =>
  (inputTables(spec).get(id) ?? []).map(({ name, from }) => ({ name, provider: from }));

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
  const id = freshId(ids(spec), kind);
  const config = { ...structuredClone(nodeDefinition(kind)?.defaults ?? {}), ...options.config };
  const edge = options.edge ? spec.edges.find((each) => edgeId(each) === options.edge) : undefined;
  const after = edge?.from ?? options.after ?? null;
  const at = options.at ?? place(positionsOf(spec), after);
  const placed = withPlaces(spec, new Map());
  const added = applyEdit(placed, { type: 'addTasks', tasks: [{ id, kind, config }], positions: { [id]: rounded(at) } });
  if (edge) return { spec: insertInto(added, edgeId(edge), id), id };
  return { spec: after === null ? added : connect(added, after, id), id };
}

/**
 * insertInto puts a task that is there already between the two ends of an edge. What the edge said stays on its second half;
 * a task that makes a table of its own hands it on under the name that the next one already uses.
 */
export function insertInto(spec: DraftSpec, edge: string, id: string): DraftSpec {
  const found = spec.edges.find((each) => edgeId(each) === edge);
  const task = spec.tasks.find((each) => each.id === id);
  if (!found || !task || found.from === id || found.to === id) return spec;
  const keepsName = found.as === undefined && found.data !== false && (nodeDefinition(task.kind)?.provides ?? false);
  const used = keepsName && tablesAt(spec, found.to).some((table) => table.name === found.from);
  const next = all(spec, [
    { type: 'disconnect', edges: [found] },
    { type: 'connect', edge: { from: found.from, to: id } },
    { type: 'connect', edge: { ...found, from: id, ...(used ? { as: found.from } : {}) } },
  ]);
  return prefill(next, id);
}

/** connect draws an edge; an edge that may not be drawn changes nothing (see whyNotConnect). */
export const connect = (spec: DraftSpec, from: string, to: string): DraftSpec => prefill(applyEdit(spec, { type: 'connect', edge: { from, to } }), to);

/** disconnect takes an edge away. */
export function disconnect(spec: DraftSpec, edge: string): DraftSpec {
  return applyEdit(spec, { type: 'disconnect', edges: spec.edges.filter((each) => edgeId(each) === edge) });
}

/** setEdge changes fields of an edge; `undefined` takes one away. */
export function setEdge(spec: DraftSpec, edge: string, change: Fields): DraftSpec {
  const found = spec.edges.find((each) => edgeId(each) === edge);
  if (!found) return spec;
  return all(spec, Object.entries(change).map(([name, value]) => ({ type: 'setEdgeField', from: found.from, to: found.to, path: [name], value })));
}

/** setTask changes fields of a task; `undefined` takes one away. */
export const setTask = (spec: DraftSpec, id: string, change: Fields): DraftSpec =>
  all(spec, Object.entries(change).map(([name, value]) => ({ type: 'setTaskField', id, path: [name], value })));

/** setConfig changes one field of a task's config. */
export const setConfig = (spec: DraftSpec, id: string, name: string, value: unknown): DraftSpec =>
  applyEdit(spec, { type: 'setTaskField', id, path: ['config', name], value });

/** move puts cards to new places (px). */
export const move = (spec: DraftSpec, moved: ReadonlyMap<string, Point>): DraftSpec => withPlaces(spec, moved);

/** tidyUp lays the whole drawing out again. */
export const tidyUp = (spec: DraftSpec): DraftSpec => withPlaces(spec, tidy(spec));

/** removeTasks deletes nodes with their edges. A chain through one deleted node closes again behind it. */
export function removeTasks(spec: DraftSpec, gone: ReadonlySet<string>): DraftSpec {
  const closing: SpecEdit[] = [];
  for (const id of gone) {
    const before = spec.edges.filter((edge) => edge.to === id && !gone.has(edge.from));
    const after = spec.edges.filter((edge) => edge.from === id && !gone.has(edge.to));
    const [first, last] = [before[0], after[0]];
    if (before.length === 1 && after.length === 1 && first && last) closing.push({ type: 'connect', edge: { ...last, from: first.from } });
  }
  return all(spec, [{ type: 'removeTasks', ids: [...gone] }, ...closing]);
}

/** setId changes a task's id; expressions, branches and edges follow, and code that names its table keeps working. */
export const setId = (spec: DraftSpec, id: string, to: string): DraftSpec => applyEdit(spec, { type: 'renameTask', id, to });

/**
 * rename gives a node its name. An id that was made up by the canvas ("sql_2") follows the name as long as nothing mentions
 * it, so that tables get telling names without anybody thinking of ids.
 */
export function rename(spec: DraftSpec, id: string, name: string): { spec: DraftSpec; id: string } {
  const task = spec.tasks.find((each) => each.id === id);
  if (!task) return { spec, id };
  const named = setTask(spec, id, { name: name.trim() === '' ? undefined : name.trim() });
  const madeUp = id === task.kind || new RegExp(`^${task.kind}_\\d+$`).test(id);
  const others = spec.tasks.filter((each) => each.id !== id);
  const mentioned = new RegExp(`\\b${id}\\b(?!":)`).test(JSON.stringify(others.map((each) => [each.config, each.when, each.map])));
  if (!madeUp || mentioned || !/[a-z]/i.test(name)) return { spec: named, id };
  const next = freshId(others.map((each) => each.id), name);
  return { spec: setId(named, id, next), id: next };
}
