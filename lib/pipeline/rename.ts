import { findTemplates, replaceTemplates } from '@/lib/core/expressions';
import { type DraftTask } from './spec';

/** renameInTask follows a task's new id in another task's expressions and branch lists. Code is left as it is. */
export function renameInTask(task: DraftTask, from: string, to: string): DraftTask {
  const expression = new RegExp(
    `(\\btasks\\s*\\.\\s*)${from}\\b|(\\btasks\\s*\\[\\s*["'])${from}(?=["'])`,
    'g',
  );
  const inExpression = (text: string) =>
    text.replace(expression, (_, dot?: string, bracket?: string) => `${dot ?? bracket ?? ''}${to}`);
  const inText = (text: string): string => {
    if (!text.includes('{{')) return text;
    try {
      return replaceTemplates(text, findTemplates(text), (template) =>
        inExpression(text.slice(template.start, template.end)),
      );
    } catch {
      return text; // an unclosed {{ is a problem of its own; nothing in it can be renamed safely
    }
  };
  const inIds = (ids: unknown): unknown =>
    Array.isArray(ids) ? ids.map((id: unknown) => (id === from ? to : id)) : ids;
  const deep = (value: unknown): unknown => {
    if (typeof value === 'string') return inText(value);
    if (Array.isArray(value)) return same(value, value.map(deep));
    if (typeof value === 'object' && value !== null)
      return sameMembers(
        value,
        Object.fromEntries(Object.entries(value).map(([key, member]) => [key, deep(member)])),
      );
    return value;
  };
  const config = deep(task.config) as Record<string, unknown>;
  const changed: DraftTask = config === task.config ? task : { ...task, config };
  const map = task.map as { over?: unknown } | undefined;
  return {
    ...changed,
    ...(typeof task.when === 'string' ? { when: inExpression(task.when) } : {}),
    ...(typeof map?.over === 'string' ? { map: { ...map, over: inExpression(map.over) } } : {}),
    ...(task.kind === 'branch' ? { config: branchConfig(config, inExpression, inIds) } : {}),
  };
}

function branchConfig(
  config: Record<string, unknown>,
  inExpression: (text: string) => string,
  inIds: (ids: unknown) => unknown,
): Record<string, unknown> {
  const cases = Array.isArray(config.cases)
    ? (config.cases as { if?: unknown; take?: unknown }[]).map((each) => ({
        ...each,
        if: typeof each.if === 'string' ? inExpression(each.if) : each.if,
        take: inIds(each.take),
      }))
    : config.cases;
  return { ...config, cases, ...('otherwise' in config ? { otherwise: inIds(config.otherwise) } : {}) };
}

const same = (before: unknown[], after: unknown[]) =>
  before.every((each, at) => each === after[at]) ? before : after;
const sameMembers = (before: object, after: Record<string, unknown>) =>
  Object.entries(before).every(([key, member]) => after[key] === member) ? before : after;

/** mentionsTable tells whether a task's code or checks name a table. */
export function mentionsTable(task: DraftTask, table: string): boolean {
  const word = new RegExp(`\\b${table}\\b`, 'i');
  const code = [task.config.sql, task.config.script, task.config.command].filter(
    (text) => typeof text === 'string',
  );
  return (
    code.some((text) => word.test(text)) ||
    (task.kind === 'check' && word.test(JSON.stringify(task.config.checks ?? [])))
  );
}
