import { open } from 'node:fs/promises';
import { type TaskOf } from '@/lib/pipeline';
import { AttemptFailure } from '../adapter';

export type ReadOptions = NonNullable<TaskOf<'source'>['config']['options']>;

/** What the first bytes of a text file tell. */
export type Head = { text: string; encoding: 'utf-8' | 'utf-16' };

const HEAD_BYTES = 64 * 1024;

/**
 * readHead looks at a file's beginning.
 * @param shown the file's name for people
 * @throws AttemptFailure when the file is empty or no text
 */
export async function readHead(file: string, shown: string): Promise<Head> {
  const handle = await open(file);
  try {
    const buffer = Buffer.alloc(HEAD_BYTES);
    const { bytesRead } = await handle.read(buffer, 0, HEAD_BYTES, 0);
    const bytes = buffer.subarray(0, bytesRead);
    const utf16 = bytes.length >= 2 && ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff));
    const text = utf16 ? bytes.toString('utf16le').replace(/^\uFEFF/, '') : bytes.toString('utf8').replace(/^\uFEFF/, '');
    if (text.trim() === '') throw new AttemptFailure('empty_file', `The file ${shown} is empty.`, { hint: 'A table needs at least a header line. Upload the file again.' });
    if (!utf16 && bytes.includes(0)) {
      throw new AttemptFailure('broken_file', `The file ${shown} is no text file: it holds binary data.`, { hint: 'Check its format; Parquet files end in .parquet, packed ones in .gz.' });
    }
    return { text, encoding: utf16 ? 'utf-16' : 'utf-8' };
  } finally {
    await handle.close();
  }
}

const DELIMITERS = [',', ';', '\t', '|'];

/** guessDelimiter takes the candidate that cuts the first line into most fields, quotes minded; comma when none does. */
export function guessDelimiter(text: string, quote = '"'): string {
  const counts = new Map(DELIMITERS.map((delimiter) => [delimiter, 0]));
  let quoted = false;
  for (const char of text) {
    if (char === quote) quoted = !quoted;
    else if (!quoted && (char === '\n' || char === '\r')) break;
    else if (!quoted && counts.has(char)) counts.set(char, (counts.get(char) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]).find(([, n]) => n > 0)?.[0] ?? ',';
}

/** headerNames reads the fields of the first line, quotes minded; equal names get a number. */
export function headerNames(text: string, delimiter: string, quote = '"'): string[] {
  const names: string[] = [];
  let field = '';
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charAt(i);
    if (quoted) {
      if (char !== quote) field += char;
      else if (text.charAt(i + 1) === quote) {
        field += quote;
        i += 1;
      } else quoted = false;
    } else if (char === quote && quote !== '') quoted = true;
    else if (char === '\n' || char === '\r') break;
    else if (text.startsWith(delimiter, i)) {
      names.push(field);
      field = '';
      i += delimiter.length - 1;
    } else field += char;
  }
  names.push(field);
  const seen = new Map<string, number>();
  return names.map((name, i) => {
    const base = name.trim() || `column${i}`;
    const n = seen.get(base.toLowerCase()) ?? 0;
    seen.set(base.toLowerCase(), n + 1);
    return n === 0 ? base : `${base}_${n}`;
  });
}

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
const map = (entries: [string, string][]): string => `{${entries.map(([name, value]) => `${text(name)}: ${text(value)}`).join(', ')}}`;

/** csvReader writes the read_csv call for files. @param head null for packed files, whose beginning nobody looked at */
export function csvReader(files: string[], options: ReadOptions, head: Head | null, tab: boolean): string {
  const quote = options.quote ?? '"';
  const delimiter = options.delimiter ?? (tab ? '\t' : head ? guessDelimiter(head.text, quote) : undefined);
  const given = [
    ...(delimiter === undefined ? [] : [`delim = ${text(delimiter)}`]),
    ...(head || options.quote !== undefined ? [`quote = ${text(quote)}`, `escape = ${text(quote)}`] : []),
    `header = ${options.header ?? true}`,
    `skip = ${options.skipRows ?? 0}`,
    `encoding = ${text(options.encoding ?? head?.encoding ?? 'utf-8')}`,
    ...(options.nullText === undefined ? [] : [`nullstr = ['', ${text(options.nullText)}]`]),
    ...(options.dateFormat === undefined ? [] : [`dateformat = ${text(options.dateFormat)}`]),
    ...(options.timestampFormat === undefined ? [] : [`timestampformat = ${text(options.timestampFormat)}`]),
    ...(options.types === undefined ? [] : [`types = ${map(Object.entries(options.types))}`]),
    ...(options.ignoreErrors ? ['ignore_errors = true'] : []),
    `sample_size = ${options.sampleRows ?? 200_000}`,
    ...(files.length > 1 ? ['union_by_name = true'] : []),
  ];
  return `read_csv([${files.map(text).join(', ')}], ${given.join(', ')})`;
}

/** strictCsvReader reads every column as text under the header's names, so that a line that does not fit is named. */
export function strictCsvReader(file: string, options: ReadOptions, head: Head, tab: boolean): string {
  const quote = options.quote ?? '"';
  const delimiter = options.delimiter ?? (tab ? '\t' : guessDelimiter(head.text, quote));
  const body = head.text.split(/\r?\n/).slice(options.skipRows ?? 0).join('\n');
  const columns = map(headerNames(body, delimiter, quote).map((name) => [name, 'VARCHAR']));
  return `read_csv(${text(file)}, auto_detect = false, columns = ${columns}, delim = ${text(delimiter)}, quote = ${text(quote)}, escape = ${text(quote)}, header = ${options.header ?? true}, skip = ${options.skipRows ?? 0}, encoding = ${text(options.encoding ?? head.encoding)}, strict_mode = true)`;
}

/** jsonReader writes the read_json call for files. */
export function jsonReader(files: string[], format: 'json' | 'ndjson', options: ReadOptions): string {
  const given = [
    `format = '${format === 'ndjson' ? 'newline_delimited' : 'auto'}'`,
    'maximum_object_size = 33554432',
    `sample_size = ${options.sampleRows ?? 200_000}`,
    ...(options.ignoreErrors && format === 'ndjson' ? ['ignore_errors = true'] : []),
    ...(options.dateFormat === undefined ? [] : [`dateformat = ${text(options.dateFormat)}`]),
    ...(options.timestampFormat === undefined ? [] : [`timestampformat = ${text(options.timestampFormat)}`]),
    ...(files.length > 1 ? ['union_by_name = true'] : []),
  ];
  return `read_json([${files.map(text).join(', ')}], ${given.join(', ')})`;
}
