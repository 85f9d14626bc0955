import { type ProfileFeature } from './schema';

/** How many bins a number is cut into by the quantiles of its reference. */
export const NUMERIC_BINS = 10;
/** How many values of a category are counted by themselves. */
export const TOP_VALUES = 20;

/** The levels of the quantiles that `numericEdges` expects: 0, 0.1, … 1. */
export const QUANTILE_LEVELS = Array.from({ length: NUMERIC_BINS + 1 }, (_, i) => i / NUMERIC_BINS);

/**
 * numericEdges gives the edges of a number's bins, ascending, first and last being its least and greatest value: one bin a
 * value where there are few, else the quantiles without repetitions.
 * @param values all different values, ascending, when there are at most NUMERIC_BINS; else null
 * @param quantiles the values at QUANTILE_LEVELS
 */
export function numericEdges(values: number[] | null, quantiles: number[]): number[] {
  if (!values) return [...new Set(quantiles)];
  const first = values[0];
  const last = values.at(-1);
  if (first === undefined || last === undefined) return [];
  return [...new Set([first, ...values.slice(1).map((value, i) => (value + (values[i] ?? value)) / 2), last])];
}

type Shape = { kind: 'numeric'; edges: number[] } | { kind: 'categorical'; values: string[] };

/** binCount is how many counts a feature has: [below, bins, above, null] for a number, [values, other, null] for a category. */
export const binCount = (feature: Shape): number => (feature.kind === 'numeric' ? feature.edges.length + 2 : feature.values.length + 2);

/** binOf is the place of a value among a feature's counts; what does not fit the kind counts as null. Bins contain their lower edge, the
 * last one both. */
export function binOf(feature: Shape, value: unknown): number {
  const none = binCount(feature) - 1;
  if (feature.kind === 'categorical') {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return none;
    const place = feature.values.indexOf(String(value));
    return place < 0 ? feature.values.length : place;
  }
  if (typeof value !== 'number' || Number.isNaN(value)) return none;
  const last = feature.edges.length - 1;
  if (value === feature.edges[last]) return Math.max(last, 1);
  const above = feature.edges.findIndex((edge) => value < edge);
  return above < 0 ? feature.edges.length : above;
}

/** binLabels says what each count counts. */
export function binLabels(feature: ProfileFeature): string[] {
  if (feature.kind === 'categorical') return [...feature.values, 'other', 'null'];
  const { edges } = feature;
  const text = (x: number) => String(Number(x.toPrecision(4)));
  const [first = 0, last = 0] = [edges[0], edges.at(-1)];
  if (edges.length === 0) return ['any', 'null'];
  if (edges.length === 1) return [`< ${text(first)}`, `≥ ${text(first)}`, 'null'];
  const between = edges.slice(1).map((edge, i) => `${text(edges[i] ?? 0)}–${text(edge)}`);
  return [`< ${text(first)}`, ...between, `> ${text(last)}`, 'null'];
}
