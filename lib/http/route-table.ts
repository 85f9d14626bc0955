import { operationsOf, type RouteModule } from './openapi';
import type { RouteHandler } from './route';

/** A call found by its method and path, with the parameters as they stand in the path (not decoded). */
export type Found = { handler: RouteHandler; params: Record<string, string> };

type Leaf = { handler: RouteHandler; names: string[] };
type Branch = { fixed: Map<string, Branch>; any: Branch | undefined; leaves: Map<string, Leaf> };

const branch = (): Branch => ({ fixed: new Map(), any: undefined, leaves: new Map() });

/**
 * routeTable finds the handler of a call among route modules by its method and path. A word in a route's path goes before a parameter.
 * @returns null for what is no call of these modules as it is written: other methods, empty segments
 */
export function routeTable(modules: readonly RouteModule[]): (method: string, path: string) => Found | null {
  const root = branch();
  for (const { method, path, handler } of operationsOf(modules)) {
    const names: string[] = [];
    let at = root;
    for (const segment of path.slice(1).split('/')) {
      const name = /^\{(\w+)\}$/.exec(segment)?.[1];
      if (name === undefined) {
        if (!at.fixed.has(segment)) at.fixed.set(segment, branch());
        at = at.fixed.get(segment)!;
      } else {
        names.push(name);
        at = at.any ??= branch();
      }
    }
    at.leaves.set(method, { handler, names });
  }
  return (method, path) => {
    const given: string[] = [];
    const leaf = walk(root, path.slice(1).split('/'), 0, method, given);
    return leaf && { handler: leaf.handler, params: Object.fromEntries(leaf.names.map((name, i) => [name, given[i]!])) };
  };
}

function walk(at: Branch, segments: string[], depth: number, method: string, given: string[]): Leaf | null {
  const segment = segments[depth];
  if (segment === undefined) return at.leaves.get(method) ?? null;
  const fixed = at.fixed.get(segment);
  const found = fixed ? walk(fixed, segments, depth + 1, method, given) : null;
  if (found || !at.any || segment === '') return found;
  given.push(segment);
  const behind = walk(at.any, segments, depth + 1, method, given);
  if (!behind) given.pop();
  return behind;
}
