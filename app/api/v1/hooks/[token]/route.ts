import { openRoute } from '@/lib/http/open-route';
import { hookAnswerShape } from '@/lib/scheduler';
import { receiveHook } from '@/lib/scheduler/server';

export const POST = openRoute({
  path: '/hooks/{token}',
  summary: 'Call a webhook: something happened, start the pipeline',
  description:
    'The address stands on the page of its pipeline. The body (JSON or text, at most 1 MB) gives values to params of the same names, and all of itself to a param `body`. A call with the `webhook-id`, `Idempotency-Key`, `X-Event-Id` or `X-GitHub-Delivery` of an earlier one starts nothing again. 401 when the webhook asks for a signature or a secret and does not get it.',
  bodyLimitBytes: 1024 * 1024,
  consumes: 'application/json',
  response: hookAnswerShape,
  status: 202,
  handle: ({ params, headers, body, now }) => receiveHook(params.token ?? '', headers, body, now),
});
