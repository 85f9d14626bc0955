import { z } from 'zod';

/** listOf describes a list's answer. */
export const listOf = (item: z.ZodType) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

/** whole answers a list that fits one page. */
export const whole = <T>(items: T[]): { items: T[]; nextCursor: null } => ({ items, nextCursor: null });
