import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '@/lib/core/errors';
import { uploadFile } from '@/lib/datasets/server';
import { TEMPLATES, type Template } from '@/lib/pipeline';
import { createPipeline, publish } from '@/lib/pipeline/server';
import { createModel, listVersions, putAlias, registerVersion, Upload } from '@/lib/registry/server';
import { createRun } from '@/lib/runs/server';
import { createEndpoint } from '@/lib/serving/server';
import { getVariables, putVariable, type Context } from '@/lib/tenancy/server';
import { z } from 'zod';

/** The demo's files, as the package vega-datasets ships them. */
const FILES = ['flights-3m.parquet', 'airports.csv', 'seattle-weather.csv'];

/** The variable through which the HTTP template finds the demo's web service. */
const SERVER_VARIABLE = 'demo_server';

const root = () => process.env.PENSTOCK_ROOT ?? process.cwd();
const dataFolder = () => path.join(root(), 'node_modules', 'vega-datasets', 'data');
const modelFolder = () => path.join(root(), 'lib', 'demo', 'models');

/** The demo's model and endpoint, and the pipeline and dataset that it was trained on. */
const MODEL = 'flight-delay';
const TRAINING = { pipeline: 'delay-training', dataset: 'delay_training' };

/**
 * seedDemo fills the demo workspace: its files, the variable with the demo server's address, a published pipeline for
 * each template, the model with its versions and endpoint, and a queued run that makes its training data.
 * Repeatable: what is there already stays as it is.
 */
export async function seedDemo(ctx: Context): Promise<void> {
  for (const name of FILES) await uploadFile(ctx, `demo/${name}`, { path: path.join(dataFolder(), name) });
  await refreshDemo(ctx);
  for (const template of TEMPLATES) {
    const isNew = await ensurePublished(ctx, template);
    if (isNew && template.key === TRAINING.pipeline) await createRun(ctx, { pipelineSlug: template.key, params: { month: 1 }, lane: 'exploratory', note: "Training data of the demo's model" });
  }
  await ensureModel(ctx);
}

/** unlessThere does something that must be done once; true when it was done now. */
async function unlessThere(make: () => Promise<unknown>): Promise<boolean> {
  try {
    await make();
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'conflict') return false;
    throw error;
  }
}

async function ensurePublished(ctx: Context, { key: slug, name, tags, spec }: Template): Promise<boolean> {
  const isNew = await unlessThere(() => createPipeline(ctx, { slug, name, tags, spec }));
  if (isNew) await publish(ctx, slug, { message: 'The demo, as it comes' });
  return isNew;
}

const metricsSchema = z.record(z.string(), z.object({ metrics: z.record(z.string(), z.number()) }));

async function ensureModel(ctx: Context): Promise<void> {
  await unlessThere(() => createModel(ctx, { name: MODEL, description: 'Will a flight be late by more than 15 minutes? Taught by the flights of January 2001, judged by those of February.' }));
  const reported = metricsSchema.parse(JSON.parse(await readFile(path.join(modelFolder(), 'metrics.json'), 'utf8')));
  const known = (await listVersions(ctx, MODEL, { limit: 10 })).items.map(({ version }) => version);
  for (const [number, { metrics }] of Object.entries(reported)) {
    if (known.includes(Number(number))) continue;
    const upload = new Upload(ctx.workspaceId);
    await upload.add('model.onnx', { path: path.join(modelFolder(), `${MODEL}-${number}.onnx`) });
    await registerVersion(ctx, MODEL, upload, { metrics, training: { dataset: TRAINING.dataset, version: 1 } });
  }
  if (known.length === 0) await putAlias(ctx, MODEL, 'champion', { version: 1, reason: 'The version that the demo serves' });
  await unlessThere(() => createEndpoint(ctx, { slug: MODEL, model: MODEL, version: 1 }));
}

/** refreshDemo notes the address of the demo's own web service, which `penstock up` starts, when it is another one. */
export async function refreshDemo(ctx: Context): Promise<void> {
  const url = process.env.PENSTOCK_DEMO_URL;
  if (!url) return;
  const { [SERVER_VARIABLE]: known } = await getVariables(ctx.workspaceId);
  if (known !== url) await putVariable(ctx, SERVER_VARIABLE, { value: url });
}
