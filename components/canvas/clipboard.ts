import { z } from 'zod';
import { applyEdit, clip, draftEdgeSchema, draftTaskSchema, pasteEdit, type DraftSpec } from '@/lib/pipeline/index';
import { addTask, move } from './commands';
import type { Point } from './graph';

const MARK = 'penstock/tasks';

const clipSchema = z.object({
  type: z.literal(MARK),
  tasks: z.array(draftTaskSchema).min(1),
  edges: z.array(draftEdgeSchema),
  positions: z.record(z.string(), z.object({ x: z.number(), y: z.number() })),
});

/** placed writes every card's place into the layout, so that what is copied carries its place. */
const placed = (spec: DraftSpec) => move(spec, new Map());

/** copyTasks writes chosen tasks, the edges among them and their places as JSON text for the clipboard. */
export const copyTasks = (spec: DraftSpec, chosen: readonly string[]): string =>
  JSON.stringify({ type: MARK, ...clip(placed(spec), [...chosen]) }, null, 2);

/**
 * pasteText adds what the clipboard holds: copied tasks under free ids with the edges among them, or, from any other text
 * that looks like a query, one SQL task after `after`. Null when nothing can be made of it.
 * @param at where the copied group's top-left corner goes, px; beside the original when not given
 */
export function pasteText(spec: DraftSpec, text: string, after: string | null, at?: Point): { spec: DraftSpec; ids: string[] } | null {
  const clipping = parseClip(text);
  if (clipping === null) {
    if (!/^\s*(--.*\n\s*)*(select|with|from|create|insert|update|delete)\b/i.test(text)) return null;
    const made = addTask(spec, 'sql', { after, config: { sql: text.trim() } });
    return { spec: made.spec, ids: [made.id] };
  }
  const places = Object.values(clipping.positions);
  const corner = { x: Math.min(...places.map((place) => place.x)), y: Math.min(...places.map((place) => place.y)) };
  const { edit, ids } = pasteEdit(spec, clipping, at ? { x: at.x - corner.x, y: at.y - corner.y } : { x: 32, y: 32 });
  return { spec: applyEdit(placed(spec), edit), ids };
}

function parseClip(text: string): z.infer<typeof clipSchema> | null {
  try {
    const parsed = clipSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
