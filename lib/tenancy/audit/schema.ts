import { z } from 'zod';
import type { Json } from '@/lib/core/json';
import type { Actor } from '../context';

/** One line of the audit: who did what to which thing, and how it looked before and after. */
export type AuditRow = {
  id: string;
  at: Date;
  actor: Actor;
  verb: string;
  target: string;
  targetId: string;
  before: Json;
  after: Json;
  ip: string | null;
  hash: string;
};

/** A place where the chain does not hold: a row whose content changed, or one whose predecessor is missing. */
export type Breach = { id: string; at: Date; kind: 'edited' | 'gap' };

const moment = z.iso.datetime({ offset: true, error: 'Expected a time like 2026-01-31T12:00:00Z.' });

export const auditSearchSchema = z.object({
  q: z.string().max(200).optional(),
  actor: z.string().max(200).optional(),
  target: z.string().max(200).optional(),
  from: moment.optional(),
  to: moment.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z
    .string()
    .regex(/^\d{1,18}$/, 'This cursor is not one that this list gave out.')
    .optional(),
});
export type AuditSearch = z.infer<typeof auditSearchSchema>;
