import { type DuckdbProblem } from './protocol';

/**
 * explainFile puts DuckDB's complaints about a CSV or JSON file into one sentence with the line.
 * @param full DuckDB's whole message, many lines
 * @returns null when it is about something else
 */
export function explainFile(full: string): DuckdbProblem | null {
  return explainCsv(full) ?? explainJson(full);
}

function explainCsv(full: string): DuckdbProblem | null {
  if (/does not support the encoding/.test(full)) {
    return { code: 'bad_value', message: `The encoding ${/encoding: "([^"]*)"/.exec(full)?.[1] ?? ''} cannot be read. Known are utf-8, utf-16 and latin-1.` };
  }
  const line = /CSV Error on Line: (\d+)/.exec(full)?.[1];
  if (line === undefined) return null;
  const original = /Original Line: (.*)/.exec(full)?.[1]?.trim() ?? '';
  const shown = original === '' ? '' : ` It reads: ${original.slice(0, 160)}${original.length > 160 ? ' …' : ''}`;
  const fields = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(full);
  if (fields) {
    return {
      code: 'bad_value',
      message: `Line ${line} has ${fields[2]} fields where the others have ${fields[1]}.${shown}`,
      hint: 'Correct the line, or set the option ignoreErrors to leave such rows out.',
    };
  }
  const cast = /Error when converting column "(.*?)"\. Could not convert string "([\s\S]*?)" to '(.*?)'/.exec(full);
  if (cast) {
    return {
      code: 'bad_value',
      message: `Line ${line} has "${(cast[2] ?? '').slice(0, 80)}" in column "${cast[1]}", which is no ${cast[3]}.`,
      hint: `Correct it, or read the column as text with the option types: {"${cast[1]}": "VARCHAR"}.`,
    };
  }
  if (/unicode|not utf-8/i.test(full)) {
    return { code: 'bad_value', message: `Line ${line} is not UTF-8 text, so the file has another encoding.`, hint: 'Set the option encoding to "latin-1" or "utf-16".' };
  }
  if (/unterminated quote/i.test(full)) {
    return { code: 'bad_value', message: `From line ${line} on, a quoted text is not closed.${shown}`, hint: 'Close the quote, or set the option quote.' };
  }
  if (/Maximum line size/i.test(full)) {
    return { code: 'bad_value', message: `Line ${line} is longer than a line may be, most likely because a quoted text is not closed.`, hint: 'Close the quote, or set the option quote.' };
  }
  const why = /Original Line:.*\n(.*)/.exec(full)?.[1]?.trim() ?? '';
  return { code: 'bad_value', message: `Line ${line} of the CSV cannot be read${why ? `: ${why}` : '.'}${shown}` };
}

function explainJson(full: string): DuckdbProblem | null {
  const broken = /Malformed JSON in file "[^"]*", at byte (\d+) in (line|record\/value) (\d+): (.*)/.exec(full);
  if (!broken) return null;
  // DuckDB counts the line after the broken one
  const where = broken[2] === 'line' ? `Line ${Math.max(1, Number(broken[3]) - 1)}` : `Record ${broken[3]}`;
  return { code: 'bad_value', message: `${where} is not JSON: ${(broken[4] ?? '').trim().replace(/\.$/, '')} at byte ${broken[1]}.`, hint: 'Correct it and upload the file again.' };
}
