import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Json } from '@/lib/core/json';
import { log } from '@/lib/core/log';
import { readAddress, type Address } from './address';
import { type Assign } from './assign';
import { type Call } from './call';
import { endpointIn, holderOfRequest, readTold, workspaceFor } from './caller';
import { Holders } from './holders';
import { isObject, parseBody } from './json';
import { type Holder, type ToRouter, type ToSupervisor } from './messages';
import { GatewayMetrics } from './metrics';
import { readColumns, readInstances, readInvocation } from './mlflow';
import { predictionRows, rowValue } from './named-rows';
import { binaryRefused, inferText, modelMetadata, readInfer } from './oip';
import { predict, type Predicted } from './predict';
import { bad, Refusal } from './refusal';
import { ReplicaPool } from './replica-pool';
import { readText } from './request-body';
import { Spool } from './spool';
import { type RoutingTable, type TableEndpoint, type TableVariant } from './table';

type Start = Extract<ToRouter, { kind: 'start' }>;
type ModelAddress = Extract<Address, { endpoint: string; version: string | null }>;

/** Longer than a proxy's usual 60 s, so that a proxy never reuses a connection we are closing. */
const KEEP_ALIVE_MS = 65_000;

/** A routing process: takes calls, chooses who answers, hands them to replicas, writes them down. It needs no database. */
export class Router {
  private readonly metrics = new GatewayMetrics();
  private readonly pool = new ReplicaPool();
  private readonly holders = new Holders((token) => this.request('holder', token));
  private readonly spool: Spool;
  private readonly asked = new Map<number, (answer: never) => void>();
  private readonly server = createServer((request, response) => void this.handle(request, response));
  private endpoints = new Map<string, TableEndpoint>();
  private table: RoutingTable = { endpoints: [], workspaces: {} };
  private next = 1;
  private open = 0;
  private draining = false;

  constructor(
    private readonly settings: Start,
    private readonly assign: Assign,
    private readonly tell: (message: ToSupervisor) => void,
  ) {
    let told = false;
    this.spool = new Spool(settings.spool, settings.routerId, {
      // once in a while is enough: the supervisor reads all that is there
      spooled: () => {
        if (told) return;
        told = true;
        setTimeout(() => {
          told = false;
          tell({ kind: 'spooled' });
        }, 100);
      },
      logged: (rows) => (this.metrics.loggedRows += rows),
      dropped: (rows) => (this.metrics.droppedRows += rows),
    });
    this.follow(settings.table);
    this.pool.follow(settings.replicas);
    this.server.keepAliveTimeout = KEEP_ALIVE_MS;
    this.server.headersTimeout = 10_000;
    this.server.requestTimeout = 60_000;
  }

  /** listen takes the port, or tells the supervisor that another program has it. */
  listen(): void {
    const { host, port } = this.settings;
    this.server.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') this.tell({ kind: 'taken', port });
      else log.error({ err: error }, 'the gateway cannot listen');
    });
    this.server.listen({ host, port }, () => this.tell({ kind: 'listening', port }));
  }

  /** hear takes a message of the supervisor. */
  hear(message: ToRouter): void {
    switch (message.kind) {
      case 'table':
        return this.follow(message.table);
      case 'replicas':
        return this.pool.follow(message.replicas);
      case 'holder':
        return this.settle(message.id, message.holder);
      case 'metrics':
        return this.settle(message.id, message.text);
      case 'spoolFull':
        this.spool.full = message.full;
        return;
      case 'collect':
        return this.tell({ kind: 'collected', id: message.id, metrics: this.metrics.snapshot() });
      case 'drain':
        return this.drain();
      case 'start':
        return;
    }
  }

  private follow(table: RoutingTable): void {
    this.table = table;
    this.endpoints = new Map(table.endpoints.map((endpoint) => [`${endpoint.workspace}/${endpoint.slug}`, endpoint]));
  }

  private request(what: 'holder', token: string): Promise<Holder>;
  private request(what: 'metrics'): Promise<string>;
  private request(what: 'holder' | 'metrics', token = ''): Promise<Holder | string> {
    const id = this.next++;
    return new Promise((resolve) => {
      this.asked.set(id, resolve);
      this.tell(what === 'holder' ? { kind: 'holder?', id, token } : { kind: 'metrics?', id });
    });
  }

  private settle(id: number, answer: Holder | string): void {
    const resolve = this.asked.get(id);
    this.asked.delete(id);
    resolve?.(answer as never);
  }

  /** Calls that came are answered, their connections are closed, and then the process may end. */
  private drain(): void {
    this.draining = true;
    this.server.close();
    const timer = setInterval(() => {
      this.server.closeIdleConnections();
      if (this.open > 0) return;
      clearInterval(timer);
      this.spool.close();
      process.exit(0);
    }, 50);
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.open += 1;
    response.on('close', () => (this.open -= 1));
    if (this.draining) response.setHeader('connection', 'close');
    try {
      await this.answer(request, response);
    } catch (error) {
      this.refuse(request, response, error);
    }
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const address = readAddress(decode(path));
    if (!address) throw new Refusal(404, `The gateway has nothing at ${path}. An endpoint is called at /{workspace}/v2/models/{endpoint}/infer.`);
    const post = address.kind === 'infer' || address.kind === 'invocations' || address.kind === 'tfPredict';
    if (post !== (request.method === 'POST')) throw new Refusal(405, `${request.method ?? ''} is not taken at ${path}; send ${post ? 'POST' : 'GET'}.`);
    switch (address.kind) {
      case 'metrics':
        return send(response, 200, await this.request('metrics'), 'text/plain; version=0.0.4');
      case 'live':
        return json(response, 200, { live: true });
      case 'ready':
        return json(response, 200, { ready: true });
      case 'ping':
        return send(response, 200, '\n', 'application/json');
      case 'endpointPing': {
        const ready = this.isReady(endpointIn(this.endpoints, address.workspace, address.endpoint));
        return send(response, ready ? 200 : 503, '\n', 'application/json');
      }
      default:
        return this.authorized(address, request, response);
    }
  }

  private async authorized(address: Extract<Address, { kind: 'server' }> | ModelAddress, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const holder = await holderOfRequest(request.headers, this.holders, this.settings.secret);
    workspaceFor(this.table, address.workspace, holder);
    if (address.kind === 'server') return json(response, 200, { name: 'penstock', version: '2', extensions: [] });
    const endpoint = endpointIn(this.endpoints, address.workspace, address.endpoint);
    switch (address.kind) {
      case 'model':
      case 'tfMetadata':
        return json(response, 200, describe(endpoint, address.version));
      case 'modelReady': {
        const ready = this.isReady(endpoint);
        return json(response, ready ? 200 : 503, { name: endpoint.slug, ready });
      }
      case 'tfStatus':
        return json(response, 200, {
          model_version_status: endpoint.variants.map((variant) => ({ version: String(variant.version), state: this.pool.has(variant.id) ? 'AVAILABLE' : 'LOADING', status: { error_code: 'OK', error_message: variant.problem ?? '' } })),
        });
      default: {
        const told = readTold(request.headers, holder);
        if (request.headers['inference-header-content-length'] !== undefined) throw binaryRefused();
        const body = parseBody(await readText(request));
        return this.infer(address, endpoint, request, response, { told, body, started: performance.now() });
      }
    }
  }

  private isReady(endpoint: TableEndpoint): boolean {
    return endpoint.variants.some((variant) => variant.weight > 0 && this.pool.has(variant.id));
  }

  private async infer(
    address: ModelAddress,
    endpoint: TableEndpoint,
    request: IncomingMessage,
    response: ServerResponse,
    given: { told: ReturnType<typeof readTold>; body: Record<string, unknown>; started: number },
  ): Promise<void> {
    const { body } = given;
    const parameters = isObject(body.parameters) ? (body.parameters as Record<string, Json>) : {};
    const context = { assign: this.assign, pool: this.pool, metrics: this.metrics, log: this.spool.append.bind(this.spool) };
    const predicted = await predict(context, endpoint, { ...given, headers: request.headers, version: address.version, attributes: parameters, read: (variant) => readCall(address.kind, body, variant) });
    const text = answerText(address.kind, endpoint, body, predicted);
    this.spool.append(predicted.lines, () => {
      if (response.destroyed) return;
      response.setHeader('x-inference-id', predicted.ids[0] ?? '');
      response.setHeader('x-variant', predicted.variant.name);
      response.setHeader('x-model-version', predicted.variant.version);
      if (given.told.requestId !== null) response.setHeader('x-request-id', given.told.requestId);
      send(response, 200, text, 'application/json');
    });
  }

  private refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    const refusal = error instanceof Refusal ? error : new Refusal(500, 'The gateway failed on this call. Its log has the reason.');
    if (!(error instanceof Refusal)) log.error({ err: error }, 'a call failed');
    if (!refusal.counted) this.metrics.refuse(refusal.status);
    if (response.headersSent || response.destroyed) return;
    if (refusal.retryAfter !== undefined) response.setHeader('retry-after', refusal.retryAfter);
    if (refusal.status === 401) response.setHeader('www-authenticate', 'Bearer');
    // what was not read of the request cannot be told from the next one
    if (!request.complete) response.setHeader('connection', 'close');
    const mlflow = /\/invocations$/.test(request.url ?? '');
    json(response, refusal.status, mlflow ? { error_code: codeOf(refusal.status), message: refusal.message, error: refusal.message } : { error: refusal.message });
  }
}

const codeOf = (status: number): string => (status === 400 ? 'BAD_REQUEST' : status === 401 ? 'UNAUTHENTICATED' : status === 403 ? 'PERMISSION_DENIED' : status === 404 ? 'RESOURCE_DOES_NOT_EXIST' : status === 503 ? 'TEMPORARILY_UNAVAILABLE' : 'INTERNAL_ERROR');

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function send(response: ServerResponse, status: number, text: string, type: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) }).end(text);
}

const json = (response: ServerResponse, status: number, value: unknown): void => send(response, status, JSON.stringify(value), 'application/json');

function describe(endpoint: TableEndpoint, version: string | null): object {
  const variant = version === null ? endpoint.variants[0] : endpoint.variants.find((each) => String(each.version) === version);
  if (!variant) throw new Refusal(404, `The endpoint "${endpoint.slug}" has no version ${version ?? ''} behind it.`);
  return modelMetadata(endpoint.slug, endpoint.variants.map((each) => each.version), variant.signature);
}

function readCall(kind: ModelAddress['kind'], body: Record<string, unknown>, { signature }: TableVariant): Call {
  if (kind === 'infer') return readInfer(body, signature);
  if (kind === 'invocations') return readInvocation(body, signature);
  if ('instances' in body === 'inputs' in body) throw bad('Send exactly one of "instances" and "inputs".');
  return 'instances' in body ? readInstances(body.instances, signature) : readColumns(body.inputs, signature);
}

function answerText(kind: ModelAddress['kind'], endpoint: TableEndpoint, body: Record<string, unknown>, predicted: Predicted): string {
  const { variant, assigned, ids, outputs, rolloutId } = predicted;
  const rows = ids.length;
  if (kind === 'infer') {
    const wanted = Array.isArray(body.outputs) ? new Set(body.outputs.map((each) => (isObject(each) ? each.name : undefined))) : null;
    const parameters = {
      model_uuid: variant.modelVersionId,
      variant: variant.name,
      inference_id: ids[0] ?? '',
      ...(rows > 1 ? { inference_ids: ids.join(',') } : {}),
      ...(rolloutId === null ? {} : { rollout_id: rolloutId }),
      ...(assigned.bucket === null ? {} : { bucket: assigned.bucket }),
    };
    const chosen = wanted && wanted.size > 0 ? outputs.filter((output) => wanted.has(output.name)) : outputs;
    return inferText({ endpoint: endpoint.slug, version: variant.version, id: typeof body.id === 'string' ? body.id : null, parameters, outputs: chosen });
  }
  if (kind === 'tfPredict' && 'inputs' in body) {
    const columns = outputs.map((output): [string, unknown[]] => [output.name, Array.from({ length: rows }, (_, row) => rowValue(output, row, rows))]);
    return JSON.stringify({ outputs: columns.length === 1 ? columns[0]?.[1] : Object.fromEntries(columns) });
  }
  return JSON.stringify({ predictions: predictionRows(outputs, rows) });
}
