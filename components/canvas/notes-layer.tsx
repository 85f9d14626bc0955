'use client';

import { GripHorizontal, X } from 'lucide-react';
import { memo, useContext, useEffect, useRef, useState, type PointerEvent } from 'react';
import { ViewportPortal } from './flow';
import { snap } from './layout';
import { LEAST_NOTE, NOTE, type Note } from './notes';
import { ViewContext } from './view';

export type NoteActs = { change: (id: string, change: Partial<Note>) => void; remove: (id: string) => void };

/** NotesLayer draws the notes in the drawing's own coordinates, beside React Flow's nodes: they are no part of the graph. */
export const NotesLayer = memo(function NotesLayer({ notes, acts, fresh }: { notes: readonly Note[]; acts: NoteActs | null; fresh: string | null }) {
  if (notes.length === 0) return null;
  return (
    <ViewportPortal>
      {notes.map((note) => (
        <NoteCard key={note.id} note={note} acts={acts} fresh={note.id === fresh} />
      ))}
    </ViewportPortal>
  );
});

function NoteCard({ note, acts, fresh }: { note: Note; acts: NoteActs | null; fresh: boolean }) {
  const view = useContext(ViewContext);
  const [by, setBy] = useState<{ x: number; y: number } | null>(null);
  const [text, setText] = useState(note.text);
  const [kept, setKept] = useState(note.text);
  // what undo or another person changed is shown, unless it is being written
  if (kept !== note.text) {
    setKept(note.text);
    setText(note.text);
  }
  const area = useRef<HTMLTextAreaElement>(null);
  const from = useRef<{ x: number; y: number } | null>(null);
  useEffect(() => {
    if (fresh) area.current?.focus();
  }, [fresh]);
  const size = { width: note.width ?? NOTE.width, height: note.height ?? NOTE.height };

  const offset = (event: PointerEvent) => {
    const { zoom } = view.get();
    const start = from.current ?? { x: event.clientX, y: event.clientY };
    return { x: (event.clientX - start.x) / zoom, y: (event.clientY - start.y) / zoom };
  };
  const drop = (event: PointerEvent) => {
    if (from.current === null || acts === null) return;
    const moved = offset(event);
    from.current = null;
    setBy(null);
    if (moved.x !== 0 || moved.y !== 0) acts.change(note.id, { x: snap(note.x + moved.x), y: snap(note.y + moved.y) });
  };
  const keepSize = () => {
    const element = area.current;
    if (element === null || acts === null) return;
    const now = { width: Math.max(LEAST_NOTE.width, element.offsetWidth), height: Math.max(LEAST_NOTE.height, element.offsetHeight + 20) };
    if (now.width !== size.width || now.height !== size.height) acts.change(note.id, now);
  };
  return (
    <div className="cv-note nodrag nopan nowheel" style={{ transform: `translate(${note.x + (by?.x ?? 0)}px, ${note.y + (by?.y ?? 0)}px)` }}>
      {acts !== null && (
        <div
          className="cv-note-bar"
          onPointerDown={(event) => {
            if (event.target instanceof HTMLElement && event.target.closest('button')) return;
            event.currentTarget.setPointerCapture(event.pointerId);
            from.current = { x: event.clientX, y: event.clientY };
          }}
          onPointerMove={(event) => from.current !== null && setBy(offset(event))}
          onPointerUp={drop}
        >
          <GripHorizontal size={12} aria-hidden />
          <button type="button" aria-label="Delete the note" onClick={() => acts.remove(note.id)}>
            <X size={12} aria-hidden />
          </button>
        </div>
      )}
      <textarea
        ref={area}
        aria-label="Note"
        value={text}
        readOnly={acts === null}
        placeholder="Write a note"
        style={{ width: size.width, height: size.height - 20 }}
        onChange={(event) => setText(event.target.value)}
        onBlur={() => text !== note.text && acts?.change(note.id, { text })}
        onPointerUp={keepSize}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === 'Escape') event.currentTarget.blur();
        }}
      />
    </div>
  );
}
