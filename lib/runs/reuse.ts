import { type Json } from '@/lib/core/json';
import { type Plan, type Spec } from '@/lib/pipeline';
import type { Restored } from './create';
import type { TaskRow } from './store';

/** One line of a rerun's plan. */
export type ReuseItem = { taskId: string; action: 'run' | 'reuse'; reason: string };

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, v: unknown) =>
    v !== null && typeof v === 'object' && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
      : v,
  );

/**
 * planReuse says what a rerun on another version takes over from a run: a task's result is kept when it succeeded, its own
 * definition and incoming edges are the same, and every upstream is kept too.
 */
export function planReuse(oldSpec: Spec, newSpec: Spec, plan: Plan, rows: TaskRow[]): { items: ReuseItem[]; restore: Map<string, Restored> } {
  const restore = new Map<string, Restored>();
  const incoming = (spec: Spec, id: string) => canonical(spec.edges.filter((e) => e.to === id).map((e) => canonical(e)).sort());
  const items = plan.tasks.map((planned): ReuseItem => {
    const id = planned.taskId;
    const before = oldSpec.tasks.find((t) => t.id === id);
    const row = rows.find((r) => r.task_id === id);
    const run = (reason: string): ReuseItem => ({ taskId: id, action: 'run', reason });
    if (!before || !row) return run('It is new in this version.');
    if (row.state !== 'succeeded' && row.state !== 'restored') return run(`It had ended ${row.state.replace('_', ' ')}.`);
    const after = newSpec.tasks.find((t) => t.id === id);
    if (canonical(before) !== canonical(after)) return run('It changed.');
    if (incoming(oldSpec, id) !== incoming(newSpec, id)) return run('Its inputs changed.');
    const upstreamChanged = planned.upstream.find((up) => !restore.has(plan.tasks[up]!.taskId));
    if (upstreamChanged !== undefined) return run(`"${plan.tasks[upstreamChanged]!.taskId}" before it runs again.`);
    const from: Json = { runId: row.run_id, attempt: row.attempt, at: row.finished_at?.toISOString() ?? null };
    restore.set(id, { output: row.output, tableOutput: row.table_output, from, fingerprint: row.fingerprint });
    return { taskId: id, action: 'reuse', reason: 'Nothing before it or in it changed.' };
  });
  return { items, restore };
}
