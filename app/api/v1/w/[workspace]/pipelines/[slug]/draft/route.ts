import { route } from '@/lib/http/route';
import { factSources } from '@/lib/lineage/server';
import { saveDraftSchema, savedDraftShape } from '@/lib/pipeline';
import { requirePipelineId, saveDraft } from '@/lib/pipeline/server';

export const PUT = route({
  path: '/pipelines/{slug}/draft',
  permission: 'pipeline:write',
  summary: 'Save the draft on top of a revision; 409 with `current` when somebody saved meanwhile',
  find: ({ ctx, params }) => requirePipelineId(ctx, params.slug!),
  body: saveDraftSchema,
  response: savedDraftShape,
  handle: ({ ctx, params, body }) => saveDraft(ctx, params.slug!, body, factSources),
});
