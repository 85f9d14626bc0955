'use client';

import { useCallback, useMemo, useSyncExternalStore } from 'react';
import { useWorkspace } from '@/components/shell/workspace';

const CHANGED = 'penstock:kept';

/**
 * useKept is a value that this browser keeps for this person in this workspace.
 * @param read gives the value of what was kept; null when nothing was, or it no longer fits
 */
export function useKept<T>(name: string, read: (kept: unknown) => T): [T, (next: T) => void] {
  const { slug, person } = useWorkspace();
  const key = `penstock.${name}.${slug}.${person.id ?? ''}`;
  const text = useSyncExternalStore(
    (changed) => {
      window.addEventListener(CHANGED, changed);
      return () => window.removeEventListener(CHANGED, changed);
    },
    () => window.localStorage.getItem(key),
    () => null,
  );
  const value = useMemo(() => {
    try {
      return read(text === null ? null : JSON.parse(text));
    } catch {
      return read(null);
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `read` says what the name means and does not change
  }, [text]);
  const set = useCallback(
    (next: T) => {
      window.localStorage.setItem(key, JSON.stringify(next));
      window.dispatchEvent(new Event(CHANGED));
    },
    [key],
  );
  return [value, set];
}

/** strings reads a kept list of texts. */
export const strings = (kept: unknown): string[] =>
  Array.isArray(kept) ? kept.filter((item): item is string => typeof item === 'string') : [];
