import { AppError, notFound } from '@/lib/core/errors';
import { type InferencesQuery, type InferenceView, type VariantStats } from '@/lib/inference';
import { countDropped, listInferences, variantStats } from '@/lib/inference/server';
import { authorize, derivedSecret, type Context } from '@/lib/tenancy/server';
import { PASS_PURPOSE, passFor } from './gateway/holders';
import { requireEndpoint } from './service';
import * as store from './store';

const HOUR_MS = 3_600_000;
const TRY_MS = 35_000;

/** endpointStats gives each variant's figures in a window of event time; by default the last hour. */
export async function endpointStats(
  ctx: Context,
  slug: string,
  given: { from?: string | undefined; to?: string | undefined },
): Promise<{ from: Date; to: Date; dropped: number; variants: VariantStats[] }> {
  const { id } = await requireEndpoint(ctx, slug);
  // the row that was just answered belongs to the window
  const to = given.to === undefined ? new Date(ctx.now.getTime() + 1_000) : new Date(given.to);
  const from = given.from === undefined ? new Date(to.getTime() - HOUR_MS) : new Date(given.from);
  const [variants, dropped] = await Promise.all([variantStats(ctx, { endpointId: id, from, to }), countDropped(ctx, id, from, to)]);
  return { from, to, dropped, variants };
}

/** endpointInferences lists predictions with the slug of their endpoint. @throws AppError not_found for an unknown endpoint */
export async function endpointInferences(ctx: Context, query: InferencesQuery): Promise<{ items: (InferenceView & { endpoint: string })[]; nextCursor: string | null }> {
  authorize(ctx, 'endpoint:read');
  const { endpoint, ...rest } = query;
  const endpointId = endpoint === undefined ? undefined : (await requireEndpoint(ctx, endpoint)).id;
  const { items, nextCursor } = await listInferences(ctx, {
    limit: rest.limit,
    ...(endpointId === undefined ? {} : { endpointId }),
    ...(rest.id === undefined ? {} : { id: rest.id }),
    ...(rest.unitId === undefined ? {} : { unitId: rest.unitId }),
    ...(rest.variant === undefined ? {} : { variant: rest.variant }),
    ...(rest.cursor === undefined ? {} : { cursor: rest.cursor }),
  });
  const slugs = await store.slugsOf(ctx.workspaceId, [...new Set(items.map((item) => item.endpointId))]);
  return { items: items.map(({ endpointId: of, ...item }) => ({ ...item, endpoint: slugs.get(of) ?? of })), nextCursor };
}

/** gatewayAddress is where a gateway takes calls; null when none runs. */
export async function gatewayAddress(): Promise<string | null> {
  const found = await store.liveGateway();
  return found && `http://${found.host.includes(':') ? `[${found.host}]` : found.host}:${found.port}`;
}

/**
 * tryEndpoint sends a request through the gateway for a person who has no token at hand, and gives the gateway's own answer.
 * @param body of the Open Inference Protocol when it has `inputs`, else MLflow's
 * @throws AppError unavailable when no gateway can be reached
 */
export async function tryEndpoint(ctx: Context, slug: string, body: Record<string, unknown>, unitId: string | null): Promise<Response> {
  const { slug: endpoint } = await requireEndpoint(ctx, slug);
  const address = await gatewayAddress();
  if (!address) throw new AppError('unavailable', 'No gateway runs now. It is started with the product, or alone by `penstock gateway`.');
  const path = 'inputs' in body && Array.isArray(body.inputs) ? `v2/models/${endpoint}/infer` : `${endpoint}/invocations`;
  const pass = passFor(derivedSecret(PASS_PURPOSE), { workspaceId: ctx.workspaceId, role: ctx.role }, ctx.now.getTime());
  try {
    const answer = await fetch(`${address}/${ctx.workspace.slug}/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${pass}`, 'content-type': 'application/json', ...(unitId ? { 'x-unit-id': unitId } : {}) },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TRY_MS),
    });
    const kept = ['content-type', 'retry-after', 'x-inference-id', 'x-variant', 'x-model-version'].flatMap((name): [string, string][] => {
      const value = answer.headers.get(name);
      return value === null ? [] : [[name, value]];
    });
    if (answer.status === 404) throw notFound('endpoint', slug);
    return new Response(await answer.text(), { status: answer.status, headers: [...kept, ['cache-control', 'no-store']] });
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('unavailable', `The gateway at ${address} did not answer: ${error instanceof Error ? error.message : String(error)}. Try again in a moment.`);
  }
}
