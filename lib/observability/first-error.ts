const ERROR =
  /^Traceback \(most recent call last\)|\b(?:[A-Z]\w*)?(?:Error|Exception)\b(?::|$)|^\s*(?:error|fatal|panic)\b|\b(?:ERROR|FATAL|CRITICAL|PANIC)\b|\b(?:error|fatal|panic): /;

// eslint-disable-next-line no-control-regex
const COLOURS = /\u001b\[[0-9;]*m/g;

/** looksLikeError tells whether a reader who looks for what went wrong would stop at this line. */
export function looksLikeError(text: string): boolean {
  const head = text.length > 2000 ? text.slice(0, 2000) : text;
  return ERROR.test(head.includes('\u001b') ? head.replace(COLOURS, '') : head);
}
