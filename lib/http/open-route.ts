import { systemClock } from '@/lib/core/clock';
import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids';
import { readBytes, toJson } from './body';
import { clientIp } from './origin';
import { problemResponse, toProblem } from './problem';
import { countBadToken, countCall } from './rate-limit';
import { type Description, type RouteHandler } from './route';
import { textResponse } from './whole-text';

export type OpenRouteDefinition = Omit<Description, 'bodyLimitBytes' | 'idempotent'> & {
  bodyLimitBytes: number;
  /** `body` counts the call and reads its body: ask for it once the address is known to be right */
  handle: (given: { params: Record<string, string>; headers: Headers; body: () => Promise<Buffer>; now: Date }) => Promise<unknown>;
};

/**
 * openRoute makes a REST handler whose address itself lets callers in (base /api/v1): it knows no session and no API token. Calls are
 * counted by address, and wrong addresses by caller.
 */
export function openRoute({ handle, ...definition }: OpenRouteDefinition): RouteHandler {
  const run: (...given: Parameters<RouteHandler>) => Promise<Response> = async (request, context) => {
    const requestId = newId();
    try {
      const params = Object.fromEntries(Object.entries((await context.params) ?? {}).map(([name, value]) => [name, String(value)]));
      const body = async () => {
        await countCall(`${definition.path} ${Object.values(params).join(' ')}`);
        return readBytes(request, definition.bodyLimitBytes);
      };
      const answer = await handle({ params, headers: request.headers, body, now: systemClock() }).catch(async (error: unknown) => {
        if (error instanceof AppError && (error.code === 'not_found' || error.code === 'unauthorized')) await countBadToken(clientIp(request.headers) ?? 'unknown');
        throw error;
      });
      return textResponse(toJson(answer), {
        status: definition.status ?? 200,
        headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', 'x-request-id': requestId },
      });
    } catch (error) {
      return problemResponse(toProblem(error, requestId), { 'x-request-id': requestId });
    }
  };
  return Object.assign(run, { definition: { ...definition, scope: 'open' as const } });
}
