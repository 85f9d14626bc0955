'use server';

import { z } from 'zod';
import { action } from '@/lib/http/action';
import { restoreVersion } from '@/lib/pipeline/server';

/** restoreAsDraft makes an old version the draft; nothing is published. `baseRevision` is the draft that the person saw. */
export const restoreAsDraft = action({
  permission: 'pipeline:write',
  input: z.strictObject({ slug: z.string(), version: z.number().int().min(1), baseRevision: z.number().int().min(1) }),
  handle: (ctx, { slug, version, baseRevision }) => restoreVersion(ctx, slug, version, baseRevision),
});
