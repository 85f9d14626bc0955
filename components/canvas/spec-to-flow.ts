import type { DraftEdge, DraftSpec, DraftTask } from '@/lib/pipeline/index';
import type { FlowEdgeOf, FlowNodeOf } from './flow';
import type { Point } from './graph';
import { COMPACT, NODE, place, tidy, type Direction } from './layout';

export type TaskNode = FlowNodeOf<{ task: DraftTask; direction: Direction }, 'task' | 'group'>;
export type TaskEdge = FlowEdgeOf<{ edge: DraftEdge; index: number; checked: boolean; caption: string }, 'task'>;
export type Flow = { nodes: TaskNode[]; edges: TaskEdge[] };
export type Selection = { nodes: readonly string[]; edge: string | null };

/** edgeId names an edge for the screen; the spec allows one edge between two tasks. */
export const edgeId = (edge: { from: string; to: string }): string => `${edge.from}→${edge.to}`;

/** labelOf is the name on a task's card. */
export const labelOf = (task: { id: string; name?: string | undefined }): string =>
  task.name?.trim() || task.id;

/**
 * positionsOf says where every card stands (top-left corner, px): by the layout, and where that is silent by tidy (none
 * placed yet) or beside the upstream (some are).
 */
export function positionsOf(spec: DraftSpec, direction: Direction = 'TB'): Map<string, Point> {
  const saved = direction === 'TB' ? (spec.layout.nodes ?? {}) : {};
  const positions = new Map<string, Point>();
  for (const task of spec.tasks) {
    const point = saved[task.id];
    if (point) positions.set(task.id, point);
  }
  if (positions.size === spec.tasks.length) return positions;
  if (positions.size === 0) return tidy(spec, direction);
  for (const task of spec.tasks) {
    if (positions.has(task.id)) continue;
    const parent = spec.edges.find((edge) => edge.to === task.id && positions.has(edge.from));
    positions.set(task.id, place(positions, parent?.from ?? null));
  }
  return positions;
}

/** The middle of a card's side, so that edges can be drawn before the browser has measured anything. */
const ports = (direction: Direction) => {
  const size = direction === 'TB' ? NODE : COMPACT;
  const port = (
    type: 'source' | 'target',
    position: 'top' | 'bottom' | 'left' | 'right',
    x: number,
    y: number,
  ) => ({
    id: null,
    type,
    position: position as never,
    x: x - 4,
    y: y - 4,
    width: 8,
    height: 8,
  });
  return direction === 'TB'
    ? [port('target', 'top', size.width / 2, 0), port('source', 'bottom', size.width / 2, size.height)]
    : [port('target', 'left', 0, size.height / 2), port('source', 'right', size.width, size.height / 2)];
};
const PORTS = { TB: ports('TB'), LR: ports('LR') };

/**
 * specToFlow projects a spec onto React Flow's nodes and edges. Nodes and edges of `previous` that did not change are handed
 * back as they are, so that only changed cards render again.
 * @param positions where the cards stand, px
 */
export function specToFlow(
  spec: DraftSpec,
  positions: ReadonlyMap<string, Point>,
  selection: Selection,
  previous: Flow = { nodes: [], edges: [] },
  direction: Direction = 'TB',
): Flow {
  const size = direction === 'TB' ? NODE : COMPACT;
  const oldNodes = new Map(previous.nodes.map((node) => [node.id, node]));
  const oldEdges = new Map(previous.edges.map((edge) => [edge.id, edge]));
  const chosen = new Set(selection.nodes);
  const tasks = new Map<string, DraftTask>();

  const nodes: TaskNode[] = [];
  for (const task of spec.tasks) {
    if (tasks.has(task.id)) continue; // a second task of one id is a problem on the list, not a second card
    tasks.set(task.id, task);
    const selected = chosen.has(task.id);
    const old = oldNodes.get(task.id);
    const position = old?.dragging ? old.position : (positions.get(task.id) ?? { x: 0, y: 0 });
    if (
      old &&
      old.data.task === task &&
      old.data.direction === direction &&
      old.selected === selected &&
      old.position.x === position.x &&
      old.position.y === position.y
    ) {
      nodes.push(old);
      continue;
    }
    nodes.push({
      ...old,
      id: task.id,
      type: task.kind === 'group' ? 'group' : 'task',
      position,
      selected,
      width: size.width,
      height: size.height,
      measured: size,
      handles: PORTS[direction],
      data: old?.data.task === task && old.data.direction === direction ? old.data : { task, direction },
      ariaLabel: `${labelOf(task)}, ${task.kind}`,
    });
  }

  const edges: TaskEdge[] = [];
  const seen = new Set<string>();
  spec.edges.forEach((edge, index) => {
    const id = edgeId(edge);
    const from = tasks.get(edge.from);
    if (seen.has(id) || !from || !tasks.has(edge.to)) return;
    seen.add(id);
    const old = oldEdges.get(id);
    const selected = selection.edge === id;
    const className = selected || chosen.has(edge.from) || chosen.has(edge.to) ? 'cv-edge-lit' : '';
    const checked = from.kind === 'check' || (Array.isArray(edge.checks) && edge.checks.length > 0);
    const caption = captionOf(edge, from);
    const data = old?.data;
    const kept = data !== undefined && data.edge === edge && data.index === index && data.checked === checked && data.caption === caption;
    if (kept && old && old.selected === selected && old.className === className) edges.push(old);
    else edges.push({ id, type: 'task', source: edge.from, target: edge.to, selected, className, data: kept ? data : { edge, index, checked, caption } });
  });
  return { nodes, edges };
}

/** captionOf is the word on an edge before any rows are known: a branch's condition, a table's other name, order only. */
function captionOf(edge: DraftEdge, from: DraftTask): string {
  if (from.kind === 'branch') {
    const cases = Array.isArray(from.config.cases) ? (from.config.cases as { if?: unknown; take?: unknown }[]) : [];
    const taken = cases.find((each) => Array.isArray(each?.take) && each.take.includes(edge.to));
    if (typeof taken?.if === 'string') return taken.if.length > 28 ? `${taken.if.slice(0, 27)}…` : taken.if;
    return Array.isArray(from.config.otherwise) && from.config.otherwise.includes(edge.to) ? 'otherwise' : '';
  }
  if (edge.data === false) return 'order only';
  return edge.as ? `as ${edge.as}` : '';
}
