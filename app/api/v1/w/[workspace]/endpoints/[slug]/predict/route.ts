import { z } from 'zod';
import { route } from '@/lib/http/route';
import { requireEndpoint, tryEndpoint } from '@/lib/serving/server';

const body = z.looseObject({ inputs: z.array(z.unknown()).optional(), dataframe_records: z.array(z.unknown()).optional() });

export const POST = route({
  path: '/endpoints/{slug}/predict',
  permission: 'endpoint:read',
  summary: 'Send one real prediction through the gateway, as the signed-in person',
  description: 'The body is a request of the Open Inference Protocol (`inputs`), or MLflow rows (`dataframe_records`); the answer is the gateway\'s own. Programs call the gateway itself.',
  find: ({ ctx, params }) => requireEndpoint(ctx, params.slug!),
  body,
  response: z.looseObject({}),
  handle: ({ ctx, params, body: given, request }) => tryEndpoint(ctx, params.slug!, given, request.headers.get('x-unit-id')),
});
