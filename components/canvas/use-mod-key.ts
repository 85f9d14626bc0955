import { useMac } from '@/components/shell/use-mac';

/** useModKey is how this machine writes its command key: "⌘" on a Mac, "Ctrl+" elsewhere. */
export const useModKey = (): string => (useMac() ? '⌘' : 'Ctrl+');
