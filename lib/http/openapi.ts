import { OpenAPIRegistry, OpenApiGeneratorV31, type RouteConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { PERMISSIONS } from '@/lib/tenancy';
import type { Definition, RouteHandler } from './route';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const DESCRIPTION = `Base address \`/api/v1/w/{workspace}\`. Send \`Authorization: Bearer pst_…\`. Times are ISO 8601 in UTC. Lists answer \`{items, nextCursor}\` and take \`limit\` and \`cursor\`. Creating calls that say so accept \`Idempotency-Key\`. Errors are \`application/problem+json\` (RFC 9457), refused in this order: 401, 404, 403, 413, 422, 409; 429 with \`Retry-After\`.`;

const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string(), value: z.unknown().optional() })),
  })
  .meta({ id: 'Problem', description: 'What happened, what was expected, what to do.' });

/** A module of Next that exports handlers by method. */
export type RouteModule = Partial<Record<(typeof METHODS)[number], unknown>>;

/** One call of the API. */
export type Operation = { method: string; path: string; definition: Definition };

/** operationsOf lists the calls that route modules define, by path. */
export function operationsOf(modules: readonly RouteModule[]): Operation[] {
  return modules
    .flatMap((module) =>
      METHODS.flatMap((method) => {
        const handler = module[method];
        return isRoute(handler)
          ? [{ method, path: fullPath(handler.definition), definition: handler.definition }]
          : [];
      }),
    )
    .sort((a, b) => a.path.localeCompare(b.path));
}

/** openApiDocument writes the OpenAPI 3.1 document of route modules from their zod schemas. */
export function openApiDocument(
  modules: readonly RouteModule[],
): ReturnType<OpenApiGeneratorV31['generateDocument']> {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API token: pst_…',
  });
  for (const operation of operationsOf(modules)) registry.registerPath(describe(operation));
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: { title: 'Penstock', version: '1', description: DESCRIPTION },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
  });
}

function describe({ method, path, definition }: Operation): RouteConfig {
  const {
    summary,
    description,
    params,
    query,
    body,
    response,
    produces,
    consumes,
    status,
    permission,
    owners,
  } = definition;
  const needs = permission
    ? `Needs the role ${PERMISSIONS[permission]}.`
    : owners
      ? 'Needs an owner of the organization.'
      : '';
  const text = [description, needs].filter(Boolean).join(' ');
  const code = String(status ?? (response || produces ? 200 : 204));
  const pathParams = z.object(
    Object.fromEntries(
      [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [name, shapeOf(params)?.[name] ?? z.string()]),
    ),
  );
  const types = produces ?? (response ? ['application/json'] : []);
  const content = Object.fromEntries(types.map((type) => [type, { schema: response ?? z.any() }]));
  const headers = definition.idempotent
    ? z.object({ 'Idempotency-Key': z.string().max(255).optional() })
    : undefined;
  const queryShape = shapeOf(query);
  return {
    method: method.toLowerCase() as Lowercase<(typeof METHODS)[number]>,
    path,
    summary,
    ...(text ? { description: text } : {}),
    tags: [path.replace('/api/v1/w/{workspace}', '').split('/')[1]?.replace('api', 'workspaces') ?? 'api'],
    request: {
      params: pathParams,
      ...(queryShape ? { query: z.object(queryShape) } : {}),
      ...(headers ? { headers } : {}),
      ...(body ? { body: { required: true, content: { 'application/json': { schema: body } } } } : {}),
      ...(!body && consumes
        ? { body: { required: true, content: { [consumes]: { schema: z.any() } } } }
        : {}),
    },
    responses: {
      [code]: {
        description: code === '204' ? 'Done.' : 'The answer.',
        ...(types.length > 0 ? { content } : {}),
      },
      default: {
        description: 'Refused.',
        content: { 'application/problem+json': { schema: problemSchema } },
      },
    },
  };
}

const fullPath = (definition: Definition): string =>
  `/api/v1${definition.scope === 'workspace' ? '/w/{workspace}' : ''}${definition.path}`.replace(
    /\[(?:\.\.\.)?(\w+)\]/g,
    '{$1}',
  );

const shapeOf = (schema: z.ZodType | undefined): Record<string, z.ZodType> | undefined =>
  schema instanceof z.ZodObject ? (schema.shape as Record<string, z.ZodType>) : undefined;

const isRoute = (value: unknown): value is RouteHandler =>
  typeof value === 'function' && 'definition' in value;
