import Anser from 'anser';

/** A stretch of a log line in one look. Colours are the theme's, so that both themes stay legible. */
export type Stretch = {
  text: string;
  color?: string;
  background?: string;
  bold?: boolean;
  dim?: boolean;
  italic?: boolean;
  underline?: boolean;
};

const INK: Record<string, string> = {
  black: 'var(--text-3)',
  white: 'var(--text)',
  red: 'var(--st-failed-text)',
  green: 'var(--st-succeeded-text)',
  yellow: 'var(--st-retry-text)',
  blue: 'var(--st-running-text)',
  magenta: 'var(--st-skipped-text)',
  cyan: 'var(--accent-text)',
};
const FILL: Record<string, string> = {
  black: 'var(--hover)',
  white: 'var(--sunken)',
  red: 'var(--st-failed-fill)',
  green: 'var(--st-succeeded-fill)',
  yellow: 'var(--st-retry-fill)',
  blue: 'var(--st-running-fill)',
  magenta: 'var(--st-skipped-fill)',
  cyan: 'var(--accent-soft)',
};

const nameOf = (given: string): string => given.replace(/^ansi-(bright-)?/, '');

function colour(given: string | null, table: Record<string, string>): string | undefined {
  return given ? table[nameOf(given)] : undefined;
}

/** The text that a terminal would end up showing after carriage returns (progress bars write over themselves). */
const lastWritten = (text: string): string =>
  text.includes('\r') ? (text.split('\r').findLast((part) => part !== '') ?? '') : text;

/**
 * stretchesOf splits a log line with terminal colours into stretches of one look. Everything else a terminal understands
 * (cursor moves, links) is left out; the text stays text.
 */
export function stretchesOf(line: string): Stretch[] {
  const text = lastWritten(line);
  if (!text.includes('\u001b')) return text === '' ? [] : [{ text }];
  return Anser.ansiToJson(text, { json: true, remove_empty: true, use_classes: true }).flatMap((part) => {
    if (part.content === '') return [];
    const stretch: Stretch = { text: part.content };
    const color = colour(part.fg, INK);
    const background = colour(part.bg, FILL);
    if (color !== undefined) stretch.color = color;
    if (background !== undefined) stretch.background = background;
    if (part.decorations.includes('bold')) stretch.bold = true;
    if (part.decorations.includes('dim')) stretch.dim = true;
    if (part.decorations.includes('italic')) stretch.italic = true;
    if (part.decorations.includes('underline')) stretch.underline = true;
    return [stretch];
  });
}

/** plainText is a line without its colours, for copying. */
export const plainText = (line: string): string =>
  stretchesOf(line)
    .map(({ text }) => text)
    .join('');

/** splitMatches cuts a text where `wanted` stands in it, whatever the case: [before, match, between, match, …]. */
export function splitMatches(text: string, wanted: string): string[] {
  if (wanted === '') return [text];
  const parts: string[] = [];
  const lower = text.toLowerCase();
  const needle = wanted.toLowerCase();
  let from = 0;
  for (let at = lower.indexOf(needle); at >= 0; at = lower.indexOf(needle, from)) {
    parts.push(text.slice(from, at), text.slice(at, at + needle.length));
    from = at + needle.length;
  }
  parts.push(text.slice(from));
  return parts;
}
