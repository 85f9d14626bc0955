import { z } from 'zod';
import { Prisma, prisma } from '@/lib/db/client';
import { type Tx } from '@/lib/db/transaction';
import { type Evidence } from './evidence';
import { audienceSchema, metricSchema, readStep, stepsSchema, type Audience, type ComparedMetric, type Step, type StepBody } from './schema';
import { FINISHED_STATES, isFinished, type RolloutState } from './states';
import { type Approval } from './transition';

const asJson = (value: unknown): Prisma.InputJsonValue => JSON.parse(JSON.stringify(value)) as Prisma.InputJsonValue;
const orNull = (value: unknown) => (value === null ? Prisma.DbNull : asJson(value));

export type RolloutRow = {
  id: string;
  workspaceId: string;
  endpointId: string;
  candidateVersionId: string;
  candidateVersion: number;
  baselineVersionId: string;
  baselineVersion: number;
  steps: StepBody[];
  /** the same, read for decisions */
  read: Step[];
  audience: Audience;
  unit: string;
  metrics: ComparedMetric[];
  seed: string;
  state: RolloutState;
  step: number;
  stepStartedAt: Date;
  weight: number;
  approval: Approval | null;
  revision: number;
  reason: string;
  createdById: string | null;
  createdBy: string | null;
  createdAt: Date;
  finishedAt: Date | null;
};

const approvalSchema = z.object({
  role: z.enum(['approver', 'admin']),
  minApprovers: z.number(),
  expiresAt: z.coerce.date(),
  candidateVersionId: z.string(),
  evidenceHash: z.string(),
  approvals: z.array(z.object({ ids: z.array(z.string()), by: z.string(), at: z.coerce.date(), reason: z.string() })),
});

type Stored = Prisma.RolloutGetPayload<object>;

function rowOf(stored: Stored): RolloutRow {
  const steps = stepsSchema.parse(stored.steps);
  return {
    ...stored,
    steps,
    read: steps.map(readStep),
    audience: audienceSchema.parse(stored.audience),
    metrics: z.array(metricSchema).parse(stored.metrics),
    state: stored.state as RolloutState,
    weight: Number(stored.weight),
    approval: stored.approval === null ? null : approvalSchema.parse(stored.approval),
  };
}

/** insertRollout stores a new one; its first decision is a row of its own. */
export async function insertRollout(tx: Tx, { read: _, ...row }: RolloutRow): Promise<void> {
  const { steps, audience, metrics, approval, weight, ...rest } = row;
  await tx.rollout.create({
    data: { ...rest, steps: asJson(steps), audience: asJson(audience), metrics: asJson(metrics), approval: orNull(approval), weight: new Prisma.Decimal(weight) },
  });
}

/** findRollout reads one of a workspace. */
export async function findRollout(workspaceId: string, id: string): Promise<RolloutRow | null> {
  const found = await prisma().rollout.findFirst({ where: { id, workspaceId } });
  return found && rowOf(found);
}

/** lockRollout reads one and keeps its row to this transaction; every transition begins with it. */
export async function lockRollout(tx: Tx, workspaceId: string, id: string): Promise<RolloutRow | null> {
  await tx.$queryRaw`select id from rollout where workspace_id = ${workspaceId}::uuid and id = ${id}::uuid for update`;
  const found = await tx.rollout.findFirst({ where: { id, workspaceId } });
  return found && rowOf(found);
}

export type Change = Pick<RolloutRow, 'state' | 'step' | 'stepStartedAt' | 'weight' | 'approval' | 'reason'> & { at: Date };

/** saveRollout writes a transition's result; the revision grows. The row must be locked. */
export async function saveRollout(tx: Tx, id: string, { approval, weight, at, ...rest }: Change): Promise<void> {
  await tx.rollout.update({
    where: { id },
    data: { ...rest, approval: orNull(approval), weight: new Prisma.Decimal(weight), revision: { increment: 1 }, ...(isFinished(rest.state) ? { finishedAt: at } : {}) },
  });
}

export type NewDecision = {
  workspaceId: string;
  rolloutId: string;
  at: Date;
  actor: string;
  actorId: string | null;
  verb: string;
  reason: string;
  fromState: string;
  toState: string;
  step: number;
  weights: { stable: number; candidate: number };
  evidence: Evidence | null;
  evidenceHash: string | null;
};
export type DecisionRow = NewDecision & { id: string };

/** appendDecision writes a transition into the ledger. */
export async function appendDecision(tx: Tx, { evidence, weights, ...row }: NewDecision): Promise<void> {
  await tx.rolloutDecision.create({ data: { ...row, weights: asJson(weights), evidence: orNull(evidence) } });
}

/** decisionsOf lists a rollout's ledger, newest first. */
export async function decisionsOf(workspaceId: string, rolloutId: string): Promise<DecisionRow[]> {
  const rows = await prisma().rolloutDecision.findMany({ where: { workspaceId, rolloutId }, orderBy: { id: 'desc' }, take: 500 });
  return rows.map((row) => ({ ...row, id: String(row.id), weights: row.weights as DecisionRow['weights'], evidence: row.evidence as Evidence | null }));
}

/** rolloutPage lists rollouts, newest first. @param given.before the id of the last one of the page before */
export async function rolloutPage(workspaceId: string, given: { before: string | null; limit: number; state: RolloutState | null; endpointId: string | null }): Promise<RolloutRow[]> {
  const found = await prisma().rollout.findMany({
    where: {
      workspaceId,
      ...(given.before === null ? {} : { id: { lt: given.before } }),
      ...(given.state === null ? {} : { state: given.state }),
      ...(given.endpointId === null ? {} : { endpointId: given.endpointId }),
    },
    orderBy: { id: 'desc' },
    take: given.limit,
  });
  return found.map(rowOf);
}

/** liveRollouts lists what is under way in every workspace, for the controller. */
export async function liveRollouts(): Promise<{ id: string; workspace: { id: string; slug: string; name: string } }[]> {
  const rows = await prisma().$queryRaw<{ id: string; workspace_id: string; slug: string; name: string }[]>`
    select r.id, w.id as workspace_id, w.slug, w.name from rollout r join workspace w on w.id = r.workspace_id
    where r.state not in (${Prisma.join(FINISHED_STATES)}) order by r.id limit 1000`;
  return rows.map(({ id, workspace_id, slug, name }) => ({ id, workspace: { id: workspace_id, slug, name } }));
}

/** endpointNames gives slug and model of endpoints; one that was deleted is missing. */
export async function endpointNames(workspaceId: string, ids: string[]): Promise<Map<string, { slug: string; model: string }>> {
  const rows = await prisma().endpoint.findMany({ where: { workspaceId, id: { in: ids } }, select: { id: true, slug: true, modelName: true } });
  return new Map(rows.map(({ id, slug, modelName }) => [id, { slug, model: modelName }]));
}
