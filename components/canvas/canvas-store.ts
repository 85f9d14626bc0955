import { createStore, type StoreApi } from 'zustand/vanilla';
import type { DraftSpec, Problem } from '@/lib/pipeline/index';
import { edgeId, type Selection } from './spec-to-flow';

/** What the server has of this draft, as far as it told us. */
export type SaveState =
  | { status: 'saved'; at: number | null }
  | { status: 'unsaved' }
  | { status: 'saving' }
  | { status: 'offline'; sentence: string }
  | { status: 'refused'; sentence: string }
  | { status: 'conflict'; theirs: { revision: number; spec: DraftSpec; by?: string } };

export type Panel = 'canvas' | 'outline' | 'spec';
export type DrawerTab = 'preview' | 'problems' | 'log';
export type InspectorTab = 'form' | 'code' | 'checks' | 'run';

/** One step of undo: a gesture (a drag, a paste, a burst of typing), whatever it touched. */
type Step = { label: string; before: DraftSpec; selection: Selection; gesture: string | null; at: number };

export type CanvasState = {
  spec: DraftSpec;
  selection: Selection;
  panel: Panel;
  drawer: DrawerTab | null;
  inspectorTab: InspectorTab;
  undo: readonly Step[];
  redo: readonly Step[];
  /** the draft revision that the server acknowledged last */
  revision: number;
  /** the spec of that revision */
  acknowledged: DraftSpec;
  save: SaveState;
  problems: readonly Problem[];
};

const TYPING_MS = 1500;
const DEPTH = 200;
export const NOTHING: Selection = { nodes: [], edge: null };

export type CanvasStore = ReturnType<typeof createCanvasStore>;

/** createCanvasStore holds one open draft: the document, what is chosen, undo per gesture, and what the server has of it. */
export function createCanvasStore(initial: { spec: DraftSpec; revision: number; panel?: Panel; savedAt?: number | null; problems?: readonly Problem[] }) {
  const store: StoreApi<CanvasState> = createStore<CanvasState>(() => ({
    spec: initial.spec,
    selection: NOTHING,
    panel: initial.panel ?? 'canvas',
    drawer: null,
    inspectorTab: 'form',
    undo: [],
    redo: [],
    revision: initial.revision,
    acknowledged: initial.spec,
    save: { status: 'saved', at: initial.savedAt ?? null },
    problems: initial.problems ?? [],
  }));
  const { getState: get, setState: set } = store;

  /** keep only chosen things that still exist */
  const valid = (spec: DraftSpec, selection: Selection): Selection => {
    const ids = new Set(spec.tasks.map((task) => task.id));
    const nodes = selection.nodes.filter((id) => ids.has(id));
    const edge = selection.edge !== null && spec.edges.some((each) => edgeId(each) === selection.edge) ? selection.edge : null;
    return nodes.length === selection.nodes.length && edge === selection.edge ? selection : { nodes, edge };
  };

  return {
    ...store,

    /**
     * edit makes one change of the document. Edits with the same `gesture` within 1.5 s are one step of undo.
     * @param now milliseconds
     */
    edit(label: string, next: DraftSpec, options: { select?: Selection; gesture?: string; now?: number } = {}) {
      const state = get();
      if (next === state.spec) return;
      const now = options.now ?? Date.now();
      const last = state.undo.at(-1);
      const joined = options.gesture !== undefined && last?.gesture === options.gesture && now - last.at < TYPING_MS && state.redo.length === 0;
      const step: Step = joined
        ? { ...last, at: now }
        : { label, before: state.spec, selection: state.selection, gesture: options.gesture ?? null, at: now };
      set({
        spec: next,
        selection: valid(next, options.select ?? state.selection),
        undo: [...(joined ? state.undo.slice(0, -1) : state.undo.slice(-DEPTH + 1)), step],
        redo: [],
        save: state.save.status === 'conflict' ? state.save : { status: 'unsaved' },
      });
    },

    /** undo takes the last gesture back; false when there is none. */
    undo(): boolean {
      const state = get();
      const step = state.undo.at(-1);
      if (!step) return false;
      set({
        spec: step.before,
        selection: valid(step.before, step.selection),
        undo: state.undo.slice(0, -1),
        redo: [...state.redo, { ...step, before: state.spec, selection: state.selection }],
        save: state.save.status === 'conflict' ? state.save : { status: 'unsaved' },
      });
      return true;
    },

    /** redo makes the gesture again that was taken back last; false when there is none. */
    redo(): boolean {
      const state = get();
      const step = state.redo.at(-1);
      if (!step) return false;
      set({
        spec: step.before,
        selection: valid(step.before, step.selection),
        undo: [...state.undo, { ...step, before: state.spec, selection: state.selection, gesture: null }],
        redo: state.redo.slice(0, -1),
        save: state.save.status === 'conflict' ? state.save : { status: 'unsaved' },
      });
      return true;
    },

    /** select chooses nodes or an edge; no part of undo. */
    select(selection: Selection) {
      const before = get().selection;
      if (before.edge === selection.edge && before.nodes.length === selection.nodes.length && before.nodes.every((id, i) => id === selection.nodes[i])) return;
      set({ selection });
    },

    /** acknowledge notes that the server has `spec` as `revision`; what was edited meanwhile stays unsaved. */
    acknowledge(spec: DraftSpec, revision: number, at: number) {
      const state = get();
      set({ revision, acknowledged: spec, save: state.spec === spec ? { status: 'saved', at } : { status: 'unsaved' } });
    },

    /** keepMine goes on with this document on top of the other revision. */
    keepMine() {
      const { save } = get();
      if (save.status === 'conflict') set({ revision: save.theirs.revision, acknowledged: save.theirs.spec, save: { status: 'unsaved' } });
    },

    /** takeTheirs shows the other revision; this document is one undo away. */
    takeTheirs(now: number) {
      const state = get();
      if (state.save.status !== 'conflict') return;
      const { theirs } = state.save;
      const step: Step = { label: 'Take the other version', before: state.spec, selection: state.selection, gesture: null, at: now };
      set({
        spec: theirs.spec,
        acknowledged: theirs.spec,
        revision: theirs.revision,
        selection: NOTHING,
        undo: [...state.undo, step],
        redo: [],
        save: { status: 'saved', at: now },
      });
    },
  };
}
