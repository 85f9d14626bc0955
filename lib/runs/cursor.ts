import { isId } from '@/lib/core/ids';

/** A place in the list of runs: behind the run of this time and id. */
export type RunCursor = { at: string; id: string };

/** writeCursor names the place after a run in the list, for an address. */
export const writeCursor = ({ at, id }: { at: Date; id: string }): string => btoa(`${at.toISOString()} ${id}`).replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_');

/** readCursor reads what writeCursor wrote; null for anything else. */
export function readCursor(text: string): RunCursor | null {
  try {
    const [at, id] = atob(text.replaceAll('-', '+').replaceAll('_', '/')).split(' ');
    return at && id && isId(id) && !Number.isNaN(Date.parse(at)) ? { at, id } : null;
  } catch {
    return null;
  }
}
