'use client';

import { useCallback, useEffect, useMemo, useRef, useState, type ClipboardEvent, type KeyboardEvent, type RefObject } from 'react';
import { toast } from '@/components/ui/toast';
import { nodeDefinition } from '@/lib/pipeline/index';
import { Canvas, nodesOf, type CanvasHandle } from './canvas';
import { NOTHING } from './canvas-store';
import { useDraft, useEditor } from './editor-context';
import { downstreamOf, upstreamOf, type Point } from './graph';
import { FoldContext, GroupFrames } from './group-card';
import { chosenTasks, drawnSelection, fold, foldedIn, foldPlaces, framesOf, groupOfNode, movedTasks } from './groups';
import { actOf, type Act } from './keys';
import { lookOf } from './nodes/table';
import { notesOf } from './notes';
import { NotesLayer } from './notes-layer';
import { OutlineView } from './outline';
import { searchPalette } from './palette-entries';
import { Picker, type Choice } from './picker';
import { positionsOf } from './spec-to-flow';
import { useInBrowser } from './use-in-browser';

/** What is opened over the canvas: a list to add, to connect, or to find a node; or the box to rename one. */
export type Overlay =
  | { kind: 'add'; after: string | null; edge: string | null; at?: Point; screen?: Point }
  | { kind: 'connect'; from: string }
  | { kind: 'search' }
  | { kind: 'rename'; id: string };

/**
 * CanvasArea is the middle of the editor: canvas or outline, with its keyboard, clipboard and the small lists that keys open.
 */
export function CanvasArea({
  performRef,
  overlay,
  setOverlay,
  onTry,
  onForm,
}: {
  /** lets the command palette do what the keys do */
  performRef: RefObject<(act: Act) => void>;
  overlay: Overlay | null;
  setOverlay: (overlay: Overlay | null) => void;
  onTry: (taskId: string, upTo: boolean) => void;
  /** brings the keyboard to the inspector */
  onForm: () => void;
}) {
  const { store, acts, readOnly } = useEditor();
  const spec = useDraft((state) => state.spec);
  const selection = useDraft((state) => state.selection);
  const panel = useDraft((state) => state.panel);
  // who may not change the draft folds for themselves alone
  const [ownFolds, setOwnFolds] = useState<ReadonlyMap<string, boolean>>(new Map());
  const positions = useMemo(() => positionsOf(spec), [spec]);
  const drawing = useMemo(() => {
    const folded = foldedIn(spec, ownFolds);
    const view = fold(spec, folded);
    return { view, positions: foldPlaces(view, positions), frames: framesOf(spec, positions, folded) };
  }, [spec, positions, ownFolds]);
  const lit = useMemo(() => drawnSelection(drawing.view, selection), [drawing, selection]);
  const setFolded = useCallback(
    (name: string, folded: boolean) => {
      if (readOnly) setOwnFolds((now) => new Map(now).set(name, folded));
      else acts.setFolded(name, folded);
      area.current?.focus({ preventScroll: true });
    },
    [acts, readOnly],
  );
  const look = (id: string) => canvas.current?.look(drawing.view.nodeOf(id));
  const canvas = useRef<CanvasHandle>(null);
  const [freshNote, setFreshNote] = useState<string | null>(null);
  const noteActs = useMemo(() => ({ change: acts.changeNote, remove: acts.removeNote }), [acts]);
  const inBrowser = useInBrowser();
  const area = useRef<HTMLDivElement>(null);

  const close = () => {
    setOverlay(null);
    focusArea();
  };
  const focusArea = () => {
    const row = area.current?.querySelector<HTMLElement>('[role="treeitem"][tabindex="0"]');
    (row ?? area.current)?.focus({ preventScroll: true });
  };
  const add = (kind: string) => {
    const request = overlay?.kind === 'add' ? overlay : { after: acts.selected(), edge: null, at: undefined };
    const id = acts.add(kind, { after: request.after, edge: request.edge, ...(request.at ? { at: request.at } : spec.tasks.length === 0 && canvas.current ? { at: canvas.current.middle() } : {}) });
    setOverlay(null);
    focusArea();
    requestAnimationFrame(() => look(id));
  };

  const perform = (act: Act): boolean => {
    const one = acts.selected();
    const edge = store.getState().selection.edge;
    switch (act) {
      case 'up':
      case 'down':
      case 'left':
      case 'right': {
        const next = acts.walk(act);
        if (next !== null) look(next);
        return true;
      }
      case 'allUp':
      case 'allDown':
        acts.selectReach(act === 'allUp' ? 'upstream' : 'downstream');
        return true;
      case 'form':
        onForm();
        return true;
      case 'search':
        setOverlay({ kind: 'search' });
        return true;
      case 'fit':
        canvas.current?.fit();
        return true;
      case 'zoomIn':
      case 'zoomOut':
        canvas.current?.zoom(act === 'zoomIn' ? 1 : -1);
        return true;
      case 'selectAll':
        acts.selectAll();
        return true;
      case 'escape':
        if (selection.nodes.length > 0 || selection.edge !== null) store.select(NOTHING);
        else onForm();
        return true;
      case 'try':
      case 'tryUpTo':
        if (one === null) toast('Select one node to try it');
        else if (!readOnly) onTry(one, act === 'tryUpTo');
        return true;
      case 'add':
      case 'connect':
      case 'rename':
      case 'delete':
      case 'duplicate':
      case 'undo':
      case 'redo':
      case 'tidy':
      case 'note':
      case 'group':
      case 'ungroup':
      case 'fold':
        break;
    }
    if (readOnly) return false;
    if (act === 'add') setOverlay({ kind: 'add', after: one, edge });
    else if (act === 'connect' && one !== null) setOverlay({ kind: 'connect', from: one });
    else if (act === 'rename' && one !== null) setOverlay({ kind: 'rename', id: one });
    else if (act === 'delete') acts.remove();
    else if (act === 'duplicate') acts.duplicate();
    else if (act === 'group') acts.group();
    else if (act === 'ungroup') acts.ungroup();
    else if (act === 'fold') acts.fold();
    else if (act === 'undo') store.undo();
    else if (act === 'redo') store.redo();
    else if (act === 'note') {
      if (canvas.current) setFreshNote(acts.addNote(canvas.current.middle()));
    } else if (act === 'tidy') {
      acts.tidy();
      requestAnimationFrame(() => canvas.current?.fit());
    }
    return true;
  };
  useEffect(() => {
    performRef.current = perform;
  });
  const press = (event: KeyboardEvent) => {
    // Buttons on the canvas keep their own keys.
    if (event.target instanceof HTMLElement && event.target.closest('button,input,select,[role="dialog"]')) return;
    const act = actOf(event);
    if (act === null || !perform(act)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  const copy = (event: ClipboardEvent) => {
    const text = acts.copy();
    if (text === null || (event.target instanceof HTMLElement && event.target.closest('input,textarea,[role="dialog"]'))) return;
    event.preventDefault();
    event.clipboardData.setData('text/plain', text);
    if (event.type === 'cut' && !readOnly) acts.remove();
  };
  const paste = (event: ClipboardEvent) => {
    if (readOnly || (event.target instanceof HTMLElement && event.target.closest('input,textarea,[role="dialog"]'))) return;
    event.preventDefault();
    acts.paste(event.clipboardData.getData('text/plain'));
  };

  return (
    <div
      ref={area}
      className="cv min-h-0 flex-1"
      tabIndex={panel === 'canvas' ? 0 : -1}
      role="application"
      aria-label="Pipeline canvas"
      aria-describedby="canvas-keys"
      onKeyDown={press}
      onCopy={copy}
      onCut={copy}
      onPaste={paste}
    >
      <p id="canvas-keys" className="sr-only">
        Arrow keys walk the graph, Tab adds a node after the selected one, C connects, Enter opens its form, Escape leaves. Press question mark for all keys.
      </p>
      <Announcer />
      {panel === 'outline' ? (
        <OutlineView onKey={press} onOpen={onForm} />
      ) : !inBrowser ? null : (
        <FoldContext value={setFolded}>
        <Canvas
          ref={canvas}
          spec={drawing.view.spec}
          positions={drawing.positions}
          selection={lit}
          readOnly={readOnly}
          onSelect={(next) => store.select(chosenTasks(drawing.view, next))}
          onMove={(moved) => acts.move(movedTasks(drawing.view, drawing.positions, positions, moved))}
          onConnect={(from, to) => acts.connect(from, to)}
          refuse={acts.refuse}
          onRefused={(sentence) => toast.error('Not connected', { description: sentence })}
          onConnectToNothing={(from, at, screen) => {
            const box = area.current?.getBoundingClientRect();
            setOverlay({ kind: 'add', after: from, edge: null, at, screen: { x: screen.x - (box?.left ?? 0), y: screen.y - (box?.top ?? 0) } });
          }}
          onDropKind={(kind, at, edge) => {
            acts.add(kind, { at, edge });
            focusArea();
          }}
          onDropNode={(id, edge) => groupOfNode(id) === null && acts.insert(id, edge)}
          onOpen={(id) => {
            const name = groupOfNode(id);
            if (name === null) onForm();
            else setFolded(name, false);
          }}
          onTidy={readOnly ? undefined : () => perform('tidy')}
          onNote={readOnly ? undefined : () => perform('note')}
        >
          <NotesLayer notes={notesOf(spec)} acts={readOnly ? null : noteActs} fresh={freshNote} />
          <GroupFrames frames={drawing.frames} onChoose={acts.selectGroup} />
        </Canvas>
        </FoldContext>
      )}
      {spec.tasks.length === 0 && panel === 'canvas' && overlay === null && (
        <div className="pointer-events-none absolute inset-x-0 top-1/3 flex flex-col items-center gap-1 px-6 text-center">
          <p className="text-16 font-semibold">Start with a source</p>
          <p className="max-w-[48ch] text-ink-2">Drag a node from the left, or press Tab and type “source”. Each node’s output is a table that the next one reads.</p>
        </div>
      )}
      {overlay?.kind === 'add' && (
        <Picker
          label="Add a node"
          placeholder={overlay.edge ? 'Insert into this edge…' : overlay.after ? `Add after ${acts.label(overlay.after)}…` : 'Add a node…'}
          at={overlay.screen ?? null}
          choices={(text) =>
            searchPalette(text).map((entry) => {
              const Icon = lookOf(entry.kind).icon({});
              return { key: entry.kind, label: entry.label, hint: entry.what, icon: <Icon size={14} aria-hidden /> };
            })
          }
          onPick={add}
          onClose={close}
        />
      )}
      {overlay?.kind === 'connect' && (
        <Picker
          label={`Connect ${acts.label(overlay.from)} to`}
          placeholder={`Connect ${acts.label(overlay.from)} to…`}
          choices={(text) => nodeChoices(spec.tasks, text, acts.label, overlay.from, acts.refuse)}
          onPick={(to) => {
            acts.connect(overlay.from, to);
            close();
          }}
          onClose={close}
        />
      )}
      {overlay?.kind === 'search' && (
        <Picker
          label="Search on the canvas"
          placeholder="Find by name, id or code…"
          choices={(text) => nodeChoices(spec.tasks, text, acts.label)}
          onPick={(id) => {
            store.select(nodesOf(id));
            close();
            requestAnimationFrame(() => look(id));
          }}
          onClose={close}
        />
      )}
      {overlay?.kind === 'rename' && (
        <RenameBox
          name={acts.label(overlay.id)}
          onDone={(name) => {
            if (name !== null) acts.rename(overlay.id, name);
            close();
          }}
        />
      )}
    </div>
  );
}

/** nodeChoices lists tasks by what was typed; with `from`, those that cannot be connected say why. */
function nodeChoices(
  tasks: readonly { id: string; name?: string; kind: string; config: Record<string, unknown> }[],
  text: string,
  label: (id: string) => string,
  from?: string,
  refuse?: (from: string, to: string) => string | null,
): Choice[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return tasks
    .filter((task) => task.id !== from)
    .filter((task) => {
      const all = `${label(task.id)} ${task.id} ${task.kind} ${words.length > 0 ? JSON.stringify(Object.values(task.config)) : ''}`.toLowerCase();
      return words.every((word) => all.includes(word));
    })
    .slice(0, 50)
    .map((task) => {
      const Icon = lookOf(task.kind).icon(task.config);
      const refused = from === undefined ? null : (refuse?.(from, task.id) ?? null);
      return {
        key: task.id,
        label: label(task.id),
        hint: nodeDefinition(task.kind)?.summary(task.config) ?? task.kind,
        icon: <Icon size={14} aria-hidden />,
        ...(refused === null ? {} : { disabled: refused }),
      };
    })
    .sort((a, b) => Number(a.disabled !== undefined) - Number(b.disabled !== undefined));
}

function RenameBox({ name, onDone }: { name: string; onDone: (name: string | null) => void }) {
  const [text, setText] = useState(name);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.select(), []);
  return (
    <div role="dialog" aria-label="Rename" className="float absolute top-[72px] left-[calc(50%-144px)] z-20 w-72 p-2">
      <input
        ref={input}
        aria-label="Name"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={() => onDone(null)}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === 'Enter') onDone(text);
          if (event.key === 'Escape') onDone(null);
        }}
        className="h-8 w-full rounded border border-line-strong bg-surface px-2.5 text-14 outline-none focus-visible:border-focus"
      />
    </div>
  );
}

/** Announcer tells screen readers which node the keyboard is on and what is around it. */
function Announcer() {
  const { acts } = useEditor();
  const text = useDraft((state) => {
    const id = state.selection.nodes.length === 1 ? state.selection.nodes[0] : undefined;
    if (state.selection.nodes.length > 1) return `${state.selection.nodes.length} nodes selected`;
    const task = state.spec.tasks.find((each) => each.id === id);
    if (!task) return '';
    const [before, after] = [upstreamOf(state.spec, task.id), downstreamOf(state.spec, task.id)];
    const problems = state.problems.filter((problem) => problem.taskId === task.id).length;
    return [
      `${acts.label(task.id)}, ${nodeDefinition(task.kind)?.label ?? task.kind}`,
      before.length > 0 ? `after ${before.map(acts.label).join(', ')}` : 'at the start',
      after.length > 0 ? `before ${after.map(acts.label).join(', ')}` : 'at the end',
      problems > 0 ? `${problems} ${problems === 1 ? 'problem' : 'problems'}` : '',
    ]
      .filter(Boolean)
      .join('. ');
  });
  return (
    <p aria-live="polite" className="sr-only">
      {text}
    </p>
  );
}

