import { applyEdit, type DraftSpec, type Layout } from '@/lib/pipeline/index';
import type { Point } from './graph';

export type Note = NonNullable<Layout['notes']>[number];

/** A new note is this large, px. */
export const NOTE = { width: 200, height: 96 } as const;
/** No note is smaller, px. */
export const LEAST_NOTE = { width: 96, height: 48 } as const;

/** notesOf are the notes of a drawing; they stand in its layout, so they change no version. */
export const notesOf = (spec: DraftSpec): readonly Note[] => spec.layout.notes ?? [];

const withNotes = (spec: DraftSpec, notes: readonly Note[]): DraftSpec => {
  const { notes: _, ...rest } = spec.layout;
  return applyEdit(spec, { type: 'setLayout', layout: notes.length === 0 ? rest : { ...rest, notes: [...notes] } });
};

/** addNote puts an empty note onto the drawing. @param at top-left corner, px */
export function addNote(spec: DraftSpec, at: Point): { spec: DraftSpec; id: string } {
  const taken = new Set(notesOf(spec).map((note) => note.id));
  let n = taken.size + 1;
  while (taken.has(`note-${n}`)) n += 1;
  const id = `note-${n}`;
  return { id, spec: withNotes(spec, [...notesOf(spec), { id, text: '', x: Math.round(at.x), y: Math.round(at.y), ...NOTE }]) };
}

/** changeNote changes a note's text, place or size. */
export const changeNote = (spec: DraftSpec, id: string, change: Partial<Omit<Note, 'id'>>): DraftSpec =>
  withNotes(spec, notesOf(spec).map((note) => (note.id === id ? { ...note, ...change } : note)));

/** removeNote takes a note off. */
export const removeNote = (spec: DraftSpec, id: string): DraftSpec => withNotes(spec, notesOf(spec).filter((note) => note.id !== id));
