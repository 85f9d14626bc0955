import { type Plan, type PlannedTask } from './plan';
import { TRIGGER_RULES, type DraftSpec, type TriggerRule } from './spec';
import { stallPolicyOf } from './stalled';

type Graph = { upstream: number[][]; downstream: number[][] };

/**
 * compile turns a spec into the engine's plan: tasks in topological order (ties: as they stand in the spec), links by
 * ordinal, effective priorities. Only the spec's frame is relied on, so a valid try of a half-finished draft compiles too.
 * @throws Error when the edges form a cycle or name a task that is not there: validate() says so with paths first.
 */
export function compile(spec: DraftSpec): Plan {
  const order = topologicalOrder(spec);
  const ordinalOf = new Map(order.map((at, ordinal) => [spec.tasks[at]?.id ?? '', ordinal]));
  const graph = linkedByOrdinal(spec, ordinalOf);
  const priorities = effectivePriorities(spec, order, graph);
  const tasks = order.map((at, ordinal): PlannedTask => {
    const task = spec.tasks[at];
    if (!task) throw new Error(`There is no task at ${at}.`);
    const when = typeof task.when === 'string' && task.when.trim() !== '' ? task.when : null;
    const upstream = graph.upstream[ordinal] ?? [];
    const afterBranch = upstream.some((up) => spec.tasks[order[up] ?? -1]?.kind === 'branch');
    return {
      ordinal,
      taskId: task.id,
      kind: task.kind,
      triggerRule: triggerRuleOf(task.triggerRule),
      when,
      latestOnly: task.latestOnly === true,
      decides: when !== null || afterBranch || task.latestOnly === true,
      map: isObject(task.map) ? { maxParallel: positiveOrNull((task.map as { maxParallel?: unknown }).maxParallel) } : null,
      failureAllowed: task.failureAllowed === true,
      handlesFailures: task.handlesFailures === true,
      upstream,
      downstream: graph.downstream[ordinal] ?? [],
      priority: priorities[ordinal] ?? 0,
      pool: typeof task.pool === 'string' ? task.pool : null,
      poolSlots: positive(task.poolSlots, 1),
      workerTags: Array.isArray(task.workerTags)
        ? task.workerTags.filter((tag) => typeof tag === 'string')
        : [],
      queueTimeoutSeconds: typeof task.queueTimeoutSeconds === 'number' && task.queueTimeoutSeconds > 0 ? task.queueTimeoutSeconds : null,
      stalled: stallPolicyOf(task),
    };
  });
  return { tasks };
}

/**
 * topologicalOrder gives indexes into spec.tasks such that every edge points forward. Among tasks that may stand next the
 * one written first wins, so the order is stable under everything but a change of edges.
 * @throws Error naming one cycle.
 */
export function topologicalOrder(spec: Pick<DraftSpec, 'tasks' | 'edges'>): number[] {
  const indexOf = new Map(spec.tasks.map((task, at) => [task.id, at]));
  const waitsFor = new Array<number>(spec.tasks.length).fill(0);
  const next = spec.tasks.map((): number[] => []);
  for (const [from, to] of distinctEdges(spec, indexOf)) {
    next[from]?.push(to);
    waitsFor[to] = (waitsFor[to] ?? 0) + 1;
  }
  const heap = new MinHeap();
  waitsFor.forEach((count, at) => count === 0 && heap.push(at));
  const order: number[] = [];
  for (let at = heap.pop(); at !== undefined; at = heap.pop()) {
    order.push(at);
    for (const to of next[at] ?? []) {
      const left = (waitsFor[to] ?? 0) - 1;
      waitsFor[to] = left;
      if (left === 0) heap.push(to);
    }
  }
  if (order.length < spec.tasks.length)
    throw new Error(`The tasks ${findCycle(spec)?.join(' → ') ?? ''} wait for each other.`);
  return order;
}

/** findCycle returns the ids along one cycle, first repeated last, or undefined when there is none. */
export function findCycle(spec: Pick<DraftSpec, 'tasks' | 'edges'>): string[] | undefined {
  const next = new Map<string, string[]>();
  for (const edge of spec.edges) {
    const list = next.get(edge.from);
    if (list) list.push(edge.to);
    else next.set(edge.from, [edge.to]);
  }
  const state = new Map<string, 'open' | 'done'>();
  for (const task of spec.tasks) {
    if (state.has(task.id)) continue;
    const path: { id: string; at: number }[] = [{ id: task.id, at: 0 }];
    state.set(task.id, 'open');
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const to = next.get(top.id)?.[top.at++];
      if (to === undefined) {
        state.set(top.id, 'done');
        path.pop();
      } else if (state.get(to) === 'open') {
        const ids = path.map((step) => step.id);
        return [...ids.slice(ids.indexOf(to)), to];
      } else if (!state.has(to)) {
        state.set(to, 'open');
        path.push({ id: to, at: 0 });
      }
    }
  }
  return undefined;
}

function distinctEdges(
  spec: Pick<DraftSpec, 'tasks' | 'edges'>,
  indexOf: Map<string, number>,
): [number, number][] {
  const seen = new Set<number>();
  const edges: [number, number][] = [];
  for (const edge of spec.edges) {
    const from = indexOf.get(edge.from);
    const to = indexOf.get(edge.to);
    if (from === undefined || to === undefined)
      throw new Error(`The edge ${edge.from} → ${edge.to} names a task that is not there.`);
    const key = from * spec.tasks.length + to;
    if (seen.has(key)) continue;
    seen.add(key);
    edges.push([from, to]);
  }
  return edges;
}

function linkedByOrdinal(spec: DraftSpec, ordinalOf: Map<string, number>): Graph {
  const graph: Graph = { upstream: spec.tasks.map(() => []), downstream: spec.tasks.map(() => []) };
  for (const [from, to] of distinctEdges(spec, ordinalOf)) {
    graph.upstream[to]?.push(from);
    graph.downstream[from]?.push(to);
  }
  for (const list of [...graph.upstream, ...graph.downstream]) list.sort((a, b) => a - b);
  return graph;
}

/**
 * effectivePriorities follows Airflow's weight rules: a task's own priority (1 unless set) plus that of all tasks after it
 * (downstream, the default), before it (upstream), or nothing (absolute). Every relative counts once.
 */
function effectivePriorities(spec: DraftSpec, order: number[], graph: Graph): number[] {
  const own = order.map((at) => integer(spec.tasks[at]?.priority, 1));
  const rule = spec.settings.weightRule;
  if (rule === 'absolute') return own;
  const next = rule === 'upstream' ? graph.upstream : graph.downstream;
  const count = order.length;
  const words = Math.ceil(count / 32);
  const reached = new Uint32Array(words * count);
  const result = new Array<number>(count).fill(0);
  for (let step = 0; step < count; step++) {
    const at = rule === 'upstream' ? step : count - 1 - step;
    const base = at * words;
    for (const to of next[at] ?? []) {
      for (let word = 0; word < words; word++) reached[base + word]! |= reached[to * words + word]!;
      reached[base + (to >>> 5)]! |= 1 << (to & 31);
    }
    let sum = own[at] ?? 0;
    for (let word = 0; word < words; word++) {
      let bits = reached[base + word]!;
      while (bits !== 0) {
        sum += own[word * 32 + (31 - Math.clz32(bits & -bits))] ?? 0;
        bits &= bits - 1;
      }
    }
    result[at] = Math.max(-2_147_483_648, Math.min(2_147_483_647, sum));
  }
  return result;
}

const triggerRuleOf = (value: unknown): TriggerRule =>
  typeof value === 'string' && (TRIGGER_RULES as readonly string[]).includes(value)
    ? (value as TriggerRule)
    : 'all_success';
const integer = (value: unknown, otherwise: number): number =>
  Number.isInteger(value) ? (value as number) : otherwise;
const positive = (value: unknown, otherwise: number): number => Math.max(1, integer(value, otherwise));
const positiveOrNull = (value: unknown): number | null => (Number.isInteger(value) && (value as number) > 0 ? (value as number) : null);
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** Smallest number first. */
class MinHeap {
  private readonly items: number[] = [];

  push(item: number): void {
    const items = this.items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (items[parent]! <= item) break;
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = item;
  }

  pop(): number | undefined {
    const items = this.items;
    const top = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && items[child + 1]! < items[child]!) child++;
      if (items[child]! >= last) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = last;
    return top;
  }
}
