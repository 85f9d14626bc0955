import { draftSpecSchema, type DraftSpec } from '@/lib/pipeline/index';
import type { CanvasStore } from './canvas-store';

/** What the server says to a draft. */
export type SaveAnswer =
  | { kind: 'saved'; revision: number }
  | { kind: 'conflict'; theirs: { revision: number; spec: DraftSpec; by?: string } }
  | { kind: 'refused'; sentence: string }
  | { kind: 'unreachable'; sentence: string };

export type SaveDraft = (baseRevision: number, spec: DraftSpec) => Promise<SaveAnswer>;
type Keep = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** What a tab keeps of edits that the server has not acknowledged. */
type Kept = { baseRevision: number; spec: DraftSpec };

/** keptDraft reads what this browser kept of a draft; null when nothing is there or it cannot be read. */
export function keptDraft(storage: Keep, key: string): Kept | null {
  try {
    const found = JSON.parse(storage.getItem(key) ?? 'null') as { baseRevision?: unknown; spec?: unknown } | null;
    const spec = draftSpecSchema.safeParse(found?.spec);
    return spec.success && typeof found?.baseRevision === 'number' ? { baseRevision: found.baseRevision, spec: spec.data } : null;
  } catch {
    return null;
  }
}

/**
 * startAutosave sends the draft a moment after the last edit, one request at a time, and keeps unacknowledged edits in
 * `storage` under `key`. When the server cannot be reached it tries again, more and more rarely.
 * @param timing `delayMs` after the last edit (400); `retryMs` first and longest pause between tries
 * @returns `flush` saves now and answers whether all is acknowledged; `stop` ends it
 */
export function startAutosave(
  store: CanvasStore,
  save: SaveDraft,
  keep: { storage: Keep; key: string },
  timing = { delayMs: 400, retryMs: [1000, 15_000] as const },
) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let sending: Promise<void> | null = null;
  let pause: number = timing.retryMs[0];
  let stopped = false;

  const remember = () => {
    const { spec, acknowledged, revision } = store.getState();
    try {
      if (spec === acknowledged) keep.storage.removeItem(keep.key);
      else keep.storage.setItem(keep.key, JSON.stringify({ baseRevision: revision, spec }));
    } catch {
      // A full or forbidden storage loses the second copy only; the state word still says what the server has.
    }
  };

  const later = (ms: number) => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(() => void send(), ms);
  };

  const send = async (): Promise<void> => {
    clearTimeout(timer);
    if (sending) return sending;
    const { spec, acknowledged, revision, save: now } = store.getState();
    if (spec === acknowledged || now.status === 'conflict') return;
    store.setState({ save: { status: 'saving' } });
    sending = save(revision, spec).then((answer) => {
      if (answer.kind === 'saved') {
        pause = timing.retryMs[0];
        store.acknowledge(spec, answer.revision, Date.now());
        if (store.getState().spec !== spec) later(timing.delayMs);
      } else if (answer.kind === 'conflict') {
        store.setState({ save: { status: 'conflict', theirs: answer.theirs } });
      } else if (answer.kind === 'refused') {
        store.setState({ save: { status: 'refused', sentence: answer.sentence } });
      } else {
        store.setState({ save: { status: 'offline', sentence: answer.sentence } });
        later(pause);
        pause = Math.min(timing.retryMs[1], pause * 2);
      }
    });
    await sending.finally(() => {
      sending = null;
      remember();
    });
  };

  const unsubscribe = store.subscribe((state, before) => {
    if (state.spec === before.spec && state.save === before.save) return;
    if (state.spec !== before.spec) remember();
    if (state.save.status === 'unsaved' && sending === null) {
      if (state.spec === state.acknowledged) store.setState({ save: { status: 'saved', at: Date.now() } });
      else later(timing.delayMs);
    }
  });

  return {
    async flush(): Promise<boolean> {
      if (sending) await sending;
      await send();
      const { spec, acknowledged } = store.getState();
      return spec === acknowledged;
    },
    retry: () => void send(),
    stop() {
      stopped = true;
      clearTimeout(timer);
      unsubscribe();
    },
  };
}
