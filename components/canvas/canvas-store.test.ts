import { describe, expect, it } from 'vitest';
import { draftSpecSchema } from '@/lib/pipeline/index';
import { createCanvasStore } from './canvas-store';
import { addTask, setTask } from './commands';

const spec = draftSpecSchema.parse({ tasks: [{ id: 'a', kind: 'empty', config: {} }] });
const open = () => createCanvasStore({ spec, revision: 3 });

describe('the canvas store', () => {
  it('undoes and redoes whole gestures', () => {
    const store = open();
    store.edit('Add', addTask(spec, 'sql').spec, { select: { nodes: ['sql'], edge: null } });
    expect(store.getState().spec.tasks).toHaveLength(2);
    expect(store.undo()).toBe(true);
    expect(store.getState().spec).toBe(spec);
    expect(store.getState().selection.nodes).toEqual([]);
    expect(store.redo()).toBe(true);
    expect(store.getState().spec.tasks).toHaveLength(2);
    expect(store.getState().selection.nodes).toEqual(['sql']);
  });

  it('joins a burst of typing into one step, and starts a new one after a pause', () => {
    const store = open();
    const type = (name: string, now: number) => store.edit('Rename', setTask(store.getState().spec, 'a', { name }), { gesture: 'name:a', now });
    type('F', 0);
    type('Fl', 500);
    type('Fli', 900);
    type('Flights', 5000);
    expect(store.getState().undo).toHaveLength(2);
    store.undo();
    expect(store.getState().spec.tasks[0]?.name).toBe('Fli');
    store.undo();
    expect(store.getState().spec.tasks[0]?.name).toBeUndefined();
  });

  it('says saved only for what the server acknowledged', () => {
    const store = open();
    const first = setTask(spec, 'a', { name: 'One' });
    store.edit('Rename', first);
    expect(store.getState().save.status).toBe('unsaved');
    const second = setTask(first, 'a', { name: 'Two' });
    store.edit('Rename', second);
    store.acknowledge(first, 4, 1000);
    expect(store.getState()).toMatchObject({ revision: 4, save: { status: 'unsaved' } });
    store.acknowledge(second, 5, 2000);
    expect(store.getState()).toMatchObject({ revision: 5, save: { status: 'saved', at: 2000 } });
  });

  it('resolves a conflict either way and loses neither version', () => {
    const mine = setTask(spec, 'a', { name: 'Mine' });
    const theirs = { revision: 9, spec: setTask(spec, 'a', { name: 'Theirs' }) };
    const keep = open();
    keep.edit('Rename', mine);
    keep.setState({ save: { status: 'conflict', theirs } });
    keep.keepMine();
    expect(keep.getState()).toMatchObject({ revision: 9, spec: mine, save: { status: 'unsaved' } });

    const take = open();
    take.edit('Rename', mine);
    take.setState({ save: { status: 'conflict', theirs } });
    take.takeTheirs(1000);
    expect(take.getState().spec).toBe(theirs.spec);
    take.undo();
    expect(take.getState().spec).toBe(mine);
  });
});
