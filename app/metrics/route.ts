import { renderMetrics } from '@/lib/observability/server';

export const dynamic = 'force-dynamic';

/** Figures of the web process and the open work, for Prometheus. */
export async function GET(): Promise<Response> {
  try {
    return new Response(await renderMetrics('web'), { headers: { 'content-type': 'text/plain; version=0.0.4' } });
  } catch {
    return new Response('# the database does not answer\n', { status: 503, headers: { 'content-type': 'text/plain; version=0.0.4' } });
  }
}
