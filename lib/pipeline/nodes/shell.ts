import { z } from 'zod';
import { field } from '../fields';
import { defineNode, firstLine } from './define';

const configSchema = z.strictObject({
  command: field(
    z.string().refine((text) => text.trim() !== '', 'Write a command.'),
    {
      label: 'Command',
      widget: 'code',
      language: 'shell',
      hint: 'PENSTOCK_INPUT_<NAME> is the path of an input; write the output to PENSTOCK_OUTPUT.',
    },
  ),
});

export const shell = defineNode({
  label: 'Shell',
  domain: 'data',
  what: 'Run a command with files in and out.',
  configSchema,
  provides: true,
  runsUserCode: true,
  defaults: { command: '' },
  summary: (c) => firstLine(c.command) || 'Write a command',
});
