import { type Json } from '../json';
import { evaluateTemplate } from './evaluate';
import { ExpressionError, type Scope } from './scope';
import { asText, toJson } from './values';
import { findTemplates, replaceTemplates } from './templates';

/** renderText writes a message: every template's value as text. @throws ExpressionError */
export function renderText(text: string, scope: Scope): string {
  return replaceTemplates(text, findTemplates(text), (template) =>
    asText(evaluateTemplate(template.expression, scope)),
  );
}

/**
 * renderUrl writes an address. A template at the very start is the base and stays as it is; all others are percent-encoded, so
 * that a value cannot add a path, a query or a host.
 * @throws ExpressionError
 */
export function renderUrl(url: string, scope: Scope): string {
  return replaceTemplates(url, findTemplates(url), (template) => {
    const value = asText(evaluateTemplate(template.expression, scope));
    return template.start === 0 ? value : encodeURIComponent(value);
  });
}

/** renderHeader writes a header's value; one with a line break is refused, since it would add headers. @throws ExpressionError */
export function renderHeader(text: string, scope: Scope): string {
  const value = renderText(text, scope);
  if (/[\r\n\0]/.test(value))
    throw new ExpressionError('A header value has a line break, which is not allowed there.', text);
  return value;
}

/**
 * renderJsonText writes a text that is JSON with templates in it: inside a JSON text a value is escaped, elsewhere it is
 * written as JSON, so a value never adds structure.
 * @throws ExpressionError
 */
export function renderJsonText(text: string, scope: Scope): string {
  const templates = findTemplates(text);
  let at = 0;
  let inside = false;
  return replaceTemplates(text, templates, (template) => {
    for (; at < template.start; at++) {
      if (inside && text[at] === '\\') at++;
      else if (text[at] === '"') inside = !inside;
    }
    at = template.end;
    const value = evaluateTemplate(template.expression, scope);
    return inside ? JSON.stringify(asText(value)).slice(1, -1) : JSON.stringify(toJson(value));
  });
}

/**
 * renderJson fills the templates in all texts of a JSON value. A text that is one template and nothing else becomes the
 * expression's value with its type.
 * @throws ExpressionError
 */
export function renderJson(value: Json, scope: Scope): Json {
  if (typeof value === 'string') {
    const templates = findTemplates(value);
    const [only] = templates;
    if (only && templates.length === 1 && only.start === 0 && only.end === value.length)
      return toJson(evaluateTemplate(only.expression, scope));
    return renderText(value, scope);
  }
  if (Array.isArray(value)) return value.map((member) => renderJson(member, scope));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, renderJson(member, scope)]));
  return value;
}

/** renderBody writes an HTTP body: JSON values and JSON texts stay well-formed, other texts are filled plainly. @throws ExpressionError */
export function renderBody(body: Json, scope: Scope): string {
  if (typeof body !== 'string') return JSON.stringify(renderJson(body, scope));
  return /^\s*[[{]/.test(body) && !/^\s*\{\{/.test(body)
    ? renderJsonText(body, scope)
    : renderText(body, scope);
}
