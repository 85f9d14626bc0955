import { AppError } from '@/lib/core/errors';
import { askStored, type StoredRows } from '@/lib/datasets/server';
import { type Feature } from '@/lib/registry';
import { binCount, binOf, NUMERIC_BINS, numericEdges, QUANTILE_LEVELS, TOP_VALUES } from './bins';
import { type ProfileFeature } from './schema';

/** Rows of the training data that the model is asked about. */
const SAMPLE_ROWS = 10_000;
/** Rows of them on which features are shuffled, to see what the prediction hangs on. */
const SHUFFLED_ROWS = 2_000;
const SEED = 17;

/** Asks the model about rows of feature values; null where it gives no number. It must not run in this process's thread. */
export type Predict = (rows: Record<string, unknown>[]) => Promise<(number | null)[]>;

const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const isCategory = (feature: Feature): boolean => feature.type === 'string' || feature.type === 'boolean';

type Known = { feature: Feature; column: string };

/**
 * profileOf makes bins and counts of a model's features from all its training rows, and of its prediction from a sample of them.
 * @throws AppError invalid when the data has none of the model's features
 */
export async function profileOf(training: StoredRows, features: Feature[], predict: Predict): Promise<{ rows: number; features: ProfileFeature[] }> {
  const known = features.flatMap((feature): Known[] => {
    const column = training.columns.find(({ name }) => name.toLowerCase() === feature.name.toLowerCase());
    return column ? [{ feature, column: column.name }] : [];
  });
  if (known.length === 0) {
    const names = (list: { name: string }[]) => list.map(({ name }) => name).join(', ');
    throw new AppError('invalid', `The training data has none of the model's features. It has ${names(training.columns)}; the model takes ${names(features)}. Name the columns as the model does.`);
  }
  const inputs: ProfileFeature[] = [];
  for (const each of known) inputs.push(isCategory(each.feature) ? await category(training, each) : await number(training, each));
  const rows = inputs[0]?.rows ?? 0;
  if (rows === 0) throw new AppError('invalid', 'The training data has no rows. Register the version with data that has some.');
  const sample = await sampleOf(training, known);
  const scores = await predict(sample);
  const importance = await importanceOf(sample, scores, known, predict);
  const prediction = predictionOf(scores, inputs);
  return { rows, features: [...inputs.map((input) => ({ ...input, ...(importance ? { importance: importance[input.name] ?? 0 } : {}) })), ...(prediction ? [prediction] : [])] };
}

async function number({ from }: StoredRows, { feature, column }: Known): Promise<ProfileFeature> {
  const value = `try_cast(${quoteName(column)} as double)`;
  const values = `(select case when isnan(${value}) then null else ${value} end as x from ${from})`;
  const { rows: [found] } = await askStored(
    `select quantile_disc(x, [${QUANTILE_LEVELS.join(', ')}]), (select list(v order by v) from (select distinct x as v from ${values} where x is not null limit ${NUMERIC_BINS + 1})) from ${values}`,
  );
  const distinct = listOf(found?.[1]);
  const edges = numericEdges(distinct.length <= NUMERIC_BINS ? distinct : null, listOf(found?.[0]));
  const none = edges.length + 1;
  const place = edges.length === 0 ? '0' : `case when x = ${edges.at(-1)}::double then ${Math.max(edges.length - 1, 1)} else len(list_filter([${edges.map((edge) => `${edge}::double`).join(', ')}], e -> e <= x)) end`;
  const counted = await askStored(`select case when x is null then ${none} else ${place} end as bin, count(*)::double from ${values} group by 1`);
  return counts({ kind: 'numeric', name: feature.name, role: 'input', edges }, counted.rows.map(([bin, count]) => [Number(bin), Number(count)]));
}

async function category({ from }: StoredRows, { feature, column }: Known): Promise<ProfileFeature> {
  const name = quoteName(column);
  const top = await askStored(`select ${name}::varchar as v, count(*)::double as n from ${from} where ${name} is not null group by 1 order by 2 desc, 1 limit ${TOP_VALUES}`);
  const values = top.rows.map(([value]) => String(value));
  const { rows: [found] } = await askStored(`select count(*)::double, count(${name})::double from ${from}`);
  const [rows, given] = [Number(found?.[0] ?? 0), Number(found?.[1] ?? 0)];
  const own = top.rows.map(([, count]) => Number(count));
  const other = given - own.reduce((sum, count) => sum + count, 0);
  return { kind: 'categorical', name: feature.name, role: 'input', values, counts: [...own, other, rows - given], rows };
}

type Bare = { kind: 'numeric'; name: string; role: 'input' | 'prediction'; edges: number[] };

function counts(feature: Bare, pairs: [number, number][]): ProfileFeature {
  const all = new Array<number>(binCount(feature)).fill(0);
  for (const [bin, count] of pairs) all[bin] = (all[bin] ?? 0) + count;
  return { ...feature, counts: all, rows: all.reduce((sum, count) => sum + count, 0) };
}

/** DuckDB gives a list as an array or as JSON text. */
const listOf = (value: unknown): number[] => (Array.isArray(value) ? value.map(Number) : typeof value === 'string' ? (JSON.parse(value) as unknown[]).map(Number) : []);

async function sampleOf({ from }: StoredRows, known: Known[]): Promise<Record<string, unknown>[]> {
  const columns = known.map(({ feature, column }) => (isCategory(feature) ? quoteName(column) : `try_cast(${quoteName(column)} as double)`));
  const { rows } = await askStored(`select ${columns.join(', ')} from ${from} using sample reservoir(${SAMPLE_ROWS} rows) repeatable (${SEED})`, SAMPLE_ROWS);
  return rows.map((row) => Object.fromEntries(known.map(({ feature }, i) => [feature.name, row[i]])));
}

/** What the prediction hangs on: how far it moves when one feature's values change places, as shares of the sum. */
async function importanceOf(sample: Record<string, unknown>[], scores: (number | null)[], known: Known[], predict: Predict): Promise<Record<string, number> | null> {
  const rows = sample.slice(0, SHUFFLED_ROWS);
  const moves: Record<string, number> = {};
  for (const { feature: { name } } of known) {
    const half = Math.floor(rows.length / 2);
    const shuffled = await predict(rows.map((row, i) => ({ ...row, [name]: rows[(i + half) % rows.length]?.[name] })));
    moves[name] = shuffled.reduce<number>((sum, score, i) => sum + Math.abs((score ?? 0) - (scores[i] ?? 0)), 0);
  }
  const all = Object.values(moves).reduce((sum, move) => sum + move, 0);
  return all > 0 ? Object.fromEntries(Object.entries(moves).map(([name, move]) => [name, Math.round((move / all) * 1e4) / 1e4])) : null;
}

/** PREDICTION is the name under which a prediction stands among the features. */
const PREDICTION = 'prediction';

function predictionOf(scores: (number | null)[], inputs: ProfileFeature[]): ProfileFeature | null {
  const sorted = scores.filter((score) => score !== null).toSorted((a, b) => a - b);
  if (sorted.length === 0) return null;
  const distinct = [...new Set(sorted)];
  const quantiles = QUANTILE_LEVELS.map((level) => sorted[Math.max(0, Math.ceil(level * sorted.length) - 1)] ?? 0);
  const edges = numericEdges(distinct.length <= NUMERIC_BINS ? distinct : null, quantiles);
  const bare: Bare = { kind: 'numeric', name: inputs.some(({ name }) => name === PREDICTION) ? `${PREDICTION} (score)` : PREDICTION, role: 'prediction', edges };
  return counts(bare, scores.map((score) => [binOf(bare, score), 1]));
}
