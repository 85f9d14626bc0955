import { useSyncExternalStore } from 'react';

const never = () => () => undefined;

/** useInBrowser is false while the server renders and while the page wakes up: what the browser measures is drawn after that. */
export const useInBrowser = (): boolean => useSyncExternalStore(never, () => true, () => false);
