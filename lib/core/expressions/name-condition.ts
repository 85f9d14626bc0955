import { parseExpression } from './parse';
import { ExpressionError } from './scope';
import { isNode, pathOf } from './syntax-tree';

/** A condition over names: which ones it speaks of, and whether it holds when some of them are there. */
export type NameCondition = { names: string[]; holds(there: ReadonlySet<string>): boolean };

/**
 * nameCondition reads names joined by && and ||, with brackets. A name that is no identifier stands in quotes; `root.x` and `root["x"]` are
 * names too.
 * @param root a word that may stand before a name, such as datasets
 * @throws ExpressionError when it cannot be read or says anything else
 */
export function nameCondition(expression: string, root: string): NameCondition {
  const names = new Set<string>();
  const read = (node: unknown): ((there: ReadonlySet<string>) => boolean) => {
    if (isNode(node)) {
      if (node.op === '&&' || node.op === '||') {
        const [left, right] = (node.args as [unknown, unknown]).map(read) as [(there: ReadonlySet<string>) => boolean, (there: ReadonlySet<string>) => boolean];
        return node.op === '&&' ? (there) => left(there) && right(there) : (there) => left(there) || right(there);
      }
      const name = nameIn(node, root);
      if (name !== undefined) {
        names.add(name);
        return (there) => there.has(name);
      }
    }
    throw new ExpressionError(`The expression "${expression}" must be names joined by && and ||, for example orders && (customers || "old-customers").`, expression);
  };
  const holds = read(parseExpression(expression).ast);
  return { names: [...names], holds };
}

function nameIn(node: { op: unknown; args: unknown }, root: string): string | undefined {
  if (node.op === 'value') return typeof node.args === 'string' ? node.args : undefined;
  const path = pathOf(node);
  if (path === undefined) return undefined;
  return (path.length > 1 && path[0] === root ? path.slice(1) : path).join('.');
}
