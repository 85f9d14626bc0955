import { renderMetrics } from '@/lib/dispatch/server';
import { EXPOSITION_TYPE } from '@/lib/observability/server';

export const dynamic = 'force-dynamic';

/** Figures of the web process and the open work, for Prometheus. */
export async function GET(): Promise<Response> {
  return new Response(await renderMetrics('web'), { headers: { 'content-type': EXPOSITION_TYPE, 'cache-control': 'no-store' } });
}
