/** One statement of a script: its text and where it starts (character offset in the script). */
export type Piece = { text: string; offset: number; keywords: string[] };

/**
 * splitSql cuts a script at its top-level semicolons, minding quotes, dollar quotes and comments.
 * @returns the statements that are more than space and comments, each with its first words in capitals
 */
export function splitSql(script: string): Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  let at = 0;
  let words: string[] = [];
  let solid = false;
  const finish = (end: number) => {
    if (solid) pieces.push({ text: script.slice(start, end), offset: start, keywords: words });
    start = end + 1;
    words = [];
    solid = false;
  };
  while (at < script.length) {
    const char = script.charAt(at);
    if (char === ';') {
      finish(at);
      at += 1;
      continue;
    }
    if (/\s/.test(char)) {
      at += 1;
      continue;
    }
    const comment = commentEnd(script, at);
    if (comment !== null) {
      at = comment;
      continue;
    }
    solid = true;
    const quoted = quotedEnd(script, at);
    if (quoted !== null) {
      if (words.length < 6) words.push('');
      at = quoted;
      continue;
    }
    const word = /^[\p{L}_][\p{L}\p{N}_$]*/u.exec(script.slice(at, at + 200))?.[0];
    if (word) {
      if (words.length < 6) words.push(word.toUpperCase());
      at += word.length;
      continue;
    }
    if (words.length === 0 && char === '(') {
      at += 1;
      continue;
    }
    if (words.length < 6) words.push('');
    at += 1;
  }
  finish(script.length);
  return pieces;
}

/** commentEnd is where a comment that starts here ends; null when none starts here. Block comments nest. */
function commentEnd(text: string, at: number): number | null {
  if (text.startsWith('--', at)) {
    const end = text.indexOf('\n', at);
    return end < 0 ? text.length : end + 1;
  }
  if (!text.startsWith('/*', at)) return null;
  let depth = 1;
  let i = at + 2;
  while (i < text.length && depth > 0) {
    if (text.startsWith('/*', i)) {
      depth += 1;
      i += 2;
    } else if (text.startsWith('*/', i)) {
      depth -= 1;
      i += 2;
    } else i += 1;
  }
  return i;
}

/** quotedEnd is where a literal or quoted name that starts here ends; null when none starts here. */
function quotedEnd(text: string, at: number): number | null {
  const char = text.charAt(at);
  if ((char === 'e' || char === 'E') && text.charAt(at + 1) === "'") return closing(text, at + 2, "'", true);
  if (char === "'") return closing(text, at + 1, "'", false);
  if (char === '"') return closing(text, at + 1, '"', false);
  if (char !== '$') return null;
  const tag = /^\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/u.exec(text.slice(at, at + 200))?.[0];
  if (!tag) return null;
  const end = text.indexOf(tag, at + tag.length);
  return end < 0 ? text.length : end + tag.length;
}

function closing(text: string, from: number, quote: string, backslash: boolean): number {
  for (let i = from; i < text.length; i += 1) {
    const char = text.charAt(i);
    if (backslash && char === '\\') i += 1;
    else if (char === quote) {
      if (text.charAt(i + 1) !== quote) return i + 1;
      i += 1;
    }
  }
  return text.length;
}
