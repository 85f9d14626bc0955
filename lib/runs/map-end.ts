import { endingOf, type TaskState } from './states';

/** What the parts of a mapped task come to (Airflow's view of a mapped task as an upstream). */
export type MapEnd = { end: 'succeeded' } | { end: 'skipped'; text: string } | { end: 'failed'; text: string };

const NAMED = 5;

/**
 * judgeParts says how a mapped task ends when all its parts have: failed when one failed, skipped when all were skipped, else
 * succeeded. Pure.
 * @param failureAllowed the failure of a part counts as a success
 */
export function judgeParts(parts: readonly { map_index: number; state: TaskState }[], failureAllowed: boolean): MapEnd {
  const endings = parts.map((part) => endingOf(part.state, failureAllowed));
  const failed = parts.filter((_, i) => endings[i] === 'f' || endings[i] === 'u');
  if (failed.length > 0) {
    const names = failed.slice(0, NAMED).map((part) => `[${part.map_index}]`).join(', ');
    const more = failed.length > NAMED ? ` and ${failed.length - NAMED} more` : '';
    return { end: 'failed', text: `${failed.length} of ${parts.length} parts did not succeed: ${names}${more}.` };
  }
  if (endings.every((ending) => ending === 'k')) return { end: 'skipped', text: 'All its parts were skipped.' };
  return { end: 'succeeded' };
}
