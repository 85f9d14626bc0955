/** Questions about the drawn graph that need no layout and no React: pure, over tasks and edges alone. */
export type GraphEdge = { from: string; to: string };
export type Graph = { tasks: readonly { id: string }[]; edges: readonly GraphEdge[] };
export type Point = { x: number; y: number };
export type Walk = 'up' | 'down' | 'left' | 'right';

/** upstreamOf lists the ids with an edge into `id`, in the order of the edges. */
export const upstreamOf = (graph: Graph, id: string): string[] =>
  graph.edges.filter((edge) => edge.to === id).map((edge) => edge.from);

/** downstreamOf lists the ids that `id` has an edge to, in the order of the edges. */
export const downstreamOf = (graph: Graph, id: string): string[] =>
  graph.edges.filter((edge) => edge.from === id).map((edge) => edge.to);

/** reach follows edges from `start` and returns every id met, without `start` itself unless a cycle leads back. */
export function reach(graph: Graph, start: string, direction: 'upstream' | 'downstream'): Set<string> {
  const next = new Map<string, string[]>();
  for (const edge of graph.edges) {
    const [key, value] = direction === 'downstream' ? [edge.from, edge.to] : [edge.to, edge.from];
    const list = next.get(key);
    if (list) list.push(value);
    else next.set(key, [value]);
  }
  const met = new Set<string>();
  const waiting = [...(next.get(start) ?? [])];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (met.has(id)) continue;
    met.add(id);
    waiting.push(...(next.get(id) ?? []));
  }
  return met;
}

/**
 * walk finds the node that an arrow key leads to: up and down follow edges (the nearest in x), left and right the nearest
 * node beside it. Null when there is none.
 */
export function walk(
  graph: Graph,
  positions: ReadonlyMap<string, Point>,
  id: string,
  direction: Walk,
): string | null {
  const here = positions.get(id);
  if (!here) return graph.tasks[0]?.id ?? null;
  const nearest = (ids: string[], cost: (point: Point) => number): string | null => {
    let best: string | null = null;
    let least = Infinity;
    for (const other of ids) {
      const point = positions.get(other);
      if (!point || other === id) continue;
      const value = cost(point);
      if (value < least) [best, least] = [other, value];
    }
    return best;
  };
  if (direction === 'up' || direction === 'down') {
    const linked = direction === 'up' ? upstreamOf(graph, id) : downstreamOf(graph, id);
    return nearest(linked, (point) => Math.abs(point.x - here.x) + Math.abs(point.y - here.y) / 4);
  }
  const side = graph.tasks
    .map((task) => task.id)
    .filter((other) => {
      const point = positions.get(other);
      return point !== undefined && (direction === 'left' ? point.x < here.x : point.x > here.x);
    });
  return nearest(side, (point) => Math.abs(point.x - here.x) + 3 * Math.abs(point.y - here.y));
}

export type OutlineRow = { id: string; depth: number; first: boolean; alsoAfter: string[] };

/**
 * outline writes the graph as a tree: each task once, under the upstream that is written last before it, in an order where
 * every task comes after all its upstreams. Tasks inside a circle come last, flat.
 */
export function outline(graph: Graph): OutlineRow[] {
  const ids = new Set(graph.tasks.map((task) => task.id));
  const edges = graph.edges.filter((edge) => ids.has(edge.from) && ids.has(edge.to));
  const missing = new Map(graph.tasks.map((task) => [task.id, 0]));
  const after = new Map<string, string[]>();
  for (const edge of edges) {
    missing.set(edge.to, (missing.get(edge.to) ?? 0) + 1);
    after.set(edge.from, [...(after.get(edge.from) ?? []), edge.to]);
  }
  const rows: OutlineRow[] = [];
  const written = new Set<string>();
  const write = (start: string, startDepth: number) => {
    const stack = [{ id: start, depth: startDepth, parent: null as string | null }];
    for (let item = stack.pop(); item; item = stack.pop()) {
      const { id, depth, parent } = item;
      if (written.has(id)) continue;
      written.add(id);
      rows.push({
        id,
        depth,
        first: parent === null,
        alsoAfter: edges.filter((edge) => edge.to === id && edge.from !== parent).map((edge) => edge.from),
      });
      const ready: string[] = [];
      for (const next of after.get(id) ?? []) {
        const left = (missing.get(next) ?? 1) - 1;
        missing.set(next, left);
        if (left === 0) ready.push(next);
      }
      for (const next of ready.reverse()) stack.push({ id: next, depth: depth + 1, parent: id });
    }
  };
  for (const task of graph.tasks) if (!edges.some((edge) => edge.to === task.id)) write(task.id, 0);
  for (const task of graph.tasks) {
    if (written.has(task.id)) continue;
    written.add(task.id);
    rows.push({
      id: task.id,
      depth: 0,
      first: true,
      alsoAfter: edges.filter((e) => e.to === task.id).map((e) => e.from),
    });
  }
  return rows;
}
