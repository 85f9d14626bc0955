import { z } from 'zod';
import type { Report } from './adapter';

const PREFIX = '::penstock ';

const reportSchema = z.strictObject({
  progress: z.number().min(0).max(1).optional(),
  message: z.string().max(10_000).optional(),
  metrics: z.record(z.string().max(200), z.number()).optional(),
  output: z.json().optional(),
  checkpoint: z.json().optional(),
  external: z.strictObject({ system: z.string(), id: z.union([z.string(), z.number()]) }).optional(),
  artifact: z.strictObject({ name: z.string().min(1).max(500), path: z.string().min(1), type: z.string().default('') }).optional(),
});

/** What a line of a task's stdout is. */
export type ProtocolLine = { kind: 'log' } | { kind: 'report'; report: Report } | { kind: 'broken'; why: string };

/**
 * readProtocolLine tells a report (`::penstock {json}`, contract §2) from an ordinary line. A broken report stays an
 * ordinary line and says what is wrong with it.
 */
export function readProtocolLine(text: string, cutBytes = 0): ProtocolLine {
  if (!text.startsWith(PREFIX)) return { kind: 'log' };
  if (cutBytes > 0) return { kind: 'broken', why: 'the line is longer than 80 kB; write large results to PENSTOCK_OUTPUT or an artifact' };
  let value: unknown;
  try {
    value = JSON.parse(text.slice(PREFIX.length));
  } catch {
    return { kind: 'broken', why: 'what follows "::penstock " is not JSON' };
  }
  const parsed = reportSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return { kind: 'broken', why: `${issue?.path.join('.') || 'the report'}: ${issue?.message ?? 'not understood'}` };
  }
  return { kind: 'report', report: parsed.data };
}
