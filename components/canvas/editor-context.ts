import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { CanvasState, CanvasStore } from './canvas-store';
import type { EditorActs } from './editor-acts';

/** What every part of the editor shares. */
export type EditorShare = {
  store: CanvasStore;
  acts: EditorActs;
  workspace: string;
  slug: string;
  readOnly: boolean;
};

export const EditorContext = createContext<EditorShare | null>(null);

/** useEditor reads what the editor's parts share; it stands inside Editor only. */
export function useEditor(): EditorShare {
  const share = useContext(EditorContext);
  if (!share) throw new Error('useEditor stands outside the editor');
  return share;
}

/** useDraft reads one part of the open draft and renders again only when that part changes. */
export function useDraft<T>(read: (state: CanvasState) => T): T {
  return useStore(useEditor().store, read);
}
