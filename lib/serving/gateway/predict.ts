import { type IncomingMessage } from 'node:http';
import { type Json } from '@/lib/core/json';
import { newId } from '@/lib/core/ids';
import { type AssignedBy, type LogLine } from '@/lib/inference';
import { assignCall, type Assign, type Assigned } from './assign';
import { type Call } from './call';
import { type Told } from './caller';
import { featuresOf, predictionOf, scoreOf } from './logged';
import { type GatewayMetrics } from './metrics';
import { Refusal } from './refusal';
import { type ReplicaPool } from './replica-pool';
import { type TableEndpoint, type TableVariant } from './table';
import { type FilledTensor } from './tensor-data';

/** Calls that wait at one replica before others are refused. */
const MAX_QUEUE = 1_000;

export type PredictContext = { assign: Assign; pool: ReplicaPool; metrics: GatewayMetrics; log: (lines: LogLine[], answer: () => void) => void };

export type Predicted = { ids: string[]; variant: TableVariant; assigned: Assigned; outputs: FilledTensor[]; rolloutId: string | null; lines: LogLine[] };

/**
 * predict chooses the variant, lets one of its replicas compute and makes the log lines, one for each row. A failed prediction
 * is logged too.
 * @param read reads the request for the signature of the variant that was chosen
 * @param started when the request was whole, by performance.now()
 */
export async function predict(
  context: PredictContext,
  endpoint: TableEndpoint,
  given: { version: string | null; told: Told; headers: IncomingMessage['headers']; started: number; attributes: Record<string, Json>; read: (variant: TableVariant) => Call },
): Promise<Predicted> {
  const firstId = newId();
  const unitId = given.told.unitId ?? firstId;
  const isReady = (variantId: string) => context.pool.has(variantId);
  const first = endpoint.variants[0];
  if (!first) throw new Refusal(503, `The endpoint "${endpoint.slug}" has no model behind it.`, 5);
  // the request is read by the first variant's signature when rules look at its values; both serve the same model
  const attributes = (): Record<string, Json> => ({ ...given.attributes, ...(featuresOf(first.signature, given.read(first).tensors, 0) as Record<string, Json> | null) });
  const assigned = given.version === null ? assignCall(context.assign, endpoint, isReady, { unitId, attributes: rulesOf(endpoint) ? attributes : () => given.attributes }) : byVersion(endpoint, given.version);
  if (!assigned) throw new Refusal(503, `No variant of the endpoint "${endpoint.slug}" takes traffic.`, 5);
  const { variant } = assigned;
  const call = given.read(variant);
  const ids = [firstId, ...Array.from({ length: call.rows - 1 }, newId)];
  const receivedAt = new Date().toISOString();
  const lineOf = lineMaker({ endpoint, variant, assigned: assigned.assignedBy, bucket: assigned.bucket, call, ids, unitId, told: given.told, receivedAt, started: given.started });
  const labels = { workspace: endpoint.workspace, endpoint: endpoint.slug, variant: variant.name, version: String(variant.version) };
  try {
    const outputs = await context.pool.run(variant.id, call, endpoint.batching.maxQueue ?? MAX_QUEUE, () => notReady(endpoint, variant));
    context.metrics.observe(labels, 200, call.rows, (performance.now() - given.started) / 1000);
    shadow(context, endpoint, { variant, call, ids, unitId, told: given.told, receivedAt, bucket: assigned.bucket });
    return { ids, variant, assigned, outputs, rolloutId: rolloutOf(endpoint), lines: lineOf(200, null, outputs) };
  } catch (error) {
    const status = error instanceof Refusal ? error.status : 500;
    const message = error instanceof Error ? error.message : String(error);
    context.metrics.observe(labels, status, call.rows, (performance.now() - given.started) / 1000);
    context.log(lineOf(status, message, null), () => undefined);
    if (error instanceof Refusal) error.counted = true;
    throw error;
  }
}

const rolloutOf = (endpoint: TableEndpoint): string | null => ('rolloutId' in endpoint.routing ? (endpoint.routing.rolloutId ?? null) : null);

function rulesOf(endpoint: TableEndpoint): boolean {
  const { audience } = endpoint.routing as { audience?: { rules?: unknown[] } };
  return (audience?.rules?.length ?? 0) > 0;
}

/** A caller may name the version; one that takes no traffic answers nothing. */
function byVersion(endpoint: TableEndpoint, version: string): Assigned {
  const found = endpoint.variants.find((each) => String(each.version) === version && each.weight > 0);
  if (!found) throw new Refusal(404, `The endpoint "${endpoint.slug}" has no version ${version} that takes traffic. It has ${endpoint.variants.filter((each) => each.weight > 0).map((each) => each.version).join(' and ')}.`);
  return { variant: found, bucket: null, assignedBy: 'forced' };
}

function notReady(endpoint: TableEndpoint, variant: TableVariant): string {
  const why = variant.problem ?? endpoint.problem;
  return `The endpoint "${endpoint.slug}" is not ready: ${why ?? `version ${variant.version} is being started.`}`;
}

type Lines = { endpoint: TableEndpoint; variant: TableVariant; assigned: AssignedBy; bucket: number | null; call: Call; ids: string[]; unitId: string; told: Told; receivedAt: string; started: number };

function lineMaker(given: Lines): (status: number, error: string | null, outputs: FilledTensor[] | null) => LogLine[] {
  const { endpoint, variant, call, told } = given;
  return (status, error, outputs) => {
    const latency = Math.round((performance.now() - given.started) * 1000);
    return given.ids.map((id, row) => ({
      id,
      received_at: given.receivedAt,
      at: told.eventTime ?? given.receivedAt,
      workspace_id: endpoint.workspaceId,
      endpoint_id: endpoint.id,
      variant: variant.name,
      model_version_id: variant.modelVersionId,
      version: variant.version,
      rollout_id: rolloutOf(endpoint),
      rollout_step: 'step' in endpoint.routing ? (endpoint.routing.step ?? null) : null,
      request_id: told.requestId,
      unit_id: given.unitId,
      bucket: given.bucket,
      assigned_by: given.assigned,
      features: featuresOf(variant.signature, call.tensors, row),
      prediction: outputs && predictionOf(outputs, row, call.rows),
      score: outputs && scoreOf(outputs, row, call.rows),
      latency_us: latency,
      status,
      error,
    }));
  };
}

/**
 * shadow gives the candidate a copy of a call that stable answered, for the share of units that the rollout asks for. Nobody waits
 * for it; its rows are logged as `shadow` under the ids of their own, with the same request and unit.
 */
function shadow(context: PredictContext, endpoint: TableEndpoint, given: { variant: TableVariant; call: Call; ids: string[]; unitId: string; told: Told; receivedAt: string; bucket: number | null }): void {
  const percent = 'shadow' in endpoint.routing ? (endpoint.routing.shadow?.percent ?? 0) : 0;
  const candidate = endpoint.variants.find((each) => each.name === 'candidate');
  if (percent <= 0 || !candidate || given.variant.id === candidate.id || !context.pool.has(candidate.id)) return;
  if (given.bucket === null ? Math.random() * 100 >= percent : given.bucket >= percent * 100) return;
  const started = performance.now();
  const told = { ...given.told, requestId: given.told.requestId ?? given.ids[0] ?? null };
  const lineOf = lineMaker({ ...given, told, endpoint, variant: candidate, assigned: 'shadow', ids: given.ids.map(newId), started });
  context.pool.run(candidate.id, given.call, MAX_QUEUE, () => notReady(endpoint, candidate)).then(
    (outputs) => context.log(lineOf(200, null, outputs), () => undefined),
    (error: unknown) => context.log(lineOf(error instanceof Refusal ? error.status : 500, error instanceof Error ? error.message : String(error), null), () => undefined),
  );
}
