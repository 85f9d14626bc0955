import { z } from 'zod';
import { route } from '@/lib/http/route';
import { waitingApprovalSchema } from '@/lib/runs';
import { listApprovals } from '@/lib/runs/server';

export const GET = route({
  path: '/approvals',
  permission: 'approval:read',
  summary: 'Tasks of runs that wait for a decision',
  response: z.object({ items: z.array(waitingApprovalSchema), nextCursor: z.null() }),
  handle: async ({ ctx }) => ({ ...(await listApprovals(ctx)), nextCursor: null }),
});
