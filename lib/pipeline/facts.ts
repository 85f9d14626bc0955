import { getVariables, listChannels, listConnections, secretNames, type Context } from '@/lib/tenancy/server';
import { calendarNames, datasetNames, filePaths, publishedPipelines, writtenDatasets } from './store';
import { type DraftSpec } from './spec';
import { type Facts } from './validate/facts';

/** What this folder cannot know by itself and is handed from outside: how the database engine reads a spec's SQL. */
export type FactSources = { sql?: (ctx: Context, spec: DraftSpec, slug: string) => Promise<Facts['sql']> };

/**
 * gatherFacts reads everything that validate() asks the server. Only what the spec can use is read.
 * @param slug the pipeline under edit
 */
export async function gatherFacts(
  ctx: Context,
  slug: string,
  spec: DraftSpec,
  sources: FactSources = {},
): Promise<Facts> {
  const kinds = new Set(spec.tasks.map((task) => task.kind));
  const text = JSON.stringify(spec);
  const when = async <T>(used: boolean, read: () => Promise<T>): Promise<T | undefined> =>
    used ? read() : undefined;
  const onDatasets = spec.triggers.some((trigger) => trigger.kind === 'dataset');
  const [secrets, variables, channels, connections, datasets, written, calendars, files, pipelines, sql] = await Promise.all([
    when(text.includes('secret'), () => secretNames(ctx.workspaceId)),
    when(text.includes('vars'), async () => Object.keys(await getVariables(ctx.workspaceId))),
    when(text.includes('channel'), async () => (await listChannels(ctx)).map((channel) => channel.name)),
    when(text.includes('connection'), async () =>
      (await listConnections(ctx)).map((connection) => connection.name),
    ),
    when(text.includes('reads') || text.includes('dataset'), () => datasetNames(ctx.workspaceId)),
    when(onDatasets, () => writtenDatasets(ctx.workspaceId)),
    when(spec.triggers.some((trigger) => trigger.calendar !== undefined), () => calendarNames(ctx.workspaceId)),
    when(kinds.has('source'), () => filePaths(ctx.workspaceId)),
    when(kinds.has('subpipeline') || kinds.has('sensor') || spec.triggers.some((trigger) => trigger.kind === 'run'), () =>
      publishedPipelines(ctx.workspaceId),
    ),
    when(kinds.has('sql'), async () => sources.sql?.(ctx, spec, slug)),
  ]);
  const facts = { slug, secrets, variables, channels, connections, datasets, written, calendars, files, pipelines, sql };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}
