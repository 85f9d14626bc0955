import dagre from '@dagrejs/dagre';
import type { Graph, Point } from './graph';
import { layers } from './layers';

export type Direction = 'TB' | 'LR';
type Size = { width: number; height: number };

/** Sizes in px. A rank step is one node and the gap to the next. */
export const NODE: Size = { width: 220, height: 56 };
export const COMPACT: Size = { width: 168, height: 48 };
export const GRID = 16;
const RANK_STEP = 79;
const COLUMN_GAP = 44;
/** Gaps of compact cards, px: a row count of seven digits fits between two. */
const COMPACT_GAP = { rank: 80, column: 20 };
/** From this many tasks on the quick layout is taken: the careful one would hold the page for half a second and more. */
const MANY = 400;

/** snap puts a coordinate (px) onto the dot grid's half step, so that cards line up without looking forced. */
export const snap = (value: number): number => Math.round(value / (GRID / 2)) * (GRID / 2);

/**
 * tidy places every task of the graph: top to bottom for the editor, left to right (compact cards) for a run.
 * @returns the top-left corner of each node in px. Edges to unknown tasks are ignored, circles are laid out anyway.
 */
export function tidy(graph: Graph, direction: Direction = 'TB'): Map<string, Point> {
  const size = direction === 'TB' ? NODE : COMPACT;
  const gap = direction === 'TB' ? { rank: RANK_STEP - NODE.height, column: COLUMN_GAP } : COMPACT_GAP;
  if (graph.tasks.length > MANY) {
    const [deep, wide] = direction === 'TB' ? [size.height, size.width] : [size.width, size.height];
    const middles = layers(graph, { rank: deep + gap.rank, column: wide + gap.column });
    return new Map([...middles].map(([id, { x, y }]) => [id, corner(direction === 'TB' ? { x, y } : { x: y, y: x }, size)]));
  }
  const sheet = new dagre.graphlib.Graph();
  sheet.setGraph({ rankdir: direction, ranksep: gap.rank, nodesep: gap.column });
  sheet.setDefaultEdgeLabel(() => ({}));
  const ids = new Set(graph.tasks.map((task) => task.id));
  for (const id of ids) sheet.setNode(id, { width: size.width, height: size.height });
  for (const edge of graph.edges)
    if (ids.has(edge.from) && ids.has(edge.to) && edge.from !== edge.to) sheet.setEdge(edge.from, edge.to);
  dagre.layout(sheet);
  const positions = new Map<string, Point>();
  for (const id of ids) positions.set(id, corner(sheet.node(id) as Point, size));
  return positions;
}

/** corner is the top-left corner (px) of a card around its middle. */
const corner = (middle: Point, size: Size): Point => ({ x: Math.round(middle.x - size.width / 2), y: Math.round(middle.y - size.height / 2) });

/**
 * place finds a free spot for a new node of the editor: below `after` when given, else below everything.
 * Where that is taken, the nearest free place to the right or left of it.
 */
export function place(positions: ReadonlyMap<string, Point>, after: string | null): Point {
  const anchor = after === null ? undefined : positions.get(after);
  const taken = [...positions.values()];
  const spot = anchor
    ? { x: anchor.x, y: anchor.y + RANK_STEP }
    : {
        x: taken[0]?.x ?? 0,
        y: taken.length === 0 ? 0 : Math.max(...taken.map((point) => point.y)) + RANK_STEP,
      };
  const covers = (point: Point) =>
    taken.some(
      (other) =>
        Math.abs(other.x - point.x) < NODE.width + 8 && Math.abs(other.y - point.y) < NODE.height + 8,
    );
  const step = (NODE.width + COLUMN_GAP) / 2;
  for (let away = 0; ; away += step) {
    for (const x of [spot.x + away, spot.x - away]) if (!covers({ x, y: spot.y })) return { x, y: spot.y };
  }
}
