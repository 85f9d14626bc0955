import { z } from 'zod';
import { route } from '@/lib/http/route';
import { verifyAudit } from '@/lib/tenancy/server';

export const GET = route({
  path: '/audit/verify',
  permission: 'audit:read',
  summary: 'Check that the audit was not edited and has no gap',
  response: z.object({
    rows: z.number(),
    breaches: z.array(z.object({ id: z.string(), at: z.date(), kind: z.enum(['edited', 'gap']) })),
  }),
  handle: ({ ctx }) => verifyAudit(ctx),
});
