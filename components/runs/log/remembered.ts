'use client';

import { useCallback, useSyncExternalStore } from 'react';

const CHANGED = 'penstock:remembered';

/** useRemembered is a yes or no that this browser remembers under `name`. */
export function useRemembered(name: string, otherwise: boolean): [boolean, (on: boolean) => void] {
  const key = `penstock.${name}`;
  const on = useSyncExternalStore(
    (changed) => {
      window.addEventListener(CHANGED, changed);
      return () => window.removeEventListener(CHANGED, changed);
    },
    () => {
      const kept = window.localStorage.getItem(key);
      return kept === null ? otherwise : kept === '1';
    },
    () => otherwise,
  );
  const set = useCallback(
    (next: boolean) => {
      window.localStorage.setItem(key, next ? '1' : '0');
      window.dispatchEvent(new Event(CHANGED));
    },
    [key],
  );
  return [on, set];
}
