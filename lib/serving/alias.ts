import { conflict, invalid, notFound } from '@/lib/core/errors';
import { prisma } from '@/lib/db/client';
import { inTransaction } from '@/lib/db/transaction';
import { type ModelVersionView, type PutAlias } from '@/lib/registry';
import { aliasWish, getVersion, moveAlias, putAlias, requireModel, resolveVersion, wishAlias } from '@/lib/registry/server';
import { audit, authorize, type Context } from '@/lib/tenancy/server';
import { announceEndpoint } from './service';
import * as store from './store';

/** The variant of a version that an alias is asked to point at, while its replicas start. */
const NEXT = 'next';
const nextOf = (endpoint: store.EndpointRow) => endpoint.variants.find((each) => each.name === NEXT) ?? null;
const stableOf = (endpoint: store.EndpointRow) => endpoint.variants.find((each) => each.name === 'stable') ?? null;

/**
 * requestAlias points an alias at a version. When endpoints follow it, they start that version beside the one that answers, and the
 * alias moves when its replicas are ready.
 * @returns the version, and the endpoints that are waited for
 * @throws AppError not_found, invalid for a version that cannot be served, conflict during a rollout behind the alias
 */
export async function requestAlias(ctx: Context, name: string, alias: string, given: PutAlias): Promise<ModelVersionView & { pending: string[] }> {
  authorize(ctx, 'model:write');
  const model = await requireModel(ctx, name);
  const version = await resolveVersion(ctx, name, { version: given.version });
  const following = (await store.endpointsFollowing(prisma(), ctx.workspaceId, model.id, alias)).filter((endpoint) => stableOf(endpoint)?.version !== given.version || nextOf(endpoint));
  if (following.length === 0) return { ...(await putAlias(ctx, name, alias, given)), pending: [] };
  authorize(ctx, 'endpoint:write');
  if (version.status !== 'ready' || version.flavor === null) {
    throw invalid(`Version ${given.version} of "${name}" cannot be served, and the endpoint "${following[0]?.slug ?? ''}" follows this alias. ${version.problems[0] ?? ''}`.trim(), [{ path: 'version', message: 'Give a version that is served here.', value: given.version }]);
  }
  await inTransaction(async (tx) => {
    for (const { id, slug } of following) {
      const endpoint = await store.lockEndpoint(tx, ctx.workspaceId, id);
      if (!endpoint) throw notFound('endpoint', slug);
      if (endpoint.variants.some((each) => each.name === 'candidate')) throw conflict(`A rollout is under way on "${slug}", which follows the alias "${alias}". Complete or abort it first.`);
      const before = nextOf(endpoint);
      if (before) await store.changeVariant(tx, before.id, { retiredAt: ctx.now });
      const stable = stableOf(endpoint);
      if (stable?.modelVersionId !== version.uuid) {
        await store.insertVariant(tx, { workspaceId: ctx.workspaceId, endpointId: id, name: NEXT, modelVersionId: version.uuid, version: version.version, weight: 0, replicas: stable?.replicas ?? endpoint.minReplicas, rolloutId: null, at: ctx.now });
      }
      await store.changeEndpoint(tx, id, { at: ctx.now });
    }
    await wishAlias(tx, model.id, alias, { version: given.version, reason: given.reason, by: ctx.actor.name, at: ctx.now });
    await audit(tx, ctx, { verb: 'model.alias.request', target: 'model', targetId: `${name}@${alias}`, after: { ...given, endpoints: following.map((endpoint) => endpoint.slug) } });
  });
  for (const { id } of following) announceEndpoint(ctx.workspaceId, id);
  const pending = following.map((endpoint) => endpoint.slug);
  return { ...(await getVersion(ctx, name, given.version)), pending };
}

/**
 * completeAlias lets an endpoint's next version answer, since its replicas are ready; the alias moves with the last endpoint that
 * follows it. The gateway calls it; without a next version nothing happens.
 * @returns whether traffic moved
 */
export async function completeAlias(workspaceId: string, endpointId: string, at: Date): Promise<boolean> {
  const moved = await inTransaction(async (tx) => {
    const endpoint = await store.lockEndpoint(tx, workspaceId, endpointId);
    const next = endpoint && nextOf(endpoint);
    if (!endpoint || !next || endpoint.alias === null) return false;
    const wish = await aliasWish(tx, endpoint.modelId, endpoint.alias);
    const by = wish?.by ?? 'Penstock';
    const stable = stableOf(endpoint);
    if (stable) await store.changeVariant(tx, stable.id, { weight: 0, retiredAt: at });
    await store.changeVariant(tx, next.id, { name: 'stable', weight: 100 });
    await store.changeEndpoint(tx, endpointId, { at });
    const weights = [{ variant: 'stable', version: next.version, uuid: next.modelVersionId, weight: 100 }];
    await store.appendLedger(tx, { workspaceId, endpointId, at, actor: by, verb: 'alias', reason: wish?.reason ?? '', weights, rolloutId: null });
    const waiting = (await store.endpointsFollowing(tx, workspaceId, endpoint.modelId, endpoint.alias)).filter((each) => nextOf(each));
    if (wish && waiting.length === 0) await moveAlias(tx, { workspaceId, modelId: endpoint.modelId, alias: endpoint.alias, version: wish.version, reason: wish.reason, by, at });
    await audit(tx, { actor: { kind: 'system', id: null, name: 'Penstock' }, isOwner: false, now: at, workspaceId }, {
      verb: 'model.alias',
      target: 'model',
      targetId: `${endpoint.modelName}@${endpoint.alias}`,
      before: { version: stable?.version ?? null },
      after: { version: next.version, endpoint: endpoint.slug, reason: wish?.reason ?? '', asked: by },
    });
    return true;
  });
  if (moved) announceEndpoint(workspaceId, endpointId);
  return moved;
}
