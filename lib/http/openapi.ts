import { z } from 'zod';
import { PERMISSIONS } from '@/lib/tenancy';
import { SchemaBook } from './json-schema';
import type { Definition, RouteHandler } from './route';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const DESCRIPTION = `Base address \`/api/v1/w/{workspace}\`. Send \`Authorization: Bearer pst_…\`. Times are ISO 8601 in UTC. Lists answer \`{items, nextCursor}\` and take \`limit\` and \`cursor\`. Creating calls that say so accept \`Idempotency-Key\`. Errors are \`application/problem+json\` (RFC 9457), refused in this order: 401, 404, 403, 413, 422, 409; 429 with \`Retry-After\`.`;

const problemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    errors: z.array(z.looseObject({ path: z.string(), message: z.string(), value: z.unknown().optional() })),
    requestId: z.string().optional().describe('Names this call in the logs of the server.'),
  })
  .meta({ id: 'Problem', description: 'What happened, what was expected, what to do.' });

/** A module of Next that exports handlers by method. */
export type RouteModule = Partial<Record<(typeof METHODS)[number], unknown>>;

/** One call of the API. */
export type Operation = { method: string; path: string; definition: Definition; handler: RouteHandler };

/** operationsOf lists the calls that route modules define, by path. */
export function operationsOf(modules: readonly RouteModule[]): Operation[] {
  return modules
    .flatMap((module) =>
      METHODS.flatMap((method) => {
        const handler = module[method];
        return isRoute(handler)
          ? [{ method, path: fullPath(handler.definition), definition: handler.definition, handler }]
          : [];
      }),
    )
    .sort((a, b) => a.path.localeCompare(b.path));
}

/** An OpenAPI 3.1 document, as far as we write one. */
export type OpenApiDocument = {
  openapi: '3.1.0';
  info: { title: string; version: string; description: string };
  servers: { url: string }[];
  security: Record<string, string[]>[];
  paths: Record<string, Record<string, DocumentedCall>>;
  components: { schemas: Record<string, object>; securitySchemes: Record<string, object> };
};
type DocumentedCall = {
  summary: string;
  /** empty: the address alone lets callers in */
  security?: [];
  description?: string;
  tags: string[];
  parameters: { name: string; in: 'path' | 'query' | 'header'; required: boolean; schema: object }[];
  requestBody?: object;
  responses: Record<string, object>;
};

/** openApiDocument writes the OpenAPI 3.1 document of route modules from their zod schemas. */
export function openApiDocument(modules: readonly RouteModule[]): OpenApiDocument {
  const book = new SchemaBook();
  const paths: OpenApiDocument['paths'] = {};
  for (const operation of operationsOf(modules)) {
    (paths[operation.path] ??= {})[operation.method.toLowerCase()] = describe(operation, book);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Penstock', version: '1', description: DESCRIPTION },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    paths,
    components: {
      schemas: book.schemas,
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'An API token: pst_…' } },
    },
  };
}

function describe({ path, definition }: Operation, book: SchemaBook): DocumentedCall {
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
  const types = produces ?? (response ? ['application/json'] : []);
  const answer = response ? book.write(response, 'output') : {};
  const inPath = propertiesOf(params, book);
  const inQuery = propertiesOf(query, book);
  const bodyContent = body
    ? { 'application/json': { schema: book.write(body, 'input') } }
    : consumes
      ? { [consumes]: { schema: {} } }
      : undefined;
  return {
    summary,
    ...(definition.scope === 'open' ? { security: [] } : {}),
    ...(text ? { description: text } : {}),
    tags: [path.replace('/api/v1/w/{workspace}', '').replace('/api/v1', '').split('/')[1] ?? 'api'],
    parameters: [
      ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
        name,
        in: 'path' as const,
        required: true,
        schema: inPath.properties[name] ?? { type: 'string' },
      })),
      ...Object.entries(inQuery.properties).map(([name, schema]) => ({
        name,
        in: 'query' as const,
        required: inQuery.required.includes(name),
        schema,
      })),
      ...(definition.idempotent
        ? [
            {
              name: 'Idempotency-Key',
              in: 'header' as const,
              required: false,
              schema: { type: 'string', maxLength: 255 },
            },
          ]
        : []),
    ],
    ...(bodyContent ? { requestBody: { required: true, content: bodyContent } } : {}),
    responses: {
      [code]: {
        description: code === '204' ? 'Done.' : 'The answer.',
        ...(types.length > 0
          ? { content: Object.fromEntries(types.map((type) => [type, { schema: answer }])) }
          : {}),
      },
      default: {
        description: 'Refused.',
        content: { 'application/problem+json': { schema: book.write(problemSchema, 'output') } },
      },
    },
  };
}

function propertiesOf(
  schema: z.ZodType | undefined,
  book: SchemaBook,
): { properties: Record<string, object>; required: string[] } {
  const { properties = {}, required = [] } = (schema ? book.write(schema, 'input') : {}) as {
    properties?: Record<string, object>;
    required?: string[];
  };
  return { properties, required };
}

const fullPath = (definition: Definition): string =>
  `/api/v1${definition.scope === 'workspace' ? '/w/{workspace}' : ''}${definition.path}`.replace(
    /\[(?:\.\.\.)?(\w+)\]/g,
    '{$1}',
  );

const isRoute = (value: unknown): value is RouteHandler =>
  typeof value === 'function' && 'definition' in value;
