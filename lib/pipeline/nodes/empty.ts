import { z } from 'zod';
import { defineNode } from './define';

export const empty = defineNode({
  label: 'Empty',
  domain: 'control',
  what: 'Join or start paths without doing anything.',
  configSchema: z.strictObject({}),
  provides: false,
  runsUserCode: false,
  defaults: {},
  summary: () => 'Passes on what arrives',
});
