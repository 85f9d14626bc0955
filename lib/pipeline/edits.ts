import { renameInTask, mentionsTable } from './rename';
import { type DraftEdge, type DraftSpec, type DraftTask, type Layout } from './spec';

export type Position = { x: number; y: number };
export type FieldPath = (string | number)[];

/** SpecEdit is one change to a draft, as data. `all` makes several one step of undo. */
export type SpecEdit =
  | { type: 'addTasks'; tasks: DraftTask[]; edges?: DraftEdge[]; positions?: Record<string, Position> }
  | { type: 'removeTasks'; ids: string[] }
  | { type: 'renameTask'; id: string; to: string }
  /** value undefined removes the field; a path like ['config', 'sql'] */
  | { type: 'setTaskField'; id: string; path: FieldPath; value: unknown }
  | { type: 'connect'; edge: DraftEdge }
  | { type: 'disconnect'; edges: { from: string; to: string }[] }
  | { type: 'setEdgeField'; from: string; to: string; path: FieldPath; value: unknown }
  /** puts a new task between two connected ones */
  | { type: 'insertOnEdge'; from: string; to: string; task: DraftTask; position?: Position }
  /** a path from the top: ['params'], ['triggers', 0, 'cron'], ['settings', 'lane'] */
  | { type: 'setSpecField'; path: FieldPath; value: unknown }
  | { type: 'moveNodes'; positions: Record<string, Position> }
  | { type: 'setLayout'; layout: Layout }
  | { type: 'restore'; parts: Partial<DraftSpec> }
  | { type: 'all'; edits: SpecEdit[] };

/**
 * applyEdit makes the changed spec; what did not change is shared with the old one. An edit that would break the graph (see
 * whyNotConnect) or names a task that is gone leaves the spec as it is.
 */
export function applyEdit(spec: DraftSpec, edit: SpecEdit): DraftSpec {
  switch (edit.type) {
    case 'addTasks': {
      const taken = new Set(spec.tasks.map((task) => task.id));
      const added = edit.tasks.filter((task) => !taken.has(task.id));
      const grown: DraftSpec = {
        ...spec,
        tasks: [...spec.tasks, ...added],
        layout: { ...spec.layout, nodes: { ...spec.layout.nodes, ...edit.positions } },
      };
      return (edit.edges ?? []).reduce((made, edge) => applyEdit(made, { type: 'connect', edge }), grown);
    }
    case 'removeTasks':
      return removeTasks(spec, new Set(edit.ids));
    case 'renameTask':
      return renameTask(spec, edit.id, edit.to);
    case 'setTaskField':
      return mapTask(spec, edit.id, (task) => setAt(task, edit.path, edit.value) as DraftTask);
    case 'connect':
      return whyNotConnect(spec, edit.edge.from, edit.edge.to) === null
        ? { ...spec, edges: [...spec.edges, edit.edge] }
        : spec;
    case 'disconnect': {
      const gone = new Set(edit.edges.map((edge) => `${edge.from}\n${edge.to}`));
      return { ...spec, edges: spec.edges.filter((edge) => !gone.has(`${edge.from}\n${edge.to}`)) };
    }
    case 'setEdgeField':
      return {
        ...spec,
        edges: spec.edges.map((edge) =>
          edge.from === edit.from && edge.to === edit.to
            ? (setAt(edge, edit.path, edit.value) as DraftEdge)
            : edge,
        ),
      };
    case 'insertOnEdge':
      return insertOnEdge(spec, edit);
    case 'setSpecField':
      return setAt(spec, edit.path, edit.value) as DraftSpec;
    case 'moveNodes':
      return { ...spec, layout: { ...spec.layout, nodes: { ...spec.layout.nodes, ...edit.positions } } };
    case 'setLayout':
      return { ...spec, layout: edit.layout };
    case 'restore':
      return { ...spec, ...edit.parts };
    case 'all':
      return edit.edits.reduce(applyEdit, spec);
  }
}

/** invertEdit gives the edit that takes `edit` back: it restores the parts of the spec that it changes. */
export function invertEdit(spec: DraftSpec, edit: SpecEdit): SpecEdit {
  const after = applyEdit(spec, edit);
  const parts = Object.fromEntries(Object.entries(spec).filter(([key, value]) => after[key] !== value));
  return { type: 'restore', parts };
}

/** whyNotConnect says in a sentence why an edge may not be drawn, or null when it may. */
export function whyNotConnect(
  spec: Pick<DraftSpec, 'tasks' | 'edges'>,
  from: string,
  to: string,
): string | null {
  const name = (id: string) => {
    const task = spec.tasks.find((each) => each.id === id);
    return `"${task?.name ?? id}"`;
  };
  if (from === to) return 'A task cannot wait for itself.';
  for (const id of [from, to])
    if (!spec.tasks.some((task) => task.id === id)) return `There is no task "${id}" any more.`;
  if (spec.edges.some((edge) => edge.from === from && edge.to === to))
    return `${name(from)} and ${name(to)} are already connected.`;
  if (reaches(spec, to, from))
    return `This would make a cycle: ${name(to)} already comes before ${name(from)}.`;
  return null;
}

/** reaches tells whether a path of edges leads from one task to another. */
export function reaches(spec: Pick<DraftSpec, 'edges'>, from: string, to: string): boolean {
  const next = new Map<string, string[]>();
  for (const edge of spec.edges) next.set(edge.from, [...(next.get(edge.from) ?? []), edge.to]);
  const seen = new Set([from]);
  const open = [from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === to) return true;
    for (const after of next.get(id) ?? [])
      if (!seen.has(after)) {
        seen.add(after);
        open.push(after);
      }
  }
  return false;
}

/** freshId makes an id that is not taken, from any text: "Late flights" → late_flights, late_flights_2 … */
export function freshId(taken: Iterable<string>, text: string): string {
  const used = new Set(taken);
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '')
    .slice(0, 56);
  const base = plain === '' ? 'task' : plain;
  if (!used.has(base)) return base;
  const stem = base.replace(/_\d+$/, '');
  for (let n = 2; ; n++) if (!used.has(`${stem}_${n}`)) return `${stem}_${n}`;
}

/** What is on the clipboard: some tasks with the edges among them and where they stood. */
export type Clipping = { tasks: DraftTask[]; edges: DraftEdge[]; positions: Record<string, Position> };

/** clip copies tasks out of a spec. */
export function clip(spec: DraftSpec, ids: string[]): Clipping {
  const chosen = new Set(ids);
  return {
    tasks: spec.tasks.filter((task) => chosen.has(task.id)),
    edges: spec.edges.filter((edge) => chosen.has(edge.from) && chosen.has(edge.to)),
    positions: Object.fromEntries(Object.entries(spec.layout.nodes ?? {}).filter(([id]) => chosen.has(id))),
  };
}

/**
 * pasteEdit makes the edit that adds a clipping under fresh ids, moved by an offset in canvas pixels. References among the
 * pasted tasks follow; those to tasks that are not in the clipping stay.
 */
export function pasteEdit(
  spec: DraftSpec,
  clipping: Clipping,
  offset: Position,
): { edit: SpecEdit; ids: string[] } {
  const taken = new Set(spec.tasks.map((task) => task.id));
  const renamed = new Map<string, string>();
  for (const task of clipping.tasks) {
    const id = freshId(taken, task.id);
    taken.add(id);
    renamed.set(task.id, id);
  }
  const to = (id: string) => renamed.get(id) ?? id;
  const changed = [...renamed].filter(([from, id]) => from !== id);
  const tasks = clipping.tasks.map((task) =>
    changed.reduce((made, [from, id]) => renameInTask(made, from, id), { ...task, id: to(task.id) }),
  );
  const edges = clipping.edges.map((edge) => {
    const keepsName = edge.as === undefined && edge.data !== false && to(edge.from) !== edge.from;
    return {
      ...edge,
      from: to(edge.from),
      to: to(edge.to),
      ...(keepsName && clipping.tasks.some((task) => mentionsTable(task, edge.from))
        ? { as: edge.from }
        : {}),
    };
  });
  const positions = Object.fromEntries(
    Object.entries(clipping.positions).map(([id, at]) => [
      to(id),
      { x: at.x + offset.x, y: at.y + offset.y },
    ]),
  );
  return { edit: { type: 'addTasks', tasks, edges, positions }, ids: tasks.map((task) => task.id) };
}

function removeTasks(spec: DraftSpec, gone: Set<string>): DraftSpec {
  const nodes = Object.fromEntries(Object.entries(spec.layout.nodes ?? {}).filter(([id]) => !gone.has(id)));
  return {
    ...spec,
    tasks: spec.tasks
      .filter((task) => !gone.has(task.id))
      .map((task) => (task.kind === 'branch' ? withoutTaken(task, gone) : task)),
    edges: spec.edges.filter((edge) => !gone.has(edge.from) && !gone.has(edge.to)),
    layout: { ...spec.layout, nodes },
  };
}

function withoutTaken(task: DraftTask, gone: Set<string>): DraftTask {
  const keep = (ids: unknown) => (Array.isArray(ids) ? ids.filter((id) => !gone.has(String(id))) : ids);
  const cases = Array.isArray(task.config.cases)
    ? (task.config.cases as { take?: unknown }[]).map((each) => ({ ...each, take: keep(each.take) }))
    : task.config.cases;
  return {
    ...task,
    config: {
      ...task.config,
      cases,
      ...('otherwise' in task.config ? { otherwise: keep(task.config.otherwise) } : {}),
    },
  };
}

/** A rename keeps what the pipeline does: expressions and branches follow, and where code names the table the edge gets `as`. */
function renameTask(spec: DraftSpec, id: string, to: string): DraftSpec {
  if (id === to || spec.tasks.some((task) => task.id === to) || !spec.tasks.some((task) => task.id === id))
    return spec;
  const mentioned = spec.tasks.some((task) => task.id !== id && mentionsTable(task, id));
  const nodes = Object.fromEntries(
    Object.entries(spec.layout.nodes ?? {}).map(([key, at]) => [key === id ? to : key, at]),
  );
  return {
    ...spec,
    tasks: spec.tasks.map((task) => renameInTask(task.id === id ? { ...task, id: to } : task, id, to)),
    edges: spec.edges.map((edge) => {
      if (edge.from === id)
        return {
          ...edge,
          from: to,
          ...(mentioned && edge.as === undefined && edge.data !== false ? { as: id } : {}),
        };
      return edge.to === id ? { ...edge, to } : edge;
    }),
    layout: { ...spec.layout, nodes },
  };
}

function insertOnEdge(spec: DraftSpec, edit: Extract<SpecEdit, { type: 'insertOnEdge' }>): DraftSpec {
  const old = spec.edges.find((edge) => edge.from === edit.from && edge.to === edit.to);
  if (!old || spec.tasks.some((task) => task.id === edit.task.id)) return spec;
  const cut = applyEdit(spec, { type: 'disconnect', edges: [old] });
  return applyEdit(cut, {
    type: 'addTasks',
    tasks: [edit.task],
    edges: [
      { from: edit.from, to: edit.task.id },
      { ...old, from: edit.task.id },
    ],
    ...(edit.position ? { positions: { [edit.task.id]: edit.position } } : {}),
  });
}

function mapTask(spec: DraftSpec, id: string, change: (task: DraftTask) => DraftTask): DraftSpec {
  return { ...spec, tasks: spec.tasks.map((task) => (task.id === id ? change(task) : task)) };
}

/** setAt copies along a path and sets or, for undefined, removes what is at its end. */
function setAt(value: unknown, path: FieldPath, next: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return next;
  if (typeof key === 'number') {
    const items: unknown[] = Array.isArray(value) ? [...(value as unknown[])] : [];
    if (rest.length === 0 && next === undefined) items.splice(key, 1);
    else items[key] = setAt(items[key], rest, next);
    return items;
  }
  const members: Record<string, unknown> =
    typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  const made = setAt(members[key], rest, next);
  if (made === undefined) delete members[key];
  else members[key] = made;
  return members;
}
