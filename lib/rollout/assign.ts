import { evaluateCondition } from '@/lib/core/expressions';
import { type Json } from '@/lib/core/json';
import { type Audience } from './schema';

/** Weights have two decimals, so a hundredth of a percent is one bucket. */
export const BUCKETS = 10_000;

/** fnv1a is the 32-bit hash of a text by its UTF-16 units, as GrowthBook's SDKs compute it. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/**
 * bucketOf places a unit: GrowthBook hash version 2, as a whole number of ten-thousandths.
 * @param seed the rollout's own, so that two rollouts do not reuse each other's groups
 * @returns 0 to 9999
 */
export const bucketOf = (seed: string, unitId: string): number => fnv1a(String(fnv1a(seed + unitId))) % BUCKETS;

/**
 * bucketRanges gives each arm its half-open range of [0, 1): arms start where the full weights put them and are filled to
 * `coverage`, so that a raised coverage adds units and moves none.
 * @param weights shares that sum to 1
 * @param coverage 0 to 1
 */
export function bucketRanges(weights: number[], coverage = 1): [number, number][] {
  const filled = Math.min(1, Math.max(0, coverage));
  let start = 0;
  return weights.map((weight) => {
    const range: [number, number] = [start, start + filled * weight];
    start += weight;
    return range;
  });
}

export type Weights = { stable: number; candidate: number };
/** What an endpoint's row asks of the assignment; without a rollout it is empty. */
export type Routing = { rolloutId: string; step: number; seed: string; audience: Audience } | Record<string, never>;
export type Assignment = {
  variant: 'stable' | 'candidate';
  /** 0 to 9999; null when nothing was to be decided */
  bucket: number | null;
  /** only: one variant takes all. forced: by a list or a rule, not counted in comparisons. hash: by the unit's bucket */
  assignedBy: 'only' | 'forced' | 'hash';
};

/**
 * assignVariant says who answers a request: deny list, allow list, rule, hash. The candidate's range begins at bucket 0 in every
 * step, so a raised weight only adds units; at weight 0 it receives nothing, whatever a list says.
 * @param weights percent, two decimals
 * @param attributes what rules see as `item`, from the request
 */
export function assignVariant(given: {
  routing: Routing;
  weights: Weights;
  unitId: string;
  attributes?: Record<string, Json>;
}): Assignment {
  const { routing, weights, unitId, attributes = {} } = given;
  if (!('seed' in routing)) return { variant: 'stable', bucket: null, assignedBy: 'only' };
  const bucket = bucketOf(routing.seed, unitId);
  if (weights.candidate <= 0) return { variant: 'stable', bucket, assignedBy: 'only' };
  const { deny = [], allow = [], rules = [] } = routing.audience;
  if (includes(deny, unitId)) return { variant: 'stable', bucket, assignedBy: 'forced' };
  if (includes(allow, unitId)) return { variant: 'candidate', bucket, assignedBy: 'forced' };
  if (rules.length > 0 && !rules.some((rule) => holds(rule.if, attributes))) return { variant: 'stable', bucket, assignedBy: 'forced' };
  const [candidate = [0, 0]] = bucketRanges([weights.candidate / 100, weights.stable / 100]);
  return { variant: bucket < Math.round(candidate[1] * BUCKETS) ? 'candidate' : 'stable', bucket, assignedBy: 'hash' };
}

const sets = new WeakMap<string[], Set<string>>();

/** includes looks a unit up in a list that may be long and stays the same object for many requests. */
function includes(list: string[], unitId: string): boolean {
  if (list.length < 8) return list.includes(unitId);
  let set = sets.get(list);
  if (!set) sets.set(list, (set = new Set(list)));
  return set.has(unitId);
}

/** A rule that cannot be decided for a request (an attribute is missing) does not hold. */
function holds(condition: string, attributes: Record<string, Json>): boolean {
  try {
    return evaluateCondition(condition, { item: attributes });
  } catch {
    return false;
  }
}
