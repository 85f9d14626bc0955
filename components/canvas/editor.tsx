'use client';

import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { ProblemError, request, sentenceOf, workspaceUrl } from '@/components/api/request';
import { useLive } from '@/components/live/index';
import { RunNow } from '@/components/runs/run-now';
import { useCommands, type Command } from '@/components/shell/commands';
import { Sheet } from '@/components/ui/dialog';
import { toast } from '@/components/ui/toast';
import { draftSpecSchema, type DraftSpec, type Facts, type Problem } from '@/lib/pipeline/index';
import { keptDraft, startAutosave, type SaveAnswer } from './autosave';
import { CanvasArea, type Overlay } from './canvas-area';
import { createCanvasStore, NOTHING, type Panel } from './canvas-store';
import { changesOf } from './changes';
import { ColumnsContext, type Column } from './columns';
import { Drawer } from './drawer/drawer';
import { createActs } from './editor-acts';
import { EditorContext } from './editor-context';
import { ConflictDialog } from './header/conflict-dialog';
import { EditorHeader } from './header/editor-header';
import { PublishDialog, type Published } from './header/publish-dialog';
import { EdgePanel } from './inspector/edge-panel';
import { PipelinePanel } from './inspector/pipeline-panel';
import { SeveralPanel } from './inspector/several-panel';
import { TaskPanel } from './inspector/task-panel';
import { SHORTCUTS, type Act } from './keys';
import { problemsNow, type ServerWord } from './live-problems';
import { createMarks, MarksContext } from './marks';
import { Palette } from './palette';
import { countByTask } from './problems';
import { SpecView } from './spec-view';
import { edgeId } from './spec-to-flow';
import { useTry } from './use-try';

export type EditorProps = {
  workspace: string;
  slug: string;
  name: string;
  /** savedAt in milliseconds */
  draft: { revision: number; spec: DraftSpec; savedAt: number };
  published: Published | null;
  problems: readonly Problem[];
  /** what validation may know in the browser; without the queries, which the server reads */
  facts: Facts;
  /** columns of tables that the server knows, by task */
  columns: Readonly<Record<string, readonly Column[]>>;
  readOnly: boolean;
};

/** Editor is the whole screen: header, palette, canvas or outline or spec, inspector, drawer. */
export function Editor({ workspace, slug, name, draft, published: firstPublished, problems: firstProblems, facts, columns: knownColumns, readOnly }: EditorProps) {
  const [store] = useState(() => createCanvasStore({ spec: draft.spec, revision: draft.revision, savedAt: draft.savedAt, problems: firstProblems }));
  const [marks] = useState(createMarks);
  const [published, setPublished] = useState(firstPublished);
  const [overlay, setOverlay] = useState<Overlay | null>(null);
  const [publishing, setPublishing] = useState(false);
  const [deciding, setDeciding] = useState(false);
  const [running, setRunning] = useState(false);
  const [pipelineTab, setPipelineTab] = useState('params');
  const [sheet, setSheet] = useState(false);
  const inspector = useRef<HTMLElement>(null);
  const { spec, selection, panel, problems, save } = useStore(store);
  const address = workspaceUrl(workspace, `/pipelines/${encodeURIComponent(slug)}`);

  // Problems follow each edit at once; the answer to each save adds what only the server knows.
  const [heard, hear] = useState<ServerWord>({ spec: draft.spec, problems: firstProblems });
  useEffect(() => {
    const timer = setTimeout(() => store.setState({ problems: problemsNow(spec, facts, heard) }), spec === heard.spec ? 0 : 120);
    return () => clearTimeout(timer);
  }, [store, spec, facts, heard]);

  const saver = useRef<ReturnType<typeof startAutosave> | null>(null);
  useEffect(() => {
    if (readOnly) return;
    const key = `penstock:draft:${workspace}/${slug}`;
    const kept = keptDraft(localStorage, key);
    if (kept) recover(store, kept, draft);
    saver.current = startAutosave(store, (base, next) => saveDraft(address, base, next, (found) => hear({ spec: next, problems: found })), { storage: localStorage, key });
    if (kept) saver.current.retry();
    return () => {
      void saver.current?.flush();
      saver.current?.stop();
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- one saver for the life of this draft
  }, [store, workspace, slug, readOnly]);

  const conflict = save.status === 'conflict';
  const [askedAbout, setAskedAbout] = useState(false);
  if (conflict !== askedAbout) {
    setAskedAbout(conflict);
    setDeciding(conflict);
  }

  useEffect(() => {
    const counts = countByTask(spec, problems);
    marks.replace(counts, ['errors', 'warnings']);
  }, [marks, spec, problems]);

  // Leaving while something is not acknowledged asks first; the tab keeps it either way.
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => {
      if (store.getState().save.status !== 'saved') event.preventDefault();
    };
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [store]);

  // Somebody else saved this draft: show it when nothing here is unsaved; the next save finds a conflict otherwise.
  useLive(['pipeline'], () => {
    const state = store.getState();
    if (state.save.status !== 'saved') return;
    void request<{ draft: { revision: number; spec: unknown } }>(address).then((answer) => {
      const now = store.getState();
      const read = draftSpecSchema.safeParse(answer.draft.spec);
      if (!read.success || now.save.status !== 'saved' || answer.draft.revision <= now.revision) return;
      store.setState({ spec: read.data, acknowledged: read.data, revision: answer.draft.revision, selection: NOTHING });
      toast('This draft was changed elsewhere. You see the newest revision.');
    }, () => undefined);
  });

  const focusField = useCallback((field: string) => {
    // The field may be on a tab that is drawn with the next frame.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        const row = inspector.current?.querySelector(`[data-field="${CSS.escape(field)}"]`) ?? inspector.current;
        row?.scrollIntoView({ block: 'nearest' });
        row?.querySelector<HTMLElement>('input,textarea,[contenteditable="true"],button[role="combobox"],select,button')?.focus();
      }),
    );
  }, []);
  const [acts] = useState(() =>
    createActs(store, {
      tell: (sentence, undo) => void toast(sentence, undo ? { action: { label: 'Undo', onClick: undo } } : undefined),
      refuse: (sentence) => void toast.error(sentence),
      focusField,
    }),
  );
  const trial = useTry(store, marks, workspace, slug);
  const tryOne = useCallback((id: string, upTo: boolean) => void trial.start(id, upTo), [trial]);
  const columns = useMemo(() => new Map([...Object.entries(knownColumns), ...trial.columns]), [knownColumns, trial.columns]);

  const chosen = selection.nodes.length === 1 ? selection.nodes[0] : undefined;
  const index = spec.tasks.findIndex((task) => task.id === chosen);
  const task = spec.tasks[index];
  const edgeIndex = spec.edges.findIndex((edge) => edgeId(edge) === selection.edge);
  const edge = spec.edges[edgeIndex];
  const changes = useMemo(() => (published ? changesOf(published.spec, spec).length : null), [published, spec]);
  const tryChosen = useCallback((upTo: boolean) => chosen !== undefined && tryOne(chosen, upTo), [chosen, tryOne]);

  const tryDefault = () => {
    const last = spec.tasks.filter((each) => !spec.edges.some((other) => other.from === each.id)).at(-1);
    const target = chosen ?? last?.id;
    if (target === undefined) toast('Add a node first, then try it');
    else tryOne(target, false);
  };

  const perform = useRef<(act: Act) => void>(() => undefined);
  useCommands('editor', editorCommands(readOnly, {
    perform: (act) => perform.current(act),
    publish: () => setPublishing(true),
    view: (next) => store.setState({ panel: next }),
  }));

  /** The list over the canvas opens once the menu and the sheet have given the focus back. */
  const offer = (next: Overlay) => {
    setSheet(false);
    requestAnimationFrame(() => requestAnimationFrame(() => setOverlay(next)));
  };

  const inspect = task ? (
    <TaskPanel
      key={task.id}
      task={task}
      index={index}
      onTry={tryChosen}
      onConnect={() => offer({ kind: 'connect', from: task.id })}
      onAdd={() => offer({ kind: 'add', after: task.id, edge: null })}
    />
  ) : edge ? (
    <EdgePanel key={edgeId(edge)} edge={edge} index={edgeIndex} onInsert={() => offer({ kind: 'add', after: null, edge: edgeId(edge) })} />
  ) : selection.nodes.length > 1 ? (
    <SeveralPanel ids={selection.nodes} />
  ) : (
    <PipelinePanel tab={pipelineTab} onTab={setPipelineTab} />
  );

  return (
    <EditorContext value={{ store, acts, workspace, slug, readOnly }}>
      <MarksContext value={marks}>
        <ColumnsContext value={columns}>
          <div className="flex min-h-0 flex-1 flex-col overflow-hidden">
            <EditorHeader
              name={name}
              version={published?.version ?? null}
              changes={changes}
              onConflict={() => setDeciding(true)}
              onRetry={() => saver.current?.retry()}
              onTry={tryDefault}
              onPublish={() => setPublishing(true)}
              onRun={() => setRunning(true)}
              onPalette={() => setOverlay({ kind: 'add', after: acts.selected(), edge: null })}
            />
            <div className="flex min-h-0 flex-1">
              {!readOnly && panel !== 'spec' && (
                <div className="flex max-md:hidden">
                  <Palette onAdd={(kind) => acts.add(kind, { after: acts.selected() })} />
                </div>
              )}
              <div className="flex min-w-0 flex-1 flex-col">
                {panel === 'spec' ? <SpecView /> : <CanvasArea performRef={perform} overlay={overlay} setOverlay={setOverlay} onTry={tryOne} onForm={() => (window.innerWidth < 768 ? setSheet(true) : focusField(''))} />}
                <Drawer session={trial.session} />
              </div>
              <aside ref={inspector} aria-label="Inspector" className="flex w-(--inspector) shrink-0 flex-col border-l border-line bg-surface max-md:hidden">
                {inspect}
              </aside>
            </div>
          </div>
          <PhoneFit onPhone={() => store.setState({ panel: 'outline' })} />
          {sheet && (
            <Sheet title={chosen === undefined ? 'Pipeline' : acts.label(chosen)} side="bottom" open onOpenChange={setSheet}>
              <div className="flex min-h-[60dvh] flex-col">{inspect}</div>
            </Sheet>
          )}
          <PublishDialog
            open={publishing}
            onOpenChange={setPublishing}
            published={published}
            flush={async () => (await saver.current?.flush()) ?? false}
            onPublished={setPublished}
            onRun={() => setRunning(true)}
          />
          <RunNow pipeline={slug} version={published?.version ?? null} open={running} onOpenChange={setRunning} />
          <ConflictDialog open={deciding && conflict} onOpenChange={setDeciding} />
        </ColumnsContext>
      </MarksContext>
    </EditorContext>
  );
}

/** PhoneFit opens the outline instead of the canvas where the screen is narrow. */
function PhoneFit({ onPhone }: { onPhone: () => void }) {
  const latest = useRef(onPhone);
  useEffect(() => {
    if (window.matchMedia('(max-width: 767px)').matches) latest.current();
  }, []);
  return null;
}

/** recover brings back what this tab kept of edits that were never acknowledged. */
function recover(store: ReturnType<typeof createCanvasStore>, kept: { baseRevision: number; spec: DraftSpec }, draft: { revision: number; spec: DraftSpec }) {
  if (JSON.stringify(kept.spec) === JSON.stringify(draft.spec)) return;
  store.edit('Recover unsaved edits', kept.spec);
  if (kept.baseRevision === draft.revision) toast('Edits that were not saved before are back', { action: { label: 'Undo', onClick: () => store.undo() } });
  else store.setState({ save: { status: 'conflict', theirs: { revision: draft.revision, spec: draft.spec } } });
}

/** saveDraft sends a draft and turns the answer, whatever it is, into a SaveAnswer. */
async function saveDraft(address: string, baseRevision: number, spec: DraftSpec, onProblems: (problems: Problem[]) => void): Promise<SaveAnswer> {
  try {
    const { revision, problems } = await request<{ revision: number; problems: Problem[] }>(`${address}/draft`, { method: 'PUT', body: { baseRevision, spec } });
    onProblems(problems);
    return { kind: 'saved', revision };
  } catch (error) {
    if (!(error instanceof ProblemError) || error.status === 0 || error.status >= 500 || error.status === 429) return { kind: 'unreachable', sentence: sentenceOf(error) };
    if (error.status !== 409) return { kind: 'refused', sentence: error.message };
    const current = error.extra.current as { revision?: number; spec?: unknown; savedBy?: string | null } | undefined;
    const read = draftSpecSchema.safeParse(current?.spec);
    if (typeof current?.revision !== 'number' || !read.success) return { kind: 'refused', sentence: error.message };
    return { kind: 'conflict', theirs: { revision: current.revision, spec: read.data, ...(current.savedBy ? { by: current.savedBy } : {}) } };
  }
}

type Does = { perform: (act: Act) => void; publish: () => void; view: (panel: Panel) => void };

/** editorCommands is what the palette and the sheet of keys list on this page. */
function editorCommands(readOnly: boolean, does: Does): Command[] {
  const group = 'This pipeline';
  const look: (Act | null)[] = [null, 'form', 'allUp', 'allDown', 'selectAll', 'search', 'fit'];
  return [
    { id: 'editor-canvas', label: 'Show the canvas', group, run: () => does.view('canvas') },
    { id: 'editor-outline', label: 'Show the outline', group, run: () => does.view('outline') },
    { id: 'editor-spec', label: 'Show the spec as text', group, run: () => does.view('spec') },
    ...(readOnly ? [] : [{ id: 'editor-publish', label: 'Publish', group, run: does.publish }]),
    ...SHORTCUTS.filter(({ act }) => !readOnly || look.includes(act)).map(({ does: label, keys, act }) => ({
      id: `editor-${label}`,
      label,
      group: 'On the canvas',
      keys,
      sheetOnly: act === null,
      run: () => act !== null && does.perform(act),
    })),
  ];
}
