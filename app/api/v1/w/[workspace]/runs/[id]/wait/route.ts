import { z } from 'zod';
import { untilNotice } from '@/lib/http/notices';
import { route } from '@/lib/http/route';
import { runSchema } from '@/lib/runs';
import { getEndedRun, getRun } from '@/lib/runs/server';

/** Without a hint the state is read again this often, in milliseconds. */
const LOOK_MS = 2_000;

export const GET = route({
  path: '/runs/{id}/wait',
  permission: 'run:read',
  summary: 'Answers when the run has ended, or after timeoutSeconds',
  query: z.object({ timeoutSeconds: z.coerce.number().min(0).max(300).default(30) }),
  response: runSchema,
  handle: async ({ ctx, params, query, request }) => {
    const id = params.id!;
    const until = Date.now() + query.timeoutSeconds * 1000;
    for (;;) {
      // listen before looking, so that an end in between is heard
      const next = untilNotice((n) => n.topic === 'run' && n.id === id, Math.max(0, Math.min(LOOK_MS, until - Date.now())), request.signal);
      const ended = await getEndedRun(ctx, id).catch((error: unknown) => {
        next.stop();
        throw error;
      });
      if (ended || Date.now() >= until || request.signal.aborted) {
        next.stop();
        return ended ?? getRun(ctx, id);
      }
      await next.heard;
    }
  },
});
