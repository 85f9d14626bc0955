import { applyEdit, type DraftEdge, type DraftSpec, type DraftTask, type SpecEdit } from '@/lib/pipeline/index';
import type { Point } from './graph';
import { COMPACT, NODE, snap, type Direction } from './layout';
import { edgeId, type Selection } from './spec-to-flow';

/** A folded group is drawn as one node of this kind; no task has such an id. */
export const GROUP_KIND = 'group';
const PREFIX = 'group:';
const nodeOf = (name: string): string => `${PREFIX}${name}`;

/** groupOfNode is the group that a drawn node stands for; null for a task's own card. */
export const groupOfNode = (id: string): string | null => (id.startsWith(PREFIX) ? id.slice(PREFIX.length) : null);

const groupOf = (task: DraftTask): string | null => (typeof task.group === 'string' && task.group !== '' ? task.group : null);

/** groupsOf lists the groups of a spec with the ids of their tasks, in the order of the spec. */
export function groupsOf(spec: DraftSpec): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const task of spec.tasks) {
    const name = groupOf(task);
    if (name !== null) groups.set(name, [...(groups.get(name) ?? []), task.id]);
  }
  return groups;
}

/** foldedIn names the groups that the layout shows as one node. @param own what this person folded and unfolded without saving it */
export const foldedIn = (spec: DraftSpec, own: ReadonlyMap<string, boolean> = new Map()): Set<string> =>
  new Set([...groupsOf(spec).keys()].filter((name) => own.get(name) ?? spec.layout.groups?.[name]?.folded ?? false));

/** A spec as it is drawn: folded groups are one task each, and edges end at what is seen. */
export type Folded = {
  spec: DraftSpec;
  /** the tasks behind a drawn node: those of a folded group, or the one task itself */
  tasksOf: (nodeId: string) => readonly string[];
  /** the drawn node that stands for a task */
  nodeOf: (taskId: string) => string;
  /** the one edge that a drawn edge stands for; null when there are several */
  edgeOf: (drawn: string) => string | null;
};

/** fold draws each folded group as one node. Without folded groups the spec itself is drawn. */
export function fold(spec: DraftSpec, folded: ReadonlySet<string>): Folded {
  if (folded.size === 0) return { spec, tasksOf: (id) => [id], nodeOf: (id) => id, edgeOf: (id) => id };
  const standsFor = new Map<string, string>();
  const members = new Map<string, string[]>();
  for (const [name, ids] of groupsOf(spec)) {
    if (!folded.has(name)) continue;
    members.set(nodeOf(name), ids);
    for (const id of ids) standsFor.set(id, nodeOf(name));
  }
  const drawn = (id: string) => standsFor.get(id) ?? id;
  const tasks: DraftTask[] = [];
  const seen = new Set<string>();
  for (const task of spec.tasks) {
    const id = drawn(task.id);
    if (id === task.id) tasks.push(task);
    else if (!seen.has(id)) {
      seen.add(id);
      tasks.push({ id, kind: GROUP_KIND, name: groupOfNode(id) ?? id, config: { members: members.get(id) } });
    }
  }
  const edges = new Map<string, { edge: DraftEdge; from: string[] }>();
  for (const edge of spec.edges) {
    const [from, to] = [drawn(edge.from), drawn(edge.to)];
    if (from === to && from !== edge.from) continue;
    const kept = from === edge.from && to === edge.to ? edge : { from, to, ...(edge.data === undefined ? {} : { data: edge.data }) };
    const before = edges.get(edgeId(kept));
    if (before) before.from.push(edgeId(edge));
    else edges.set(edgeId(kept), { edge: kept, from: [edgeId(edge)] });
  }
  return {
    spec: { ...spec, tasks, edges: [...edges.values()].map(({ edge }) => edge) },
    tasksOf: (id) => members.get(id) ?? [id],
    nodeOf: drawn,
    edgeOf: (id) => {
      const from = edges.get(id)?.from ?? [];
      return from.length === 1 ? from[0]! : null;
    },
  };
}

/** foldPlaces puts a folded group's node into the middle of where its tasks stand, px. */
export function foldPlaces(view: Folded, positions: ReadonlyMap<string, Point>): ReadonlyMap<string, Point> {
  if (view.spec.tasks.every((task) => task.kind !== GROUP_KIND)) return positions;
  return new Map(
    view.spec.tasks.map((task) => {
      const places = view.tasksOf(task.id).map((id) => positions.get(id) ?? { x: 0, y: 0 });
      const mean = (axis: 'x' | 'y') => places.reduce((sum, place) => sum + place[axis], 0) / places.length;
      return [task.id, places.length === 1 ? places[0]! : { x: snap(mean('x')), y: snap(mean('y')) }];
    }),
  );
}

/** drawnSelection is what is lit when these tasks and this edge are chosen. */
export const drawnSelection = (view: Folded, selection: Selection): Selection => ({
  nodes: [...new Set(selection.nodes.map(view.nodeOf))],
  edge: selection.edge === null ? null : (view.spec.edges.map(edgeId).find((id) => view.edgeOf(id) === selection.edge) ?? null),
});

/** chosenTasks turns what was chosen in the drawing into tasks and an edge of the spec. */
export const chosenTasks = (view: Folded, drawn: Selection): Selection => ({
  nodes: [...new Set(drawn.nodes.flatMap((id) => view.tasksOf(id)))],
  edge: drawn.edge === null ? null : view.edgeOf(drawn.edge),
});

/** movedTasks moves the tasks of a group as far as its node was moved, px. */
export function movedTasks(view: Folded, drawn: ReadonlyMap<string, Point>, positions: ReadonlyMap<string, Point>, moved: ReadonlyMap<string, Point>): Map<string, Point> {
  return new Map(
    [...moved].flatMap(([id, to]) => {
      const from = drawn.get(id) ?? to;
      return groupOfNode(id) === null
        ? [[id, to] as const]
        : view.tasksOf(id).map((taskId) => {
            const at = positions.get(taskId) ?? from;
            return [taskId, { x: at.x + to.x - from.x, y: at.y + to.y - from.y }] as const;
          });
    }),
  );
}

/** Where an unfolded group is, px: its tasks' cards and a margin with room for its name. */
export type Frame = { name: string; x: number; y: number; width: number; height: number };
const MARGIN = 12;
const HEAD = 22;

/** framesOf says where the unfolded groups are. */
export function framesOf(spec: DraftSpec, positions: ReadonlyMap<string, Point>, folded: ReadonlySet<string>, direction: Direction = 'TB'): Frame[] {
  const card = direction === 'TB' ? NODE : COMPACT;
  return [...groupsOf(spec)].flatMap(([name, ids]) => {
    const places = ids.flatMap((id) => positions.get(id) ?? []);
    if (folded.has(name) || places.length === 0) return [];
    const [x, y] = [Math.min(...places.map((place) => place.x)) - MARGIN, Math.min(...places.map((place) => place.y)) - HEAD];
    return [{ name, x, y, width: Math.max(...places.map((place) => place.x)) + card.width + MARGIN - x, height: Math.max(...places.map((place) => place.y)) + card.height + MARGIN - y }];
  });
}

const all = (spec: DraftSpec, edits: SpecEdit[]): DraftSpec => applyEdit(spec, { type: 'all', edits });
const members = (spec: DraftSpec, name: string): string[] => groupsOf(spec).get(name) ?? [];
const put = (ids: readonly string[], name: string | undefined): SpecEdit[] => ids.map((id) => ({ type: 'setTaskField', id, path: ['group'], value: name }));

/** What a spec keeps of a group beside its tasks goes with its name, or away with it. */
function carry(spec: DraftSpec, name: string, to: string | undefined): DraftSpec {
  const settings = (spec.settings.groups as Record<string, unknown> | undefined)?.[name];
  const layout = spec.layout.groups?.[name];
  const edits: SpecEdit[] = [];
  if (settings !== undefined) edits.push({ type: 'setSpecField', path: ['settings', 'groups', name], value: undefined });
  if (settings !== undefined && to !== undefined) edits.push({ type: 'setSpecField', path: ['settings', 'groups', to], value: settings });
  if (layout !== undefined) edits.push({ type: 'setSpecField', path: ['layout', 'groups', name], value: undefined });
  if (layout !== undefined && to !== undefined) edits.push({ type: 'setSpecField', path: ['layout', 'groups', to], value: layout });
  return all(spec, edits);
}

/** makeGroup puts tasks into a new group; one that is left without tasks is forgotten. @returns the draft and the group's name */
export function makeGroup(spec: DraftSpec, ids: readonly string[]): { spec: DraftSpec; name: string } {
  const taken = groupsOf(spec);
  let n = taken.size + 1;
  while (taken.has(`Group ${n}`)) n += 1;
  const made = all(spec, put(ids, `Group ${n}`));
  const left = groupsOf(made);
  return { spec: [...taken.keys()].filter((name) => !left.has(name)).reduce((now, name) => carry(now, name, undefined), made), name: `Group ${n}` };
}

/** ungroup takes a group's tasks out of it, and so the group away. */
export const ungroup = (spec: DraftSpec, name: string): DraftSpec => carry(all(spec, put(members(spec, name), undefined)), name, undefined);

/** renameGroup gives a group another name; what is said of it goes along. */
export const renameGroup = (spec: DraftSpec, name: string, to: string): DraftSpec => carry(all(spec, put(members(spec, name), to)), name, to);

/** setFolded notes in the layout that a group is drawn as one node; no version changes by it. */
export const setFolded = (spec: DraftSpec, name: string, folded: boolean): DraftSpec =>
  applyEdit(spec, { type: 'setSpecField', path: ['layout', 'groups', name, 'folded'], value: folded });
