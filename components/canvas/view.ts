import { createContext, useContext, useSyncExternalStore } from 'react';

/** Below this zoom a card is a coloured box and an edge a straight line. */
export const FAR_ZOOM = 0.4;

export type View = { x: number; y: number; zoom: number };
export type ViewStore = { get: () => View; set: (view: View) => void; subscribe: (listener: () => void) => () => void };

/**
 * createView keeps the viewport beside React, so that panning renders only what shows it.
 * @param zoom what the drawing is expected to open at: one that is fitted from far should not draw every card in full before it is
 */
export function createView(zoom = 1): ViewStore {
  let view: View = { x: 0, y: 0, zoom };
  const listeners = new Set<() => void>();
  return {
    get: () => view,
    set(next) {
      view = next;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

export const ViewContext = createContext<ViewStore>(createView());

/** useFar tells whether cards are drawn as plain boxes; it renders again only when that changes. */
export function useFar(): boolean {
  const store = useContext(ViewContext);
  const read = () => store.get().zoom < FAR_ZOOM;
  return useSyncExternalStore(store.subscribe, read, () => false);
}

/** useZoomPercent is the zoom in whole percent, for the control that shows it. */
export function useZoomPercent(): number {
  const store = useContext(ViewContext);
  return useSyncExternalStore(store.subscribe, () => Math.round(store.get().zoom * 100), () => 100);
}
