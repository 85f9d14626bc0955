import { whyNotConnect, type DraftSpec, type Problem } from '@/lib/pipeline/index';
import { NOTHING, type CanvasStore } from './canvas-store';
import { copyTasks, pasteText } from './clipboard';
import * as commands from './commands';
import { reach, walk, type Point, type Walk } from './graph';
import * as groups from './groups';
import * as notes from './notes';
import { targetOf } from './problems';
import { labelOf, positionsOf } from './spec-to-flow';
import { plural } from './words';

export type EditorActs = ReturnType<typeof createActs>;

/**
 * createActs binds what people do to one open draft: each is one step of undo and says in a word what it did. `tell` shows a
 * sentence, `focusField` brings the keyboard to a field of the inspector.
 */
export function createActs(
  store: CanvasStore,
  say: { tell: (sentence: string, undo?: () => void) => void; refuse: (sentence: string) => void; focusField: (field: string) => void },
) {
  const get = () => store.getState();
  const one = (): string | null => (get().selection.nodes.length === 1 ? (get().selection.nodes[0] ?? null) : null);
  const task = (id: string) => get().spec.tasks.find((each) => each.id === id);
  const label = (id: string) => {
    const found = task(id);
    return found ? labelOf(found) : id;
  };
  const nodes = (...ids: string[]) => ({ nodes: ids, edge: null });
  const config = (id: string, change: (spec: DraftSpec) => DraftSpec, what: string, gesture: string) => store.edit(what, change(get().spec), { gesture: `${gesture}:${id}` });

  /** The groups that hold selected nodes. */
  const chosenGroups = (): string[] => {
    const chosen = new Set(get().selection.nodes);
    return [...groups.groupsOf(get().spec)].filter(([, members]) => members.some((id) => chosen.has(id))).map(([name]) => name);
  };

  return {
    label,
    selected: one,

    add(kind: string, options: commands.AddOptions = {}) {
      const { spec, id } = commands.addTask(get().spec, kind, options);
      store.edit('Add node', spec, { select: nodes(id) });
      return id;
    },

    refuse: (from: string, to: string) =>
      groups.groupOfNode(from) !== null || groups.groupOfNode(to) !== null
        ? 'An edge goes from one node to another. Unfold the group and draw it there.'
        : whyNotConnect(get().spec, from, to),

    connect(from: string, to: string) {
      const sentence = whyNotConnect(get().spec, from, to);
      if (sentence !== null) say.refuse(sentence);
      else store.edit('Connect', commands.connect(get().spec, from, to));
    },

    insert(id: string, edge: string) {
      const next = commands.insertInto(get().spec, edge, id);
      store.edit('Insert node', next, { select: nodes(id) });
    },

    move(moved: ReadonlyMap<string, Point>) {
      const now = positionsOf(get().spec);
      const changed = [...moved].some(([id, point]) => now.get(id)?.x !== point.x || now.get(id)?.y !== point.y);
      if (changed) store.edit('Move', commands.move(get().spec, moved));
    },

    addNote(at: Point) {
      const { spec, id } = notes.addNote(get().spec, at);
      store.edit('Add note', spec);
      return id;
    },
    changeNote: (id: string, change: Partial<notes.Note>) => store.edit('Edit note', notes.changeNote(get().spec, id, change)),
    removeNote: (id: string) => store.edit('Delete note', notes.removeNote(get().spec, id)),

    tidy: () => store.edit('Tidy up', commands.tidyUp(get().spec)),

    remove() {
      const { spec, selection } = get();
      if (selection.edge !== null) return store.edit('Delete edge', commands.disconnect(spec, selection.edge), { select: NOTHING });
      if (selection.nodes.length === 0) return;
      const [first] = selection.nodes;
      const upstream = spec.edges.find((edge) => edge.to === first && !selection.nodes.includes(edge.from))?.from;
      store.edit('Delete', commands.removeTasks(spec, new Set(selection.nodes)), { select: upstream === undefined ? NOTHING : nodes(upstream) });
      if (selection.nodes.length > 1) say.tell(`Deleted ${plural(selection.nodes.length, 'node')}`, () => store.undo());
    },

    duplicate() {
      const { spec, selection } = get();
      if (selection.nodes.length === 0) return;
      const made = pasteText(spec, copyTasks(spec, selection.nodes), null);
      if (made) store.edit('Duplicate', made.spec, { select: nodes(...made.ids) });
    },

    copy: () => (get().selection.nodes.length > 0 ? copyTasks(get().spec, get().selection.nodes) : null),

    paste(text: string, at?: Point) {
      const made = pasteText(get().spec, text, one(), at);
      if (!made) return say.refuse('The clipboard holds no nodes. Copy nodes in a pipeline, or paste a SQL query.');
      store.edit('Paste', made.spec, { select: nodes(...made.ids) });
    },

    selectAll: () => store.select(nodes(...get().spec.tasks.map((each) => each.id))),

    walk(direction: Walk) {
      const { spec, selection } = get();
      const view = groups.fold(spec, groups.foldedIn(spec));
      const last = selection.nodes.at(-1);
      const next = last === undefined ? (view.spec.tasks[0]?.id ?? null) : walk(view.spec, groups.foldPlaces(view, positionsOf(spec)), view.nodeOf(last), direction);
      if (next !== null) store.select(nodes(...view.tasksOf(next)));
      return next;
    },

    group() {
      const { spec, selection } = get();
      if (selection.nodes.length === 0) return say.refuse('Select the nodes first that are to be a group.');
      store.edit('Group', groups.makeGroup(spec, selection.nodes).spec);
      say.focusField(selection.nodes.length > 1 ? 'groupName' : 'group');
    },

    /** renameGroup gives back the name that the group has afterwards. */
    renameGroup(name: string, wished: string): string {
      const to = wished.trim().slice(0, 100);
      if (to === '' || to === name) return name;
      if (groups.groupsOf(get().spec).has(to)) {
        say.refuse(`There is a group “${to}” already.`);
        return name;
      }
      store.edit('Rename group', groups.renameGroup(get().spec, name, to));
      return to;
    },

    ungroup() {
      const names = chosenGroups();
      if (names.length === 0) return say.refuse('The selected nodes are in no group.');
      store.edit('Ungroup', names.reduce(groups.ungroup, get().spec));
    },

    /** setFolded folds a group or unfolds it; its nodes are selected then. */
    setFolded(name: string, folded: boolean) {
      const { spec } = get();
      store.edit(folded ? 'Fold' : 'Unfold', groups.setFolded(spec, name, folded), { select: nodes(...(groups.groupsOf(spec).get(name) ?? [])) });
    },

    fold() {
      const names = chosenGroups();
      const [first] = names;
      if (first === undefined) return say.refuse('The selected nodes are in no group. G makes one.');
      const { spec } = get();
      const folded = !groups.foldedIn(spec).has(first);
      const members = groups.groupsOf(spec);
      store.edit(folded ? 'Fold' : 'Unfold', names.reduce((now, name) => groups.setFolded(now, name, folded), spec), { select: nodes(...names.flatMap((name) => members.get(name) ?? [])) });
    },

    selectGroup: (name: string) => store.select(nodes(...(groups.groupsOf(get().spec).get(name) ?? []))),

    selectReach(direction: 'upstream' | 'downstream') {
      const { spec, selection } = get();
      const met = new Set(selection.nodes);
      for (const id of selection.nodes) for (const other of reach(spec, id, direction)) met.add(other);
      store.select(nodes(...met));
    },

    rename(id: string, name: string) {
      const { spec, id: next } = commands.rename(get().spec, id, name);
      store.edit('Rename', spec, { select: nodes(next) });
    },

    setId(id: string, next: string) {
      if (next === id) return;
      if (get().spec.tasks.some((each) => each.id === next)) return say.refuse(`Another node has the id “${next}” already. Ids are the names of tables, so each is used once.`);
      store.edit('Change id', commands.setId(get().spec, id, next), { select: nodes(next) });
    },

    setConfig: (id: string, name: string, value: unknown) => config(id, (spec) => commands.setConfig(spec, id, name, value), 'Edit', name),
    setTask: (id: string, change: Record<string, unknown>) => config(id, (spec) => commands.setTask(spec, id, change), 'Edit', Object.keys(change).join(',')),
    setEdge: (id: string, change: Record<string, unknown>) => config(id, (spec) => commands.setEdge(spec, id, change), 'Edit edge', Object.keys(change).join(',')),
    setPipeline: (change: Partial<Pick<DraftSpec, 'params' | 'triggers' | 'settings'>>) => config('pipeline', (spec) => ({ ...spec, ...change }), 'Edit pipeline', Object.keys(change).join(',')),

    jump(problem: Problem) {
      const target = targetOf(get().spec, problem);
      store.select(target.selection);
      store.setState({ inspectorTab: target.tab });
      say.focusField(target.field);
    },
  };
}
