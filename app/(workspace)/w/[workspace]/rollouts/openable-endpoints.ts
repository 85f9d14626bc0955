import { type Openable } from '@/components/rollout/start-rollout';
import { listVersions } from '@/lib/registry/server';
import { listEndpoints } from '@/lib/serving/server';
import { type Context } from '@/lib/tenancy/server';

/** openableEndpoints gives the endpoints with the other ready versions of their models, newest first. @param only slug of one */
export async function openableEndpoints(ctx: Context, only?: string): Promise<Openable[]> {
  const { items } = await listEndpoints(ctx, { limit: 200 });
  const endpoints = only === undefined ? items : items.filter(({ slug }) => slug === only);
  const models = [...new Set(endpoints.map(({ model }) => model))];
  const versions = new Map(await Promise.all(models.map(async (model) => [model, (await listVersions(ctx, model, { limit: 50 })).items] as const)));
  return endpoints.flatMap(({ slug, model, variants }) => {
    const stable = variants.find(({ name }) => name === 'stable');
    if (!stable) return [];
    const others = (versions.get(model) ?? []).filter((each) => each.status === 'ready' && each.flavor !== null && each.version !== stable.version);
    return [{ slug, model, stable: stable.version, versions: others.map((each) => each.version), underWay: variants.some(({ name }) => name === 'candidate') }];
  });
}
