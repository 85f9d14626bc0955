import type { z } from 'zod';
import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids';
import { systemClock } from '@/lib/core/clock';
import { namedParams } from '@/lib/tenancy';
import {
  authorize,
  enterWorkspace,
  requireOwner,
  type Context,
  type Identity,
  type Permission,
} from '@/lib/tenancy/server';
import { parseJson, readBytes, toJson } from './body';
import { once, readIdempotencyKey, type Answer } from './idempotency';
import { clientIp } from './origin';
import { problemResponse, refuseInput, toProblem } from './problem';
import { countBadToken, countCall } from './rate-limit';
import { identityOfRequest } from './session';
import { textResponse } from './whole-text';

type Schema = z.ZodType | undefined;
type Parsed<S, Otherwise> = S extends z.ZodType ? z.output<S> : Otherwise;
type RawParams = Record<string, string>;

/** What a route says of itself; OpenAPI is generated from it. */
export type Description = {
  /** Below /api/v1/w/{workspace} (for organizationRoute below /api/v1), with `{name}` or `[name]` for parameters. */
  path: string;
  summary: string;
  description?: string;
  /** Status of a good answer; 204 when the handler gives nothing back. */
  status?: number;
  /** Shape of a good answer, for the document. */
  response?: z.ZodType;
  /** Media types of an answer that is no JSON, for the document. */
  produces?: string[];
  /** Media type of a body that the handler reads itself (no `body` schema), for the document. */
  consumes?: string;
  /** Accepts the header Idempotency-Key (creating calls). */
  idempotent?: boolean;
  /** Largest JSON body in bytes (default 8 MiB). A handler that reads `request` itself sets its own limit. */
  bodyLimitBytes?: number;
};

type Shape<P extends Schema, Q extends Schema, B extends Schema> = Description & {
  params?: P;
  query?: Q;
  body?: B;
};
type Input<P extends Schema, Q extends Schema, B extends Schema> = {
  params: Parsed<P, RawParams>;
  query: Parsed<Q, RawParams>;
  body: Parsed<B, undefined>;
  request: Request;
};

export type RouteDefinition<P extends Schema, Q extends Schema, B extends Schema, F> = Shape<P, Q, B> & {
  permission: Permission;
  /** Looks the thing up before the role and the body are judged, so that an unknown one is 404 first. Handed on as `found`. */
  find?: (given: { ctx: Context; params: Parsed<P, RawParams> }) => Promise<F>;
  handle: (given: Input<P, Q, B> & { ctx: Context; found: F }) => Promise<unknown>;
};

export type OrganizationRouteDefinition<P extends Schema, Q extends Schema, B extends Schema, E> = Shape<
  P,
  Q,
  B
> & {
  /** Refuse everybody but owners of the organization. */
  owners?: boolean;
  /** Finds and permits before the body is judged (404 and 403 come before 413 and 422). Handed on as `entered`. */
  enter?: (given: { who: Identity; params: Parsed<P, RawParams> }) => Promise<E>;
  handle: (given: Input<P, Q, B> & { who: Identity; entered: E }) => Promise<unknown>;
};

export type Definition = Shape<Schema, Schema, Schema> & {
  scope: 'workspace' | 'organization' | 'open';
  permission?: Permission;
  owners?: boolean;
};
export type RouteHandler = ((
  request: Request,
  context: { params: Promise<Record<string, string | string[] | undefined> | undefined> },
) => Promise<Response>) & {
  definition: Definition;
};

const BODY_LIMIT = 8 * 1024 * 1024;
/** Answers below this many characters go uncompressed: packing them takes longer (about 1 ms) than sending them. */
const SMALL_ANSWER = 32 * 1024;

/**
 * route makes a REST handler of one workspace. Refusals come in the contract's order: 401, 404, 403, 413, 422, 409.
 * `handle` gives back what is answered as JSON, or a Response of its own.
 */
export function route<
  P extends Schema = undefined,
  Q extends Schema = undefined,
  B extends Schema = undefined,
  F = undefined,
>(definition: RouteDefinition<P, Q, B, F>): RouteHandler {
  const { find, handle, ...described } = definition;
  return handler({ ...described, scope: 'workspace' }, async (call) => {
    const { workspace = '', ...raw } = call.params;
    const ctx = await enterWorkspace(call.who, workspace);
    const params = readParams<P>(described.params, raw);
    const found = (await find?.({ ctx, params })) as F;
    authorize(ctx, described.permission);
    return answer(described, call, ctx.workspaceId, (query, body) =>
      handle({
        ctx,
        found,
        params,
        query: query as Parsed<Q, RawParams>,
        body: body as Parsed<B, undefined>,
        request: call.request,
      }),
    );
  });
}

/** organizationRoute makes a REST handler above workspaces (base /api/v1). */
export function organizationRoute<
  P extends Schema = undefined,
  Q extends Schema = undefined,
  B extends Schema = undefined,
  E = undefined,
>(definition: OrganizationRouteDefinition<P, Q, B, E>): RouteHandler {
  const { enter, handle, ...described } = definition;
  return handler({ ...described, scope: 'organization' }, async (call) => {
    const params = readParams<P>(described.params, call.params);
    if (described.owners) requireOwner(call.who);
    const entered = (await enter?.({ who: call.who, params })) as E;
    return answer(described, call, NO_WORKSPACE, (query, body) =>
      handle({
        who: call.who,
        entered,
        params,
        query: query as Parsed<Q, RawParams>,
        body: body as Parsed<B, undefined>,
        request: call.request,
      }),
    );
  });
}

/** Idempotency keys of calls above workspaces are kept under this id. */
const NO_WORKSPACE = '00000000-0000-0000-0000-000000000000';

type Call = { request: Request; who: Identity; params: RawParams };

function handler(definition: Definition, serve: (call: Call) => Promise<Response>): RouteHandler {
  const run = async (
    request: Request,
    context: { params: Promise<Record<string, string | string[] | undefined> | undefined> },
  ): Promise<Response> => {
    const requestId = newId();
    try {
      const params = textParams((await context.params) ?? {});
      const who = await identify(request, requestId, params.workspace);
      const response = await serve({ request, who, params });
      response.headers.set('x-request-id', requestId);
      return response;
    } catch (error) {
      return problemResponse(toProblem(error, requestId), { 'x-request-id': requestId });
    }
  };
  return Object.assign(run, { definition });
}

async function identify(request: Request, requestId: string, workspace: string | undefined): Promise<Identity> {
  const ip = clientIp(request.headers);
  try {
    const who = await identityOfRequest(request, { now: systemClock(), requestId, ...(ip ? { ip } : {}) }, workspace);
    await countCall(who.actor.id ?? who.actor.kind);
    return who;
  } catch (error) {
    if (error instanceof AppError && error.code === 'unauthorized') await countBadToken(ip ?? 'unknown');
    throw error;
  }
}

async function answer(
  described: Shape<Schema, Schema, Schema>,
  { request, who }: Call,
  workspaceId: string,
  work: (query: unknown, body: unknown) => Promise<unknown>,
): Promise<Response> {
  const key = described.idempotent ? readIdempotencyKey(request.headers) : null;
  const bytes = described.body
    ? await readBytes(request, described.bodyLimitBytes ?? BODY_LIMIT)
    : Buffer.alloc(0);
  const url = new URL(request.url);
  const query = readQuery(described.query, url.searchParams);
  const body = described.body ? parse(described.body, parseJson(bytes), 'body') : undefined;

  let own: Response | undefined;
  const run = async (): Promise<Answer> => {
    const result = await work(query, body);
    if (result instanceof Response) {
      own = result;
      return { status: result.status, json: '' };
    }
    return result === undefined
      ? { status: described.status ?? 204, json: '' }
      : { status: described.status ?? 200, json: toJson(result) };
  };
  const call = `${request.method} ${url.pathname}${url.search} ${who.actor.id ?? who.actor.kind}`;
  const made =
    key === null
      ? { ...(await run()), replayed: false }
      : await once({ workspaceId, key, call, body: bytes, now: who.now }, run);
  if (own) return new Response(own.body, own);
  return textResponse(made.json === '' ? null : made.json, {
    status: made.status,
    headers: {
      'cache-control': made.json.length < SMALL_ANSWER ? 'no-store, no-transform' : 'no-store',
      ...(made.json === '' ? {} : { 'content-type': 'application/json; charset=utf-8' }),
      ...(made.replayed ? { 'idempotent-replayed': 'true' } : {}),
    },
  });
}

/** A path that cannot be an address of ours names nothing, so it is "not found" and never "invalid". */
function readParams<P extends Schema>(schema: Schema, raw: RawParams): Parsed<P, RawParams> {
  if (Object.values(raw).some((text) => text.includes('\u0000')))
    throw new AppError('not_found', 'There is nothing at this address.');
  if (!schema) return raw as Parsed<P, RawParams>;
  const parsed = schema.safeParse(raw);
  if (!parsed.success)
    throw new AppError(
      'not_found',
      `There is nothing at this address: ${parsed.error.issues.map((i) => i.message).join(' ')}`,
    );
  return parsed.data as Parsed<P, RawParams>;
}

function readQuery(schema: Schema, given: URLSearchParams): unknown {
  const raw: RawParams = {};
  for (const [name, value] of given) if (value !== '') raw[name] = value;
  if (Object.values(raw).some((text) => text.includes('\u0000')))
    throw new AppError('invalid', 'The query contains the character NUL. Remove it.');
  return schema ? parse(schema, raw, 'query') : raw;
}

function parse(schema: z.ZodType, input: unknown, where: 'body' | 'query'): unknown {
  const parsed = schema.safeParse(input);
  if (!parsed.success) throw refuseInput(parsed.error, input, where);
  return parsed.data;
}

function textParams(given: Record<string, string | string[] | undefined>): RawParams {
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, safeDecode(Array.isArray(value) ? value.join('/') : value)]],
    ),
  );
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** named checks the name in an address before something is stored under it. @throws AppError invalid at `name` */
export function named(params: RawParams): string {
  const parsed = namedParams.safeParse(params);
  if (!parsed.success) throw refuseInput(parsed.error, params, 'body');
  return parsed.data.name;
}
