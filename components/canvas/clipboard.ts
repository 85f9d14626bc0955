import { draftEdgeSchema, draftTaskSchema, type DraftSpec } from '@/lib/pipeline/index';
import { z } from 'zod';
import { addTask, freeId, setId } from './commands';
import { positionsOf } from './spec-to-flow';
import type { Point } from './graph';

const MARK = 'penstock/tasks';

const clipSchema = z.object({
  type: z.literal(MARK),
  tasks: z.array(draftTaskSchema).min(1),
  edges: z.array(draftEdgeSchema),
  positions: z.record(z.string(), z.object({ x: z.number(), y: z.number() })),
});

/** copyTasks writes chosen tasks, the edges among them and their places as JSON text for the clipboard. */
export function copyTasks(spec: DraftSpec, chosen: readonly string[]): string {
  const inside = new Set(chosen);
  const positions = positionsOf(spec);
  return JSON.stringify(
    {
      type: MARK,
      tasks: spec.tasks.filter((task) => inside.has(task.id)),
      edges: spec.edges.filter((edge) => inside.has(edge.from) && inside.has(edge.to)),
      positions: Object.fromEntries([...positions].filter(([id]) => inside.has(id))),
    },
    null,
    2,
  );
}

/**
 * pasteText adds what the clipboard holds: copied tasks under free ids with the edges among them, or, from any other text
 * that looks like a query, one SQL task after `after`. Null when nothing can be made of it.
 * @param at where the copied group's top-left corner goes, px; beside the original when not given
 */
export function pasteText(spec: DraftSpec, text: string, after: string | null, at?: Point): { spec: DraftSpec; ids: string[] } | null {
  const clip = parseClip(text);
  if (clip === null) {
    if (!/^\s*(--.*\n\s*)*(select|with|from|create|insert|update|delete)\b/i.test(text)) return null;
    const made = addTask(spec, 'sql', { after, config: { sql: text.trim() } });
    return { spec: made.spec, ids: [made.id] };
  }
  const taken = new Set(spec.tasks.map((task) => task.id));
  const names = new Map<string, string>();
  // Rename inside the copied group, so that branches and expressions among its tasks stay right.
  let group: DraftSpec = { ...spec, tasks: clip.tasks, edges: clip.edges, layout: { nodes: clip.positions } };
  for (const task of clip.tasks) {
    const id = freeId(new Set([...taken, ...group.tasks.map((each) => each.id).filter((each) => each !== task.id)]), task.id);
    names.set(task.id, id);
    taken.add(id);
    group = setId(group, task.id, id);
  }
  const places = Object.values(clip.positions);
  const corner = { x: Math.min(...places.map((place) => place.x)), y: Math.min(...places.map((place) => place.y)) };
  const shift = at ? { x: at.x - corner.x, y: at.y - corner.y } : { x: 32, y: 32 };
  const nodes = Object.fromEntries(Object.entries(group.layout.nodes ?? {}).map(([id, place]) => [id, { x: Math.round(place.x + shift.x), y: Math.round(place.y + shift.y) }]));
  const here = Object.fromEntries(positionsOf(spec));
  return {
    spec: { ...spec, tasks: [...spec.tasks, ...group.tasks], edges: [...spec.edges, ...group.edges], layout: { ...spec.layout, nodes: { ...here, ...nodes } } },
    ids: [...names.values()],
  };
}

function parseClip(text: string): z.infer<typeof clipSchema> | null {
  try {
    const parsed = clipSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
