import { z } from 'zod';
import { field } from '../fields';
import { defineNode, firstLine, plain } from './define';

const configSchema = z.strictObject({
  script: field(
    z.string().refine((text) => text.trim() !== '', 'Write a script.'),
    {
      label: 'Script',
      widget: 'code',
      language: 'python',
      hint: 'from penstock import inputs, output, params. Values come from params, not from {{ }}.',
    },
  ),
  requirements: field(
    z.array(
      z
        .string()
        .trim()
        .min(1, 'Name a package.')
        .max(200)
        .regex(/^[^-\s][^\n\r]*$/, 'Give one package a line, for example pandas==2.2.3.'),
    ),
    {
      label: 'Packages',
      widget: 'strings',
      hint: 'One a line, as pip understands them.',
      placeholder: 'pandas==2.2.3',
    },
  ).optional(),
  python: field(z.string().regex(/^3\.\d{1,2}$/, 'Give a version like 3.11.'), {
    label: 'Python version',
    widget: 'text',
    advanced: true,
    placeholder: '3.11',
  }).optional(),
});

export const python = defineNode({
  label: 'Python',
  domain: 'data',
  what: 'Run a script over the incoming tables.',
  configSchema,
  provides: true,
  runsUserCode: true,
  defaults: { script: 'from penstock import inputs, output, params\n\n' },
  summary: (c) =>
    firstLine(plain(c.script).replace(/^(from|import) .*$/gm, '')) || firstLine(c.script) || 'Write a script',
});
