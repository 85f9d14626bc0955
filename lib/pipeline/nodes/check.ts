import { z } from 'zod';
import { checkSchema } from '../checks';
import { field } from '../fields';
import { defineNode, plain } from './define';

const configSchema = z.strictObject({
  checks: field(z.array(checkSchema).min(1, 'Add at least one check.'), {
    label: 'Checks',
    widget: 'checks',
  }),
});

export const check = defineNode({
  label: 'Check',
  domain: 'quality',
  what: 'Stop or warn when data is not as expected.',
  configSchema,
  provides: false,
  runsUserCode: false,
  defaults: { checks: [] },
  summary: (c) => {
    const types = Array.isArray(c.checks)
      ? (c.checks as { type?: unknown }[]).map((each) => plain(each?.type).replaceAll('_', ' '))
      : [];
    return types.length > 0 ? types.join(', ') : 'Add a check';
  },
});
