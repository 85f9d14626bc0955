import { conflict, notFound } from '@/lib/core/errors';
import { type Tx } from '@/lib/db/transaction';
import { moveAlias } from '@/lib/registry/server';
import { type Routing, type VariantName, type Weights } from './schema';
import * as store from './store';

/** Which endpoint, and who changes it and why; the words stand in its ledger. */
export type TrafficChange = { workspaceId: string; endpointId: string; actor: string; verb: string; reason: string; at: Date };

async function locked(tx: Tx, given: { workspaceId: string; endpointId: string }): Promise<store.EndpointRow> {
  const found = await store.lockEndpoint(tx, given.workspaceId, given.endpointId);
  if (!found) throw notFound('endpoint', given.endpointId);
  return found;
}

const variantOf = (endpoint: store.EndpointRow, name: VariantName) => endpoint.variants.find((each) => each.name === name) ?? null;

function stableOf(endpoint: store.EndpointRow): store.VariantRow {
  const stable = variantOf(endpoint, 'stable');
  if (!stable) throw conflict(`The endpoint "${endpoint.slug}" has no stable variant.`);
  return stable;
}

async function record(tx: Tx, change: TrafficChange, shares: { variant: store.VariantRow; name: string; weight: number }[], rolloutId: string | null): Promise<void> {
  const { workspaceId, endpointId, actor, verb, reason, at } = change;
  const weights = shares.map(({ variant, name, weight }) => ({ variant: name, version: variant.version, uuid: variant.modelVersionId, weight }));
  await store.appendLedger(tx, { workspaceId, endpointId, at, actor, verb, reason, weights, rolloutId });
}

/**
 * addCandidate puts a second version behind an endpoint, at weight 0; the gateway starts its replicas. Locks the endpoint.
 * After the commit the caller says `notify({topic: 'endpoint', …}, {urgent: true})`, as after every change here.
 * @throws AppError not_found, conflict when there is a candidate already
 */
export async function addCandidate(
  tx: Tx,
  given: { workspaceId: string; endpointId: string; modelVersionId: string; version: number; rolloutId: string; at?: Date },
): Promise<store.VariantRow> {
  const { at = new Date(), ...row } = given;
  const endpoint = await locked(tx, given);
  if (variantOf(endpoint, 'candidate')) throw conflict(`The endpoint "${endpoint.slug}" has a candidate already. End its rollout first.`);
  const { replicas } = stableOf(endpoint);
  const id = await store.insertVariant(tx, { ...row, name: 'candidate', weight: 0, replicas, at });
  await store.changeEndpoint(tx, endpoint.id, { at });
  return { id, name: 'candidate', modelVersionId: given.modelVersionId, version: given.version, weight: 0, replicas, ready: 0, problem: null, rolloutId: given.rolloutId, createdAt: at };
}

/**
 * setTraffic sets the shares of the two variants in percent and what the assignment needs to know. Locks the endpoint.
 * @param given.routing `{}` ends a rollout's hold on the endpoint
 * @throws AppError not_found, conflict when shares are not 100 together or go to a candidate that is not there
 */
export async function setTraffic(tx: Tx, given: TrafficChange & { weights: Weights; routing: Routing }): Promise<void> {
  const endpoint = await locked(tx, given);
  const stable = stableOf(endpoint);
  const candidate = variantOf(endpoint, 'candidate');
  const { weights, routing, at } = given;
  if (weights.stable < 0 || weights.candidate < 0 || Math.round((weights.stable + weights.candidate) * 100) !== 10_000) {
    throw conflict(`Shares of ${weights.stable} % and ${weights.candidate} % are not 100 % together.`);
  }
  if (!candidate && weights.candidate > 0) throw conflict(`The endpoint "${endpoint.slug}" has no candidate that could take ${weights.candidate} %.`);
  await store.changeVariant(tx, stable.id, { weight: weights.stable });
  if (candidate) await store.changeVariant(tx, candidate.id, { weight: weights.candidate });
  await store.changeEndpoint(tx, endpoint.id, { routing, at });
  const shares = [{ variant: stable, name: 'stable', weight: weights.stable }, ...(candidate ? [{ variant: candidate, name: 'candidate', weight: weights.candidate }] : [])];
  await record(tx, given, shares, rolloutOf(routing) ?? candidate?.rolloutId ?? null);
}

const rolloutOf = (routing: Routing): string | null => (typeof routing.rolloutId === 'string' ? routing.rolloutId : null);

/**
 * promoteCandidate makes the candidate stable at 100 % and retires the old stable one; an alias that the endpoint follows
 * moves along. Its replicas go on running. Locks the endpoint.
 * @returns the variant that is stable now
 * @throws AppError not_found, conflict without a candidate
 */
export async function promoteCandidate(tx: Tx, given: TrafficChange): Promise<store.VariantRow> {
  const endpoint = await locked(tx, given);
  const stable = stableOf(endpoint);
  const candidate = variantOf(endpoint, 'candidate');
  if (!candidate) throw conflict(`The endpoint "${endpoint.slug}" has no candidate to promote.`);
  const { at } = given;
  await store.changeVariant(tx, stable.id, { weight: 0, retiredAt: at });
  await store.changeVariant(tx, candidate.id, { name: 'stable', weight: 100, rolloutId: null });
  await store.changeEndpoint(tx, endpoint.id, { routing: {}, at });
  if (endpoint.alias !== null) {
    await moveAlias(tx, { workspaceId: endpoint.workspaceId, modelId: endpoint.modelId, alias: endpoint.alias, version: candidate.version, reason: given.reason, by: given.actor, at });
  }
  await record(tx, given, [{ variant: candidate, name: 'stable', weight: 100 }], candidate.rolloutId);
  return { ...candidate, name: 'stable', weight: 100, rolloutId: null };
}

/**
 * retireCandidate takes the candidate away; stable answers everything. Without a candidate it changes nothing. Locks the endpoint.
 * @returns whether there was one
 */
export async function retireCandidate(tx: Tx, given: TrafficChange): Promise<boolean> {
  const endpoint = await locked(tx, given);
  const stable = stableOf(endpoint);
  const candidate = variantOf(endpoint, 'candidate');
  if (!candidate) return false;
  const { at } = given;
  await store.changeVariant(tx, candidate.id, { weight: 0, retiredAt: at });
  await store.changeVariant(tx, stable.id, { weight: 100 });
  await store.changeEndpoint(tx, endpoint.id, { routing: {}, at });
  await record(tx, given, [{ variant: stable, name: 'stable', weight: 100 }], candidate.rolloutId);
  return true;
}

/** readyReplicas says for each live variant how many replicas are wanted and ready, and why they do not start. */
export async function readyReplicas(endpointId: string): Promise<Record<string, { replicas: number; ready: number; problem: string | null }>> {
  return Object.fromEntries((await store.variantsReady(endpointId)).map(({ name, ...rest }) => [name, rest]));
}
