'use client';

import { ArrowRight, CircleAlert, TriangleAlert } from 'lucide-react';
import { useEffect, useMemo, useRef, type KeyboardEvent } from 'react';
import { StateIcon } from '@/components/state/index';
import { nodeDefinition, type DraftTask } from '@/lib/pipeline/index';
import { useDraft, useEditor } from './editor-context';
import { outline, type OutlineRow } from './graph';
import { useMark } from './marks';
import { lookOf } from './nodes/table';
import { count } from './words';

/**
 * OutlineView is the same pipeline as a tree: for the keyboard, screen readers and the phone. Arrows move, and every command
 * of the canvas works here; `onKey` gets the keys that are not about moving.
 */
export function OutlineView({ onKey, onOpen }: { onKey: (event: KeyboardEvent) => void; onOpen: (id: string) => void }) {
  const { acts, store } = useEditor();
  const spec = useDraft((state) => state.spec);
  const chosen = useDraft((state) => state.selection.nodes);
  const rows = useMemo(() => outline(spec), [spec]);
  const tasks = useMemo(() => new Map(spec.tasks.map((task) => [task.id, task])), [spec.tasks]);
  const active = chosen.at(-1) ?? rows[0]?.id;
  const tree = useRef<HTMLUListElement>(null);

  useEffect(() => {
    const item = tree.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(active ?? '')}"]`);
    if (item && tree.current?.contains(document.activeElement)) item.focus();
    item?.scrollIntoView({ block: 'nearest' });
  }, [active]);

  const press = (event: KeyboardEvent) => {
    const index = rows.findIndex((row) => row.id === active);
    const go = (to: OutlineRow | undefined) => {
      event.preventDefault();
      if (to) store.select({ nodes: [to.id], edge: null });
    };
    const parent = () => rows.slice(0, index).findLast((row) => row.depth < (rows[index]?.depth ?? 0));
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return onKey(event);
    if (event.key === 'ArrowDown') go(rows[index + 1]);
    else if (event.key === 'ArrowUp') go(rows[index - 1]);
    else if (event.key === 'Home') go(rows[0]);
    else if (event.key === 'End') go(rows.at(-1));
    else if (event.key === 'ArrowLeft') go(parent());
    else if (event.key === 'ArrowRight') go(rows[index + 1]);
    else onKey(event);
  };

  if (rows.length === 0) return <p className="p-6 text-ink-3">Nothing here yet. Press Tab to add the first node.</p>;
  return (
    <ul ref={tree} role="tree" aria-label="Pipeline outline" aria-multiselectable onKeyDown={press} className="flex h-full flex-col overflow-y-auto p-3">
      {rows.map((row) => {
        const task = tasks.get(row.id);
        return task ? (
          <Row
            key={row.id}
            row={row}
            task={task}
            selected={chosen.includes(row.id)}
            focusable={row.id === active}
            label={acts.label}
            onSelect={(add) => store.select({ nodes: add ? [...chosen.filter((id) => id !== row.id), row.id] : [row.id], edge: null })}
            onOpen={() => onOpen(row.id)}
          />
        ) : null;
      })}
    </ul>
  );
}

function Row({ row, task, selected, focusable, label, onSelect, onOpen }: {
  row: OutlineRow;
  task: DraftTask;
  selected: boolean;
  focusable: boolean;
  label: (id: string) => string;
  onSelect: (add: boolean) => void;
  onOpen: () => void;
}) {
  const mark = useMark(row.id);
  const Icon = lookOf(task.kind).icon(task.config);
  const definition = nodeDefinition(task.kind);
  return (
    <li
      role="treeitem"
      data-id={row.id}
      aria-level={row.depth + 1}
      aria-selected={selected}
      tabIndex={focusable ? 0 : -1}
      onClick={(event) => {
        onSelect(event.ctrlKey || event.metaKey || event.shiftKey);
        // On a phone a tap opens the form; there is no room to show it beside the outline.
        if (window.matchMedia('(max-width: 767px)').matches) onOpen();
      }}
      onDoubleClick={onOpen}
      className="flex min-h-9 shrink-0 cursor-default items-center gap-2 rounded-dense px-2 aria-selected:bg-selected coarse:min-h-11"
      style={{ paddingLeft: 8 + Math.min(row.depth, 12) * 20 }}
    >
      <Icon size={14} strokeWidth={2} aria-hidden className="shrink-0 text-ink-2" />
      <b className="shrink-0 font-medium">{label(row.id)}</b>
      <span className="sr-only">{definition?.label ?? task.kind}.</span>
      <span className={`truncate text-12 text-ink-3 ${row.alsoAfter.length > 0 ? 'max-md:hidden' : ''}`}>{definition?.summary(task.config) ?? task.kind}</span>
      {row.alsoAfter.length > 0 && (
        <span className="flex shrink-0 items-center gap-1 text-12 text-ink-3">
          <ArrowRight size={12} aria-hidden /> also after {row.alsoAfter.map(label).join(', ')}
        </span>
      )}
      <span className="ml-auto flex shrink-0 items-center gap-2 text-12">
        {mark?.rows !== undefined && <span className="num text-ink-2">{count(mark.rows)} rows</span>}
        {mark?.errors ? <CircleAlert size={14} aria-label={`${mark.errors} errors`} className="text-failed" /> : mark?.warnings ? <TriangleAlert size={14} aria-label={`${mark.warnings} warnings`} className="text-warn" /> : null}
        {mark?.state !== undefined && <StateIcon state={mark.state} />}
      </span>
    </li>
  );
}
