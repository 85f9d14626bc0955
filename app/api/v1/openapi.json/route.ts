import { ROUTES } from '@/app/api/v1/manifest';
import { openApiDocument } from '@/lib/http/openapi';

let text: string | undefined;

/** The OpenAPI 3.1 document, generated once from the zod schemas of the routes. It tells nothing about data and needs no sign-in. */
export function GET(): Response {
  text ??= JSON.stringify(openApiDocument(ROUTES));
  return new Response(text, {
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-cache' },
  });
}
