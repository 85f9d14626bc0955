import type { LaneRun } from '@/components/charts/day-lanes';
import type { Change } from '@/components/home/changes-panel';
import type { Trouble } from '@/components/home/failed-panel';
import type { Step } from '@/components/home/first-steps';
import type { WaitsForMe } from '@/components/home/waiting-panel';
import { changeWords, type HomeCounts } from '@/components/home/sentence';
import type { PipelineRow } from '@/components/pipelines/pipeline-columns';
import { listRunsQuery, type RunSummary } from '@/lib/runs';
import { getRun, listRuns } from '@/lib/runs/server';
import { may } from '@/lib/tenancy';
import { listAudit, type Context } from '@/lib/tenancy/server';
import { listWaiting } from '@/lib/rollout/server';
import { listDatasets } from '@/lib/datasets/server';
import { allPipelines } from './pipelines/rows';

const SHOWN = 5;
const LANES = 8;

export type HomeFacts = {
  counts: HomeCounts;
  troubles: Trouble[];
  waiting: WaitsForMe[];
  changes: Change[];
  steps: Step[];
  lanes: LaneRun[];
  /** how many pipelines had runs but have no lane */
  hiddenLanes: number;
  windowStates: string[];
  /** there were more runs than could be read */
  windowIsCut: boolean;
  pipelines: PipelineRow[];
  /** the list holds this person's pipelines only */
  mineOnly: boolean;
};

/** readHome gathers what the home page shows of the last `hours`. */
export async function readHome(ctx: Context, hours: number): Promise<HomeFacts> {
  const from = new Date(ctx.now.getTime() - hours * 3_600_000).toISOString();
  const query = (given: Record<string, unknown>) => listRuns(ctx, listRunsQuery.parse(given));
  const [pipelines, inWindow, running, tries, succeeded, datasets, changes, waiting] = await Promise.all([
    allPipelines(ctx),
    query({ from, limit: 200 }),
    query({ state: 'running', limit: 50 }),
    query({ trigger: 'try', limit: 1 }),
    query({ state: 'succeeded', limit: 1 }),
    listDatasets(ctx, { limit: 200 }),
    readChanges(ctx),
    waitsForMe(ctx),
  ]);
  const failed = pipelines.filter((p) => p.lastRuns.find((r) => r.finishedAt !== null)?.state === 'failed');
  const held = datasets.items.filter((d) => d.quarantined !== null);
  const mine = pipelines.filter((p) => p.owner !== null && p.owner.id === ctx.actor.id);
  const home = `/w/${ctx.workspace.slug}`;
  const lanes = busiest(inWindow.items);
  return {
    counts: { failed: failed.length, quarantined: held.length, waiting: waiting.length, running: running.items.length },
    troubles: [
      ...(await Promise.all(failed.slice(0, SHOWN).map((p) => failedTrouble(ctx, p)))),
      ...held.slice(0, SHOWN).map((d) => ({
        key: `dataset ${d.name}`,
        href: `${home}/datasets/${d.name}`,
        state: 'up_for_retry',
        title: `${d.name} v${d.quarantined?.version} is held back`,
        why: d.quarantined?.reason ?? null,
        at: d.updatedAt,
      })),
    ].slice(0, SHOWN),
    changes,
    waiting: waiting.slice(0, SHOWN),
    steps: [
      { label: 'Create a pipeline', href: `${home}/templates`, done: pipelines.length > 0 },
      { label: 'Try a node on its own', href: `${home}/pipelines`, done: tries.items.length > 0 },
      {
        label: 'Publish a version',
        href: `${home}/pipelines`,
        done: pipelines.some((p) => p.currentVersion !== null),
      },
      { label: 'See a run succeed', href: `${home}/runs`, done: succeeded.items.length > 0 },
      {
        label: 'Write a dataset',
        href: `${home}/datasets`,
        done: datasets.items.some((d) => d.currentVersion !== null),
      },
    ],
    lanes: lanes.runs,
    hiddenLanes: lanes.hidden,
    windowStates: inWindow.items.map((r) => r.state),
    windowIsCut: inWindow.nextCursor !== null,
    pipelines: (mine.length > 0 ? mine : pipelines).slice(0, 10),
    mineOnly: mine.length > 0,
  };
}

async function waitsForMe(ctx: Context): Promise<WaitsForMe[]> {
  const mine = (await listWaiting(ctx)).filter(({ whyNot }) => whyNot === null);
  return mine.map(({ id, endpoint, candidate, weights, next, lead, rest, askedAt }) => ({
    id,
    href: `/w/${ctx.workspace.slug}/rollouts/${id}`,
    title: `${endpoint ?? 'Rollout'} v${candidate.version}: ${weights.candidate} %${next === null ? '' : ` to ${next} %`}`,
    why: `${lead} ${rest}`,
    at: askedAt,
  }));
}

/** failedTrouble names the task in which a pipeline's newest run failed, and why. */
async function failedTrouble(ctx: Context, pipeline: PipelineRow): Promise<Trouble> {
  const last = pipeline.lastRuns.find((r) => r.finishedAt !== null);
  const run = last === undefined ? null : await getRun(ctx, last.id);
  const task = run?.tasks.find((t) => t.state === 'failed');
  return {
    key: `run ${last?.id}`,
    href: `/w/${ctx.workspace.slug}/runs/${last?.id}`,
    state: 'failed',
    title: task === undefined ? `${pipeline.name} failed` : `${pipeline.name} failed in ${task.taskId}`,
    why: task?.reason?.text ?? null,
    at: last?.finishedAt ?? null,
  };
}

async function readChanges(ctx: Context): Promise<Change[]> {
  if (!may(ctx.role, 'audit:read')) return [];
  const found = await listAudit(ctx, { limit: 50 });
  const href = (target: string, id: string) =>
    target === 'pipeline' || target === 'dataset' || target === 'rollout' ? `/w/${ctx.workspace.slug}/${target}s/${id}` : null;
  return found.items
    .filter((row) => row.target !== 'run' && !row.verb.includes('draft') && !(row.target === 'rollout' && row.actor.kind === 'system'))
    .slice(0, SHOWN)
    .map((row) => ({
      id: row.id,
      target: row.target,
      text: changeWords(row),
      who: row.actor.name,
      at: row.at,
      href: row.verb.endsWith('delete') ? null : href(row.target, row.targetId),
    }));
}

/** busiest keeps the pipelines with the most runs, so that the lanes stay readable. */
function busiest(runs: readonly RunSummary[]): { runs: LaneRun[]; hidden: number } {
  const counts = new Map<string, number>();
  for (const run of runs) counts.set(run.pipeline, (counts.get(run.pipeline) ?? 0) + 1);
  const kept = [...counts].sort((a, b) => b[1] - a[1]).slice(0, LANES);
  const names = new Set(kept.map(([name]) => name));
  const iso = (at: Date | null) => at?.toISOString() ?? null;
  return {
    hidden: counts.size - kept.length,
    runs: runs
      .filter((r) => names.has(r.pipeline))
      .map((r) => ({
        id: r.id,
        pipeline: r.pipeline,
        state: r.state,
        createdAt: r.createdAt.toISOString(),
        startedAt: iso(r.startedAt),
        finishedAt: iso(r.finishedAt),
      })),
  };
}
