import { z } from 'zod';
import { expressionSchema, field } from '../fields';
import { defineNode, plain } from './define';

const configSchema = z.strictObject({
  cases: field(
    z
      .array(
        z.strictObject({
          if: expressionSchema,
          take: z.array(z.string()).min(1, 'Name at least one task to take.'),
        }),
      )
      .min(1, 'Add at least one case.'),
    { label: 'Cases', widget: 'cases', hint: 'The first case whose expression is true decides.' },
  ),
  otherwise: field(z.array(z.string()), { label: 'Otherwise', widget: 'tasks' }).optional(),
});

export const branch = defineNode({
  label: 'Branch',
  domain: 'control',
  what: 'Choose which tasks go on.',
  configSchema,
  provides: false,
  runsUserCode: false,
  defaults: { cases: [], otherwise: [] },
  summary: (c) => {
    const cases = Array.isArray(c.cases) ? (c.cases as { if?: unknown }[]) : [];
    return cases.length > 0 ? cases.map((each) => `if ${plain(each?.if)}`).join(', ') : 'Add a case';
  },
});
