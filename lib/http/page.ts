import { z } from 'zod';
import { invalid } from '@/lib/core/errors';

/** listOf describes a list's answer. */
export const listOf = (item: z.ZodType) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

/** whole answers a list that fits one page. */
export const whole = <T>(items: T[]): { items: T[]; nextCursor: null } => ({ items, nextCursor: null });

/** What a short list may be asked: without a limit it is answered whole. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).optional(),
  cursor: z.string().optional(),
});

/**
 * pageOf cuts a page out of a short list that is read whole.
 * @param keyOf what names an item, and so the place after it
 * @throws AppError invalid at `cursor`, when the list has no such item
 */
export function pageOf<T>(
  items: T[],
  { limit, cursor }: z.infer<typeof pageQuery>,
  keyOf: (item: T) => string,
): { items: T[]; nextCursor: string | null } {
  const before = cursor === undefined ? -1 : items.findIndex((item) => keyOf(item) === cursor);
  if (cursor !== undefined && before < 0) {
    const message = 'The cursor is not one that this list gave. Leave it out to begin at the start.';
    throw invalid(message, [{ path: 'cursor', message, value: cursor }]);
  }
  const rest = items.slice(before + 1);
  const page = rest.slice(0, limit ?? rest.length);
  const last = page.at(-1);
  return { items: page, nextCursor: last !== undefined && page.length < rest.length ? keyOf(last) : null };
}
