import { checkReady } from '@/lib/observability/server';

export const dynamic = 'force-dynamic';

/** This process can serve: its database answers. The number of live workers stands beside it. */
export async function GET(): Promise<Response> {
  const { ready, database, workers } = await checkReady();
  return Response.json(
    { status: ready ? 'ready' : 'unavailable', database, workers },
    { status: ready ? 200 : 503, headers: { 'cache-control': 'no-store' } },
  );
}
