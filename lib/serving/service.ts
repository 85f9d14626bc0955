import { conflict, invalid, notFound } from '@/lib/core/errors';
import { prisma } from '@/lib/db/client';
import { notify } from '@/lib/db/notify';
import { inTransaction } from '@/lib/db/transaction';
import { requireModel, resolveVersion } from '@/lib/registry/server';
import { audit, authorize, type Context } from '@/lib/tenancy/server';
import { type CreateEndpoint, type EndpointState, type EndpointView, type LedgerEntry } from './schema';
import * as store from './store';

const unknownEndpoint = (slug: string) => notFound('endpoint', slug);

/** announceEndpoint tells gateways and pages at once that an endpoint changed; call it after the commit. */
export const announceEndpoint = (workspaceId: string, id: string): void => notify({ topic: 'endpoint', id, workspaceId }, { urgent: true });

/** requireEndpoint gives an endpoint with its live variants to services of other folders. @throws AppError not_found */
export async function requireEndpoint(ctx: Context, slug: string): Promise<store.EndpointRow> {
  authorize(ctx, 'endpoint:read');
  const found = await store.findEndpoint(prisma(), ctx.workspaceId, slug);
  if (!found) throw unknownEndpoint(slug);
  return found;
}

const viewOf = (row: store.EndpointRow): EndpointView => ({
  id: row.id,
  slug: row.slug,
  model: row.modelName,
  alias: row.alias,
  state: row.state as EndpointState,
  problem: row.problem,
  minReplicas: row.minReplicas,
  maxReplicas: row.maxReplicas,
  batching: row.batching,
  variants: row.variants.map(({ id, name, version, modelVersionId, weight, replicas, ready, problem }) => ({ id, name, version, uuid: modelVersionId, weight, replicas, ready, problem })),
  revision: row.revision,
  createdBy: row.createdBy,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
});

/**
 * createEndpoint serves a version of a model under a stable address; its first variant is `stable` at 100 %.
 * @throws AppError conflict when the slug is taken, invalid for a version that cannot be served here
 */
export async function createEndpoint(ctx: Context, given: CreateEndpoint): Promise<EndpointView> {
  authorize(ctx, 'endpoint:write');
  const model = await requireModel(ctx, given.model).catch(() => {
    throw invalid(`There is no model "${given.model}" in this workspace.`, [{ path: 'model', message: 'Give the name of a registered model.', value: given.model }]);
  });
  const version = await resolveVersion(ctx, given.model, { version: given.version, alias: given.alias });
  if (version.status !== 'ready' || version.flavor === null) {
    const why = version.problems[0] ?? 'It has no flavor that is served here.';
    throw invalid(`Version ${version.version} of "${given.model}" cannot be served. ${why}`, [{ path: given.alias === undefined ? 'version' : 'alias', message: why, value: given.alias ?? given.version }]);
  }
  const minReplicas = given.minReplicas ?? 1;
  const id = await inTransaction(async (tx) => {
    const made = await store.insertEndpoint(tx, {
      workspaceId: ctx.workspaceId,
      slug: given.slug,
      modelId: model.id,
      modelName: model.name,
      alias: given.alias ?? null,
      minReplicas,
      maxReplicas: given.maxReplicas ?? minReplicas,
      batching: given.batching ?? {},
      createdBy: ctx.actor.name,
      now: ctx.now,
    });
    if (made === false) throw conflict(`There is already an endpoint "${given.slug}" in this workspace. Choose another slug.`);
    const place = { workspaceId: ctx.workspaceId, endpointId: made };
    await store.insertVariant(tx, { ...place, name: 'stable', modelVersionId: version.uuid, version: version.version, weight: 100, replicas: minReplicas, rolloutId: null, at: ctx.now });
    const weights = [{ variant: 'stable', version: version.version, uuid: version.uuid, weight: 100 }];
    await store.appendLedger(tx, { ...place, at: ctx.now, actor: ctx.actor.name, verb: 'create', reason: '', weights, rolloutId: null });
    await audit(tx, ctx, { verb: 'endpoint.create', target: 'endpoint', targetId: given.slug, after: { ...given, version: version.version } });
    return made;
  });
  announceEndpoint(ctx.workspaceId, id);
  return getEndpoint(ctx, given.slug);
}

/** listEndpoints lists endpoints by slug with their live variants. @param given.model only those that serve this model */
export async function listEndpoints(ctx: Context, given: { limit: number; cursor?: string; q?: string; model?: string }): Promise<{ items: EndpointView[]; nextCursor: string | null }> {
  authorize(ctx, 'endpoint:read');
  const modelId = given.model === undefined ? null : (await requireModel(ctx, given.model)).id;
  const found = await store.listEndpointRows(ctx.workspaceId, { after: given.cursor ?? null, limit: given.limit + 1, q: given.q ?? null, modelId });
  const items = found.slice(0, given.limit).map(viewOf);
  return { items, nextCursor: found.length > given.limit ? (items.at(-1)?.slug ?? null) : null };
}

/** getEndpoint gives one endpoint. @throws AppError not_found */
export async function getEndpoint(ctx: Context, slug: string): Promise<EndpointView> {
  return viewOf(await requireEndpoint(ctx, slug));
}

/** readLedger gives who answered with which share, newest first. @param given.at the first entry is what held then */
export async function readLedger(ctx: Context, slug: string, given: { at?: string | undefined; limit: number }): Promise<{ items: LedgerEntry[] }> {
  const endpoint = await requireEndpoint(ctx, slug);
  return { items: await store.ledgerRows(ctx.workspaceId, endpoint.id, { at: given.at === undefined ? null : new Date(given.at), limit: given.limit }) };
}

/**
 * deleteEndpoint ends an endpoint: its address answers 404 from then on. Its logged predictions stay.
 * @param confirm the endpoint's slug, so that nobody does it by accident
 * @throws AppError not_found, invalid without confirmation, conflict during a rollout
 */
export async function deleteEndpoint(ctx: Context, slug: string, confirm: string | undefined): Promise<void> {
  authorize(ctx, 'endpoint:write');
  const { id } = await requireEndpoint(ctx, slug);
  if (confirm !== slug) {
    throw invalid(`Callers of "${slug}" get 404 as soon as it is deleted. Confirm it with confirm=${slug}.`, [{ path: 'confirm', message: `Expected "${slug}".`, ...(confirm === undefined ? {} : { value: confirm }) }]);
  }
  await inTransaction(async (tx) => {
    const endpoint = await store.lockEndpoint(tx, ctx.workspaceId, id);
    if (!endpoint) throw unknownEndpoint(slug);
    if (endpoint.variants.some((each) => each.name === 'candidate')) throw conflict(`A rollout is under way on "${slug}". Abort or complete it first.`);
    await store.removeEndpoint(tx, ctx.workspaceId, id);
    await audit(tx, ctx, { verb: 'endpoint.delete', target: 'endpoint', targetId: slug, before: { model: endpoint.modelName, version: endpoint.variants[0]?.version ?? null } });
  });
  announceEndpoint(ctx.workspaceId, id);
}
