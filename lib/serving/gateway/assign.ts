import { type Json } from '@/lib/core/json';
import { type AssignedBy } from '@/lib/inference';
import { type Weights } from '../schema';
import { type TableEndpoint, type TableVariant } from './table';

/**
 * Who answers a call. It is handed in by bin/gateway-router.ts, since deciding it belongs to rollouts, right of here in the ladder.
 * `attributes`: what audience rules see as `item`.
 */
export type Assign = (given: { routing: never; weights: Weights; unitId: string; attributes: Record<string, Json> }) => { variant: string; bucket: number | null; assignedBy: AssignedBy };

export type Assigned = { variant: TableVariant; bucket: number | null; assignedBy: AssignedBy };

const named = (endpoint: TableEndpoint, name: string) => endpoint.variants.find((each) => each.name === name);

/** weightsOf gives an endpoint's shares in percent. */
export const weightsOf = (endpoint: TableEndpoint): Weights => ({ stable: named(endpoint, 'stable')?.weight ?? 0, candidate: named(endpoint, 'candidate')?.weight ?? 0 });

/**
 * assignCall chooses the variant of a call. One at weight 0 receives nothing, whatever was decided, and one that is not ready gives its
 * calls to the other one, if that has a share.
 * @param isReady whether a variant can be called now
 */
export function assignCall(assign: Assign, endpoint: TableEndpoint, isReady: (variantId: string) => boolean, given: { unitId: string; attributes: () => Record<string, Json> }): Assigned | null {
  const stable = named(endpoint, 'stable');
  const candidate = named(endpoint, 'candidate');
  if (!candidate || !('rolloutId' in endpoint.routing)) return stable ? { variant: stable, bucket: null, assignedBy: 'only' } : null;
  const { variant, bucket, assignedBy } = assign({ routing: endpoint.routing as never, weights: weightsOf(endpoint), unitId: given.unitId, attributes: given.attributes() });
  const [chosen, other] = variant === 'candidate' ? [candidate, stable] : [stable, candidate];
  if (chosen && chosen.weight > 0 && isReady(chosen.id)) return { variant: chosen, bucket, assignedBy };
  if (other && other.weight > 0 && isReady(other.id)) return { variant: other, bucket, assignedBy: 'only' };
  const left = chosen && chosen.weight > 0 ? chosen : other;
  return left ? { variant: left, bucket, assignedBy: 'only' } : null;
}
