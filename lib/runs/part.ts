import { inputTables, type Spec } from '@/lib/pipeline';

/** The tasks of a run of some tasks only, and those outside that stand before them, whose results it takes over. */
export type RunPart = { taskIds: string[]; outside: string[] };

/** What must be known of the tasks outside a choice: which stand before it, and which of them give it a table. */
export type Outside = { taskIds: string[]; providers: string[] };

/**
 * outsideOf finds the tasks outside a choice that it needs: direct upstreams, and through those that pass tables on the ones that
 * provide them.
 */
export function outsideOf(spec: Spec, taskIds: readonly string[]): Outside {
  const chosen = new Set(taskIds);
  const incoming = inputTables(spec);
  const providers = new Set(taskIds.flatMap((id) => (incoming.get(id) ?? []).map((table) => table.from)).filter((id) => !chosen.has(id)));
  const needed = new Set<string>(providers);
  const todo = [...chosen];
  const seen = new Set(todo);
  for (let id = todo.pop(); id !== undefined; id = todo.pop()) {
    for (const { from, to } of spec.edges) {
      if (to !== id || seen.has(from)) continue;
      seen.add(from);
      if (chosen.has(from)) continue;
      needed.add(from);
      // a task that passes tables on has its own upstreams behind it; one that provides ends the walk
      if (!providers.has(from)) todo.push(from);
    }
  }
  return { taskIds: spec.tasks.map((task) => task.id).filter((id) => needed.has(id)), providers: [...providers] };
}

/** cutToPart is a spec with a part's tasks only; nothing leads into the ones outside but from one another. */
export function cutToPart(spec: Spec, part: RunPart): Spec {
  const kept = new Set([...part.taskIds, ...part.outside]);
  const outside = new Set(part.outside);
  return {
    ...spec,
    tasks: spec.tasks.filter((task) => kept.has(task.id)),
    edges: spec.edges.filter((edge) => kept.has(edge.from) && kept.has(edge.to) && !(outside.has(edge.to) && !outside.has(edge.from))),
  };
}
