import { notFound } from '@/lib/core/errors';
import { prisma } from '@/lib/db/client';
import { compile, type Plan, type Spec } from '@/lib/pipeline';
import { cutToPart, type RunPart } from './part';
import type { RunRow } from './store';

export type Compiled = { spec: Spec; plan: Plan };

/** Versions are immutable, so their compiled plans may be kept; this many stay in memory. */
const KEPT = 200;
const versions = new Map<string, Promise<Compiled>>();

/** compiledVersion gives a published version's spec and plan, or those of some of its tasks, compiled once a process. */
export function compiledVersion(versionId: string, part: RunPart | null = null): Promise<Compiled> {
  const key = part ? `${versionId} ${[...part.taskIds, '|', ...part.outside].join(' ')}` : versionId;
  const known = versions.get(key);
  if (known) return known;
  const loading = (async () => {
    const row = await prisma().pipelineVersion.findUnique({ where: { id: versionId }, select: { spec: true } });
    if (!row) throw notFound('pipeline version', versionId);
    const whole = row.spec as unknown as Spec;
    const spec = part ? cutToPart(whole, part) : whole;
    return { spec, plan: compile(spec) };
  })();
  versions.set(key, loading);
  loading.catch(() => versions.delete(key));
  if (versions.size > KEPT) versions.delete(versions.keys().next().value!);
  return loading;
}

/** Drafts that are tried, by the object that a run's row gave. */
const tries = new WeakMap<Spec, Compiled>();

/** compiledRun gives what a run executes: its version's plan, or that of the draft it tries. */
export async function compiledRun(run: Pick<RunRow, 'version_id' | 'try_spec' | 'part'>): Promise<Compiled> {
  if (run.version_id) return compiledVersion(run.version_id, run.part);
  const spec = run.try_spec as unknown as Spec;
  let known = tries.get(spec);
  if (!known) tries.set(spec, (known = { spec, plan: compile(spec) }));
  return known;
}
