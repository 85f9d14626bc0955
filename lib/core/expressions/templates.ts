import { ExpressionError } from './scope';

/** One `{{ expression }}` in a text: [start, end) covers the braces. */
export type Template = { start: number; end: number; expression: string };

/**
 * findTemplates lists the `{{ … }}` of a text. Braces and quotes inside the expression are understood, so a map or a text
 * with braces does not end it.
 * @throws ExpressionError when one is not closed or empty.
 */
export function findTemplates(text: string): Template[] {
  const found: Template[] = [];
  for (let start = text.indexOf('{{'); start !== -1; start = text.indexOf('{{', found.at(-1)?.end ?? 0)) {
    const end = closing(text, start + 2);
    if (end === -1)
      throw new ExpressionError(
        `"${text.slice(start, start + 40)}" opens an expression with {{ that is never closed with }}.`,
        text.slice(start),
      );
    const expression = text.slice(start + 2, end).trim();
    if (expression === '') throw new ExpressionError('There is nothing between {{ and }}.', '');
    found.push({ start, end: end + 2, expression });
  }
  return found;
}

function closing(text: string, from: number): number {
  let depth = 0;
  let quote = '';
  for (let at = from; at < text.length; at++) {
    const char = text[at] ?? '';
    if (quote !== '') {
      if (char === '\\') at++;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '{') depth++;
    else if (char === '}') {
      if (depth > 0) depth--;
      else if (text[at + 1] === '}') return at;
    }
  }
  return -1;
}

/** replaceTemplates writes a text anew with something in place of every template. */
export function replaceTemplates(
  text: string,
  templates: Template[],
  write: (template: Template, index: number) => string,
): string {
  let made = '';
  let at = 0;
  templates.forEach((template, index) => {
    made += text.slice(at, template.start) + write(template, index);
    at = template.end;
  });
  return made + text.slice(at);
}
