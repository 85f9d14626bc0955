import type { DraftSpec } from '@/lib/pipeline';

/** upstreamOf gives the ids of everything that a task depends on, directly or not. */
export function upstreamOf(spec: Pick<DraftSpec, 'edges'>, taskId: string): Set<string> {
  const found = new Set<string>();
  const open = [taskId];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const edge of spec.edges) {
      if (edge.to !== id || found.has(edge.from)) continue;
      found.add(edge.from);
      open.push(edge.from);
    }
  }
  return found;
}
