/** How answers appear: JSON on stdout for programs, sentences and tables for people. */
export type Print = {
  json: boolean;
  /** the command's answer: `value` as JSON, or `text` */
  answer(value: unknown, text: string): void;
  /** a word on the way, not part of the answer */
  note(text: string): void;
};

/** printer writes answers as JSON when `json` is set. */
export function printer(json: boolean): Print {
  return {
    json,
    answer: (value, text) => void process.stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : text.endsWith('\n') || text === '' ? text : `${text}\n`),
    note: (text) => void process.stderr.write(`${text}\n`),
  };
}

/** table lines up columns; the last one is not padded. */
export function table(header: string[], rows: string[][]): string {
  if (rows.length === 0) return '';
  const all = [header, ...rows];
  const widths = header.map((_, i) => Math.max(...all.map((row) => [...(row[i] ?? '')].length)));
  return `${all.map((row) => row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join('  ')).join('\n')}\n`;
}

/** took says a duration between two times in words, or an empty text when one is missing. */
export function took(from: string | null | undefined, to: string | null | undefined): string {
  if (!from || !to) return '';
  const seconds = (Date.parse(to) - Date.parse(from)) / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
