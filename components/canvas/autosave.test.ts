import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { draftSpecSchema } from '@/lib/pipeline/index';
import { keptDraft, startAutosave, type SaveAnswer } from './autosave';
import { createCanvasStore } from './canvas-store';
import { setTask } from './commands';

const spec = draftSpecSchema.parse({ tasks: [{ id: 'a', kind: 'empty', config: {} }] });

function harness(answers: SaveAnswer[]) {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  const store = createCanvasStore({ spec, revision: 1 });
  const sent: { base: number; name: string | undefined }[] = [];
  const saver = startAutosave(
    store,
    (base, draft) => {
      sent.push({ base, name: draft.tasks[0]?.name });
      return Promise.resolve(answers.shift() ?? { kind: 'saved', revision: base + 1 });
    },
    { storage, key: 'draft' },
  );
  const name = (text: string) => store.edit('Rename', setTask(store.getState().spec, 'a', { name: text }));
  return { store, storage, kept, sent, saver, name };
}

describe('autosave', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('sends once after the last edit and keeps the edits here until they are acknowledged', async () => {
    const { sent, name, kept, store } = harness([]);
    name('One');
    name('Two');
    expect(kept.size).toBe(1);
    await vi.advanceTimersByTimeAsync(500);
    expect(sent).toEqual([{ base: 1, name: 'Two' }]);
    expect(kept.size).toBe(0);
    expect(store.getState()).toMatchObject({ revision: 2, save: { status: 'saved' } });
  });

  it('tries again when the server was away and loses nothing', async () => {
    const { sent, name, store, storage } = harness([{ kind: 'unreachable', sentence: 'No answer.' }]);
    name('One');
    await vi.advanceTimersByTimeAsync(500);
    expect(store.getState().save.status).toBe('offline');
    expect(keptDraft(storage, 'draft')).toMatchObject({ baseRevision: 1 });
    await vi.advanceTimersByTimeAsync(1500);
    expect(sent).toHaveLength(2);
    expect(store.getState().save.status).toBe('saved');
  });

  it('stops at a conflict until a person decides, then sends on the new base', async () => {
    const theirs = { revision: 7, spec: setTask(spec, 'a', { name: 'Theirs' }) };
    const { sent, name, store } = harness([{ kind: 'conflict', theirs }]);
    name('Mine');
    await vi.advanceTimersByTimeAsync(500);
    name('Mine still');
    await vi.advanceTimersByTimeAsync(5000);
    expect(sent).toHaveLength(1);
    store.keepMine();
    await vi.advanceTimersByTimeAsync(500);
    expect(sent[1]).toEqual({ base: 7, name: 'Mine still' });
  });

  it('sends edits that came while a request was on its way', async () => {
    const { sent, name, saver, store } = harness([]);
    name('One');
    const flushed = saver.flush();
    name('Two');
    await flushed;
    await vi.advanceTimersByTimeAsync(500);
    expect(sent.map((each) => each.name)).toEqual(['One', 'Two']);
    expect(store.getState().save.status).toBe('saved');
  });
});
