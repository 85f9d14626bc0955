import { explainFile } from './explain-file';
import { type DuckdbProblem } from './protocol';

type Raw = { exception_type?: string; exception_message?: string; position?: string; candidates?: string; error_subtype?: string; name?: string };

/**
 * explainError turns DuckDB's error (its JSON form, `errors_as_json`) into a sentence with a place.
 * @param script the whole text that the person wrote
 * @param offset where the failing statement starts in it, in characters
 * @param shift characters that were put before the statement
 */
export function explainError(error: unknown, script = '', offset = 0, shift = 0, statement = script): DuckdbProblem {
  const text = error instanceof Error ? error.message : String(error);
  const raw = parse(text);
  const problem = describe(raw, text);
  const position = raw.position === undefined ? undefined : Number(raw.position);
  if (position === undefined || Number.isNaN(position) || script === '') return problem;
  const inStatement = characters(statement, position - shift);
  if (inStatement < 0 || inStatement > statement.length) return problem;
  return { ...problem, ...placeOf(script, offset + inStatement) };
}

/** placeOf gives line and column, from 1, of a character offset. */
export function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - (before.lastIndexOf('\n') + 1) + 1 };
}

/** characters converts an offset in UTF-8 bytes to one in characters. */
function characters(text: string, bytes: number): number {
  if (bytes <= 0) return bytes;
  return Buffer.from(text, 'utf8').subarray(0, bytes).toString('utf8').length;
}

function parse(text: string): Raw {
  const start = text.indexOf('{"exception_type"');
  if (start < 0) {
    const plain = /^(\w[\w ]*?) Error: ([\s\S]*)$/.exec(text);
    return plain ? { exception_type: plain[1], exception_message: plain[2] } : { exception_message: text };
  }
  try {
    return JSON.parse(text.slice(start)) as Raw;
  } catch {
    return { exception_message: text };
  }
}

function describe(raw: Raw, text: string): DuckdbProblem {
  const full = raw.exception_message ?? text;
  const file = explainFile(full);
  if (file) return file;
  const first = sentence(full.split('\n')[0] ?? full);
  const name = raw.name ?? '';
  const candidates = (raw.candidates ?? '').split(',').map((c) => c.trim()).filter(Boolean);
  const near = candidates.length > 0 ? { candidates, hint: `Is it ${orList(candidates.slice(0, 4))}?` } : {};
  if (raw.error_subtype === 'COLUMN_NOT_FOUND') {
    return { code: 'unknown_column', message: `There is no column "${name}" here.`, ...near };
  }
  if (raw.exception_type === 'Catalog' && raw.error_subtype === 'MISSING_ENTRY') {
    if (/^Table with name/.test(full)) {
      if (/[/\\*]|\.(csv|tsv|parquet|json|ndjson|jsonl|txt|gz)$|:\/\//i.test(name)) return { code: 'refused', message: NO_FILES, hint: BRING_IN };
      return { code: 'unknown_table', message: `There is no table "${name}" here.`, hint: candidates.length > 0 ? `Is it ${orList(candidates.slice(0, 4))}?` : 'Connect the node that provides it, or add it to reads.', ...(candidates.length > 0 ? { candidates } : {}) };
    }
    if (/Function with name/.test(full)) return { code: 'unknown_function', message: `There is no function "${name}".`, ...near };
    return { code: 'other', message: first, ...near };
  }
  switch (raw.exception_type) {
    case 'Parser':
      return { code: 'syntax', message: `The SQL cannot be read: ${lower(first)}`, hint: 'Correct it there; a missing comma, bracket or word just before is the usual cause.' };
    case 'Binder':
      return raw.error_subtype === 'NO_MATCHING_FUNCTION'
        ? { code: 'wrong_types', message: first.replace('(STRING_LITERAL', '(VARCHAR'), hint: 'Cast the values to the type that is meant, for example cast(x as integer).' }
        : { code: 'wrong_types', message: first, ...near };
    case 'Permission':
      return {
        code: 'refused',
        message: NO_FILES,
        hint: BRING_IN,
        detail: first,
      };
    case 'Out of Memory':
      return /temp|disk|spill/i.test(full) && /max_temp_directory_size|disk space/i.test(full)
        ? { code: 'out_of_memory', message: 'The query needs more memory than the node may use, and the space for spilled data is used up too.', hint: MORE_MEMORY, detail: full }
        : { code: 'out_of_memory', message: 'The query needs more memory than the node may use.', hint: MORE_MEMORY, detail: full };
    case 'Conversion':
    case 'Out of Range':
      return { code: 'bad_value', message: first, hint: 'try_cast(…) gives null where a value does not fit.' };
    case 'INTERRUPT':
    case 'Interrupt':
      return { code: 'interrupted', message: 'The query was stopped.' };
    case 'IO':
      return /space/i.test(full) ? { code: 'disk_full', message: 'The disk is full, so the result could not be written.', hint: 'Free some space on the machine, then run again.' } : { code: 'other', message: first };
    case 'Invalid Input':
      if (/decompress|No magic bytes|Failed to read file|too small to be a Parquet|thrift|corrupt/i.test(full)) {
        return { code: 'broken_file', message: 'A Parquet file that is read here is broken.', hint: 'Write the file again, or upload it again.', detail: hidePaths(first) };
      }
      if (/^Error when sniffing file/.test(full)) return { code: 'bad_value', message: 'The columns of the CSV file cannot be told apart.', hint: 'Set the options delimiter, quote and header.', detail: 'sniffing' };
      return { code: 'other', message: first };
    case 'Extension Autoloading':
    case 'Missing Extension':
      return { code: 'refused', message: 'This SQL needs a DuckDB extension, and a node cannot load any.', detail: hidePaths(first) };
    default:
      return { code: 'other', message: first, ...near };
  }
}

const NO_FILES = 'This SQL tries to read a file, an address or a setting of the machine, which a node may not.';
const BRING_IN = 'Bring the data in with a source node and connect it; its table then has the name of that node.';
const MORE_MEMORY = 'Raise memoryMb of the node, or let the query look at fewer rows or columns at a time.';

const sentence = (text: string): string => {
  const clean = hidePaths(text.trim());
  return /[.!?]$/.test(clean) ? clean.replace(/!$/, '.') : `${clean}.`;
};
const lower = (text: string): string => (/^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text);
const orList = (names: string[]): string => (names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`);

/** hidePaths keeps only the last part of absolute paths: where the store lies is nobody's business. */
export const hidePaths = (text: string): string => text.replace(/(?<![\w.])\/(?:[^\s"'/]+\/)+([^\s"'/]+)/g, '$1');
