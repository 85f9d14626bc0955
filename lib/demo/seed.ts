import path from 'node:path';
import { uploadFile } from '@/lib/datasets/server';
import { createPipeline, findPipeline, publishPipeline } from '@/lib/pipeline/server';
import { DEMO_PIPELINES } from '@/lib/pipeline';
import { getVariables, putVariable, type Context } from '@/lib/tenancy/server';
import { demoServerUrl } from './address';

/** The demo's files, as the package vega-datasets ships them. */
const FILES = ['flights-3m.parquet', 'airports.csv', 'seattle-weather.csv'];

/** The variable through which the HTTP template finds the demo's web service. */
const SERVER_VARIABLE = 'demo_server';

const dataFolder = () => path.join(process.env.PENSTOCK_ROOT ?? process.cwd(), 'node_modules', 'vega-datasets', 'data');

/**
 * seedDemo fills the demo workspace: its files, the variable with the demo server's address, and the demo pipelines,
 * published. Repeatable: what is there already stays.
 */
export async function seedDemo(ctx: Context): Promise<void> {
  for (const name of FILES) await uploadFile(ctx, `demo/${name}`, { path: path.join(dataFolder(), name) });
  await refreshDemo(ctx);
  for (const { slug, name, spec } of DEMO_PIPELINES) {
    if (await findPipeline(ctx, slug)) continue;
    await createPipeline(ctx, { slug, name, spec });
    await publishPipeline(ctx, slug, { message: 'The demo, as it comes.' });
  }
}

/** refreshDemo notes the demo server's address of this start, when it is another one. */
export async function refreshDemo(ctx: Context): Promise<void> {
  const url = demoServerUrl();
  if (!url) return;
  const { [SERVER_VARIABLE]: known } = await getVariables(ctx.workspaceId);
  if (known !== url) await putVariable(ctx, SERVER_VARIABLE, { value: url });
}
