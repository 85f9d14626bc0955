import { parseExpression } from './parse';
import { isNode, pathOf } from './syntax-tree';

/** What an expression looks at, found in its syntax tree without evaluating it. */
export type Reads = {
  taskIds: string[];
  /** some tasks.<id>.output is read, or a task is named in a way that cannot be seen here */
  readsOutput: boolean;
  /** tasks whose table is read: tasks.<id>.rows */
  rows: string[];
  params: string[];
  vars: string[];
  secrets: string[];
  run: string[];
  item: boolean;
};

const readsOf = new Map<string, Reads>();

/**
 * expressionReads tells which names an expression uses.
 * @throws ExpressionError when it cannot be parsed.
 */
export function expressionReads(expression: string): Reads {
  const cached = readsOf.get(expression);
  if (cached) return cached;
  const found = {
    tasks: new Set<string>(),
    rows: new Set<string>(),
    params: new Set<string>(),
    vars: new Set<string>(),
    secrets: new Set<string>(),
    run: new Set<string>(),
  };
  let readsOutput = false;
  let item = false;
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit);
    if (!isNode(value)) return;
    const path = pathOf(value);
    if (path) {
      const [root, name, member] = path;
      if (root === 'item') item = true;
      else if (root !== undefined && root !== 'rows' && root in found) {
        if (name !== undefined) found[root as keyof typeof found].add(name);
        if (root === 'tasks' && name !== undefined && member === 'rows') found.rows.add(name);
        if (root === 'tasks' && (name === undefined || member === undefined || member === 'output'))
          readsOutput = true;
      }
      if (root === 'tasks' || value.op === 'id') return;
    }
    visit(value.args);
  };
  visit(parseExpression(expression).ast);
  if (readsOf.size > 5_000) readsOf.clear();
  const reads: Reads = {
    taskIds: [...found.tasks],
    rows: [...found.rows],
    readsOutput,
    params: [...found.params],
    vars: [...found.vars],
    secrets: [...found.secrets],
    run: [...found.run],
    item,
  };
  readsOf.set(expression, reads);
  return reads;
}
