import { type ASTNode } from '@marcbachmann/cel-js';

/** isNode tells whether a value is a node of an expression's syntax tree. */
export const isNode = (value: unknown): value is ASTNode & { args: unknown } =>
  typeof value === 'object' && value !== null && 'op' in value && 'args' in value;

/** pathOf reads a.b.c or a["b"].c as names; undefined when it is another kind of node or has a computed part. */
export function pathOf(node: unknown): string[] | undefined {
  if (!isNode(node)) return undefined;
  const args = node.args as unknown;
  if (node.op === 'id') return typeof args === 'string' ? [args] : undefined;
  if (!Array.isArray(args)) return undefined;
  if (node.op === '.' || node.op === '.?') {
    const before = pathOf(args[0]);
    return before && typeof args[1] === 'string' ? [...before, args[1]] : undefined;
  }
  if (node.op === '[]' || node.op === '[?]') {
    const before = pathOf(args[0]);
    const index: unknown = args[1];
    return before && isNode(index) && index.op === 'value' && typeof index.args === 'string'
      ? [...before, index.args]
      : undefined;
  }
  return undefined;
}
