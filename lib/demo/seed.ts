import path from 'node:path';
import { AppError } from '@/lib/core/errors';
import { uploadFile } from '@/lib/datasets/server';
import { TEMPLATES, type Template } from '@/lib/pipeline';
import { createPipeline, publish } from '@/lib/pipeline/server';
import { getVariables, putVariable, type Context } from '@/lib/tenancy/server';

/** The demo's files, as the package vega-datasets ships them. */
const FILES = ['flights-3m.parquet', 'airports.csv', 'seattle-weather.csv'];

/** The variable through which the HTTP template finds the demo's web service. */
const SERVER_VARIABLE = 'demo_server';

const dataFolder = () => path.join(process.env.PENSTOCK_ROOT ?? process.cwd(), 'node_modules', 'vega-datasets', 'data');

/**
 * seedDemo fills the demo workspace: its files, the variable with the demo server's address, and a published
 * pipeline for each template. Repeatable: a pipeline that is there already stays as it is.
 */
export async function seedDemo(ctx: Context): Promise<void> {
  for (const name of FILES) await uploadFile(ctx, `demo/${name}`, { path: path.join(dataFolder(), name) });
  await refreshDemo(ctx);
  for (const template of TEMPLATES) await ensurePublished(ctx, template);
}

async function ensurePublished(ctx: Context, { key: slug, name, tags, spec }: Template): Promise<void> {
  try {
    await createPipeline(ctx, { slug, name, tags, spec });
  } catch (error) {
    if (error instanceof AppError && error.code === 'conflict') return;
    throw error;
  }
  await publish(ctx, slug, { message: 'The demo, as it comes' });
}

/** refreshDemo notes the address of the demo's own web service, which `penstock up` starts, when it is another one. */
export async function refreshDemo(ctx: Context): Promise<void> {
  const url = process.env.PENSTOCK_DEMO_URL;
  if (!url) return;
  const { [SERVER_VARIABLE]: known } = await getVariables(ctx.workspaceId);
  if (known !== url) await putVariable(ctx, SERVER_VARIABLE, { value: url });
}
