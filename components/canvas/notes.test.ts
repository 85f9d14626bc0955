import { expect, it } from 'vitest';
import { draftSpecSchema } from '@/lib/pipeline/index';
import { addNote, changeNote, notesOf, removeNote } from './notes';

const spec = draftSpecSchema.parse({ tasks: [{ id: 'a', kind: 'empty', config: {} }], layout: { nodes: { a: { x: 1, y: 2 } } } });

it('adds, changes and removes notes in the layout alone', () => {
  const first = addNote(spec, { x: 10.4, y: 20.6 });
  const second = addNote(first.spec, { x: 0, y: 0 });
  expect([first.id, second.id]).toEqual(['note-1', 'note-2']);
  const changed = changeNote(second.spec, 'note-1', { text: 'mind the gap', x: 30 });
  expect(notesOf(changed)[0]).toEqual({ id: 'note-1', text: 'mind the gap', x: 30, y: 21, width: 200, height: 96 });
  expect(changed.tasks).toBe(spec.tasks);
  expect(changed.layout.nodes).toEqual(spec.layout.nodes);
  const left = removeNote(changed, 'note-1');
  expect(addNote(left, { x: 0, y: 0 }).id).toBe('note-3');
  expect(removeNote(left, 'note-2').layout).toEqual(spec.layout);
});
