/** joinSentences puts what happened and what to do behind each other; what does not end like a sentence gets its full stop. */
export function joinSentences(...parts: (string | undefined)[]): string {
  const given = parts.flatMap((part) => part?.trim() || []);
  return given.map((part, i) => (i === given.length - 1 || /[.!?:…]["')]?$/.test(part) ? part : `${part}.`)).join(' ');
}
