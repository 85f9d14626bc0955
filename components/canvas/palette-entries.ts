import { KINDS, NODE_KINDS, type Domain, type NodeKind } from '@/lib/pipeline/index';

/** One thing a person can add: a kind, or a kind with a first choice made ("File", "Dataset"). */
export type PaletteEntry = { key: string; kind: NodeKind; label: string; what: string; words: string; config?: Record<string, unknown> };

/** The headings of the palette, in the words of an analyst. */
export const DOMAINS: Record<Domain, string> = { data: 'Data', quality: 'Trust', control: 'Steer', ml: 'Model', notify: 'Send' };

const WORDS: Partial<Record<NodeKind, string>> = {
  source: 'file csv json parquet read input load dataset table url upload',
  sql: 'query select join transform duckdb aggregate group filter',
  python: 'script pandas code',
  shell: 'bash command',
  http: 'api rest request fetch web service',
  check: 'quality test rule expect validate nulls unique',
  branch: 'if else condition choose split',
  empty: 'join start noop nothing',
  subpipeline: 'pipeline call nested',
  sensor: 'wait poll until file dataset time run trigger',
  approval: 'approve human person decide review gate sign off',
  notify: 'mail email webhook message alert send',
};

/** PALETTE lists what can be added, in order. */
export const PALETTE: readonly PaletteEntry[] = KINDS.map((kind) => {
  const { label, what } = NODE_KINDS[kind];
  return { key: kind, kind, label, what, words: `${label} ${what} ${WORDS[kind] ?? ''}`.toLowerCase() };
});

/** searchPalette keeps the entries that hold every typed word: first those whose name begins with it, then those with a word that does. */
export function searchPalette(text: string): PaletteEntry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const first = words[0] ?? '';
  const rank = (entry: PaletteEntry) => (entry.label.toLowerCase().startsWith(first) ? 0 : entry.words.split(/\W+/).some((word) => word.startsWith(first)) ? 1 : 2);
  return PALETTE.filter((entry) => words.every((word) => entry.words.includes(word))).sort((a, b) => rank(a) - rank(b));
}
