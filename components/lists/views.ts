/** SavedView is a name for the filters of a list's address. */
export type SavedView = { name: string; search: string };

/** Where one stands in a list is not part of a view. */
const PLACES = ['cursor'];

/** searchOfView gives the part of an address's search that a view keeps, in one order. */
export function searchOfView(search: string): string {
  const kept = [...new URLSearchParams(search)].filter(([name, value]) => !PLACES.includes(name) && value !== '');
  return new URLSearchParams(kept.sort(([a], [b]) => a.localeCompare(b))).toString();
}

/** withView adds a view, or replaces the one of the same name; they stand by name. */
export const withView = (views: readonly SavedView[], view: SavedView): SavedView[] =>
  [...views.filter((v) => v.name !== view.name), view].sort((a, b) => a.name.localeCompare(b.name));

/** viewsOf reads what a browser kept; what does not fit is left out. */
export const viewsOf = (kept: unknown): SavedView[] =>
  Array.isArray(kept)
    ? kept.flatMap((v: unknown) =>
        typeof v === 'object' && v !== null && 'name' in v && 'search' in v && typeof v.name === 'string' && typeof v.search === 'string'
          ? [{ name: v.name, search: v.search }]
          : [],
      )
    : [];
