/** One measured quantity; a bench may put further named figures beside it. */
export type Figure = { median: number; min: number; max: number; unit: string; [name: string]: unknown };

/** What a bench gives (contract §6): ours, the floor it is held against, and ratio (1 = as good as the floor, larger = worse). */
export type BenchResult = {
  repeats: number;
  ours: Figure;
  floor: Partial<Figure>;
  rivals: Record<string, Figure>;
  ratio: number | null;
};

/** Options as given on the command line. */
export type BenchOptions = Record<string, string | true>;

/** figure sums up repeated measurements. @throws Error on none */
export function figure(values: number[], unit: string): Figure {
  const sorted = [...values].sort((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) throw new Error('There is nothing to sum up.');
  const middle = sorted.length / 2;
  const median = ((sorted[Math.ceil(middle) - 1] ?? min) + (sorted[Math.floor(middle)] ?? max)) / 2;
  return { median: round(median), min: round(min), max: round(max), unit };
}

/** round keeps three decimals. */
export const round = (value: number): number => Math.round(value * 1000) / 1000;

/** numberOption reads an option as a number. @throws Error when it is none */
export function numberOption(options: BenchOptions, name: string, otherwise: number): number {
  const given = options[name];
  if (given === undefined) return otherwise;
  const value = Number(given);
  if (!Number.isFinite(value)) throw new Error(`--${name} ${String(given)}: expected a number.`);
  return value;
}
