import { env } from '@/lib/core/env';
import { notify } from '@/lib/db/notify';
import { type Tx } from '@/lib/db/transaction';
import { enqueue } from '@/lib/outbox/server';
import { announceEndpoint, promoteCandidate, retireCandidate, setTraffic } from '@/lib/serving/server';
import { includesRole, isRole } from '@/lib/tenancy';
import { audit, listMembers, type Context } from '@/lib/tenancy/server';
import { type Gathered } from './gather';
import { appendDecision, saveRollout, type RolloutRow } from './store';
import { phaseOf, type Outcome, type Situation } from './transition';

type Moved = Outcome & { kind: 'moved' };
/** Who moves it, for the ledgers; the product itself is called after what it does. */
export type Mover = { name: string; id: string | null };
export const CONTROLLER: Mover = { name: 'rollout', id: null };

/**
 * move writes a transition: the rollout, its ledger with the evidence, the endpoint's traffic, the audit row, the mail to approvers.
 * The row must be locked; all of it is one transaction. After the commit call `tellMoved`.
 * @param gathered null when the evidence could not be read in time: an abort does not wait for it
 */
export async function move(tx: Tx, ctx: Context, given: { row: RolloutRow; slug: string; outcome: Moved; by: Mover; gathered: Gathered | null }): Promise<void> {
  const { row, slug, outcome, by, gathered } = given;
  const { next, verb, reason } = outcome;
  const { state, step, stepStartedAt, weight, approval } = next;
  await saveRollout(tx, row.id, { state, step, stepStartedAt, weight, approval, reason, at: ctx.now });
  await appendDecision(tx, {
    workspaceId: row.workspaceId, rolloutId: row.id, at: ctx.now, actor: by.name, actorId: by.id, verb, reason,
    fromState: row.state, toState: state, step, weights: weightsOf(weight), evidence: gathered?.evidence ?? null, evidenceHash: gathered?.hash ?? null,
  });
  await changeTraffic(tx, ctx, row, outcome, by);
  const told = (from: Pick<Situation, 'state' | 'step' | 'weight'>) => ({ state: from.state, step: from.step, weights: weightsOf(from.weight) });
  await audit(tx, ctx, { verb: `rollout.${verb}`, target: 'rollout', targetId: row.id, before: told(row), after: { ...told(next), endpoint: slug, reason } });
  if (verb === 'ask' && approval) await askByMail(tx, ctx, row, slug, approval);
}

export const weightsOf = (weight: number): { stable: number; candidate: number } => ({ stable: Math.round((100 - weight) * 100) / 100, candidate: weight });

async function changeTraffic(tx: Tx, ctx: Context, row: RolloutRow, { effect, next, verb, reason }: Moved, by: Mover): Promise<void> {
  const change = { workspaceId: row.workspaceId, endpointId: row.endpointId, actor: by.name, verb, reason, at: ctx.now };
  switch (effect) {
    case 'traffic': {
      const phase = phaseOf(row.read, row.step);
      const step = row.read[phase];
      const shadow = step?.kind === 'shadow' ? { shadow: { percent: step.percent } } : {};
      await setTraffic(tx, { ...change, weights: weightsOf(next.weight), routing: { rolloutId: row.id, step: phase, seed: row.seed, audience: row.audience, ...shadow } });
      return;
    }
    case 'promote':
      await promoteCandidate(tx, change);
      return;
    case 'retire':
      await retireCandidate(tx, change);
      return;
    case 'none':
  }
}

/** tellMoved tells gateways and pages at once; call it after the commit. */
export function tellMoved(row: Pick<RolloutRow, 'id' | 'workspaceId' | 'endpointId'>, effect: Moved['effect']): void {
  if (effect !== 'none') announceEndpoint(row.workspaceId, row.endpointId);
  notify({ topic: 'rollout', id: row.id, workspaceId: row.workspaceId }, { urgent: true });
}

/** askByMail writes to everybody who may approve, but not to the author. */
async function askByMail(tx: Tx, ctx: Context, row: RolloutRow, slug: string, approval: { role: 'approver' | 'admin'; expiresAt: Date }): Promise<void> {
  const people = await listMembers(ctx);
  const to = people.filter(({ role, userId }) => isRole(role) && includesRole(role, approval.role) && userId !== row.createdById).map(({ email }) => email);
  if (to.length === 0) return;
  const base = env().PENSTOCK_PUBLIC_URL?.replace(/\/$/, '') ?? '';
  const text = [
    `${row.createdBy ?? 'Somebody'} opens the endpoint ${slug} to version ${row.candidateVersion} (now version ${row.baselineVersion}).`,
    `The rollout is at ${row.weight} % and asks for approval until ${approval.expiresAt.toISOString()}.`,
    `Look at the evidence, then approve, hold or roll back: ${base}/w/${ctx.workspace.slug}/rollouts/${row.id}`,
  ].join('\n');
  await enqueue(tx, { workspaceId: row.workspaceId, kind: 'mail', payload: { to, subject: `Approve ${slug} v${row.candidateVersion}?`, text } }, ctx.now);
}
