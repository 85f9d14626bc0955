import { listSchedules } from '@/lib/scheduler/server';
import type { Context } from '@/lib/tenancy/server';

/** nextDueBySlug gives for pipelines when their next scheduled run is due; those without one are left out. */
export async function nextDueBySlug(ctx: Context, slugs: string[]): Promise<Map<string, Date>> {
  const found = new Map<string, Date>();
  for (const { pipeline, next } of (await listSchedules(ctx, { pipelines: slugs })).items) {
    const before = found.get(pipeline.slug);
    if (next && (before === undefined || next.due < before)) found.set(pipeline.slug, next.due);
  }
  return found;
}
