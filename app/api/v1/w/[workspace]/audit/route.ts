import { auditShape } from '@/app/api/v1/shapes';
import { listOf } from '@/lib/http/page';
import { route } from '@/lib/http/route';
import { auditSearchSchema } from '@/lib/tenancy';
import { listAudit } from '@/lib/tenancy/server';

export const GET = route({
  path: '/audit',
  permission: 'audit:read',
  summary: 'Who changed what',
  query: auditSearchSchema,
  response: listOf(auditShape),
  handle: ({ ctx, query }) => listAudit(ctx, query),
});
