import { z } from 'zod';
import { field, json } from '../fields';
import { defineNode, plain } from './define';

const configSchema = z.strictObject({
  pipeline: field(z.string().min(1, 'Choose a pipeline.'), { label: 'Pipeline', widget: 'pipeline' }),
  params: field(z.record(z.string(), json), {
    label: 'Params',
    widget: 'json',
    hint: 'Texts may hold {{ expressions }}.',
  }).optional(),
  wait: field(z.boolean(), { label: 'Wait until it has ended', widget: 'toggle' }).optional(),
});

export const subpipeline = defineNode({
  label: 'Subpipeline',
  domain: 'control',
  what: 'Run another pipeline and use its result.',
  configSchema,
  provides: true,
  runsUserCode: false,
  defaults: { pipeline: '', wait: true },
  summary: (c) => plain(c.pipeline) || 'Choose a pipeline',
});
