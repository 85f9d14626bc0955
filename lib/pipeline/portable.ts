import { parseDocument, stringify } from 'yaml';
import { invalid } from '@/lib/core/errors';
import { type DraftSpec } from './spec';
import { readSpec } from './upgrade';

/** The most characters of a spec file. */
const LONGEST = 8_000_000;

/** specToYaml writes a spec as YAML that people edit: code as blocks, keys in the contract's order. */
export function specToYaml(spec: DraftSpec): string {
  return stringify(ordered(spec), { lineWidth: 0, blockQuote: 'literal', aliasDuplicateObjects: false });
}

/** specToJson writes a spec as indented JSON, keys in the contract's order. */
export const specToJson = (spec: DraftSpec): string => `${JSON.stringify(ordered(spec), null, 2)}\n`;

/**
 * parseSpecText reads a spec from JSON or YAML (JSON is YAML).
 * @throws AppError invalid with the line of the mistake, or as readSpec
 */
export function parseSpecText(text: string): DraftSpec {
  if (text.length > LONGEST)
    throw invalid(`This file has ${text.length} characters; a spec has at most ${LONGEST}.`);
  const document = parseDocument(text.replace(/^\uFEFF/, ''), { prettyErrors: true, version: '1.2' });
  const mistake = document.errors[0];
  if (mistake) {
    const where = mistake.linePos?.[0];
    const what = (mistake.message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');
    throw invalid(
      `The file is neither JSON nor YAML${where ? `: line ${where.line}, column ${where.col}` : ''}: ${what}.`,
      [{ path: '', message: what }],
    );
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw invalid(`The file cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
  return readSpec(value);
}

const ORDER = ['schemaVersion', 'params', 'tasks', 'edges', 'triggers', 'settings', 'layout'];

function ordered(spec: DraftSpec): Record<string, unknown> {
  const known = ORDER.flatMap((key) => (spec[key] === undefined ? [] : [[key, spec[key]] as const]));
  const further = Object.entries(spec).filter(([key]) => !ORDER.includes(key));
  return Object.fromEntries([...known, ...further]);
}
