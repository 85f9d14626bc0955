import { type Servable } from '@/components/models/new-endpoint';
import { listModels, listVersions } from '@/lib/registry/server';
import { type Context } from '@/lib/tenancy/server';

/** servableModels gives the models with versions that can be served, newest first, and the aliases that point at one of them. */
export async function servableModels(ctx: Context): Promise<Servable[]> {
  const { items } = await listModels(ctx, { limit: 200 });
  const models = await Promise.all(
    items.map(async ({ name, aliases }) => {
      const found = (await listVersions(ctx, name, { limit: 50 })).items.filter((version) => version.status === 'ready' && version.flavor !== null);
      const versions = found.map(({ version }) => version);
      return { model: name, versions, aliases: aliases.filter(({ version }) => versions.includes(version)) };
    }),
  );
  return models.filter(({ versions }) => versions.length > 0);
}
