import { route } from '@/lib/http/route';
import { ledgerQuery, ledgerShape } from '@/lib/serving';
import { readLedger, requireEndpoint } from '@/lib/serving/server';

export const GET = route({
  path: '/endpoints/{slug}/ledger',
  permission: 'endpoint:read',
  summary: 'Who answered with which share, newest first; with `at` the first entry is what held then',
  find: ({ ctx, params }) => requireEndpoint(ctx, params.slug!),
  query: ledgerQuery,
  response: ledgerShape,
  handle: ({ ctx, params, query }) => readLedger(ctx, params.slug!, query),
});
