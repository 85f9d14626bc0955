import { useSyncExternalStore } from 'react';

const never = () => () => undefined;

/** useModKey is how this machine writes its command key: "⌘" on a Mac, "Ctrl+" elsewhere. */
export function useModKey(): string {
  return useSyncExternalStore(never, () => (/Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘' : 'Ctrl+'), () => 'Ctrl+');
}
