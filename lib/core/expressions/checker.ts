import { didYouMean } from '../suggest';
import { base, parseExpression, sentence } from './parse';
import { expressionReads } from './reads';
import { ExpressionError, type Names, type ValueType } from './scope';

class Declared {}

const CEL_TYPE: Record<ValueType, string> = {
  string: 'string',
  integer: 'int',
  number: 'double',
  boolean: 'bool',
  date: 'string',
  datetime: 'google.protobuf.Timestamp',
  json: 'dyn',
};

/** checker makes a type checker for one spec's names: cheap to ask, a little dear to make. */
export function checker(
  names: Names,
): (expression: string, expected?: 'bool' | 'list' | 'any') => ExpressionError | null {
  const environment = base();
  const declare = (root: string, fields: Record<string, string>) => {
    const type = root[0]?.toUpperCase() + root.slice(1);
    environment.registerType(type, { ctor: class extends Declared {}, fields });
    environment.registerVariable(root, type);
  };
  declare(
    'params',
    Object.fromEntries(Object.entries(names.params).map(([name, type]) => [name, CEL_TYPE[type] ?? 'dyn'])),
  );
  environment.registerType('Task', {
    ctor: class extends Declared {},
    fields: { succeeded: 'bool', failed: 'bool', skipped: 'bool', state: 'string', output: 'dyn', rows: 'list' },
  });
  declare('tasks', Object.fromEntries([...names.tasks].map((id) => [id, 'Task'])));
  declare('run', {
    id: 'string',
    pipeline: 'string',
    version: 'dyn',
    logicalDate: 'dyn',
    intervalStart: 'dyn',
    intervalEnd: 'dyn',
  });
  if (names.vars) declare('vars', Object.fromEntries([...names.vars].map((name) => [name, 'dyn'])));
  else environment.registerVariable('vars', 'map<string, dyn>');
  if (names.secrets)
    declare('secrets', Object.fromEntries([...names.secrets].map((name) => [name, 'string'])));
  else environment.registerVariable('secrets', 'map<string, string>');
  if (names.item) environment.registerVariable('item', 'dyn');
  return (expression, expected = 'any') => {
    try {
      parseExpression(expression);
      const result = environment.check(expression);
      if (!result.valid)
        return unknownName(expression, names, result.error) ?? sentence(result.error, expression, names);
      const type = result.type ?? 'dyn';
      if (expected === 'bool' && type !== 'bool' && type !== 'dyn')
        return new ExpressionError(
          `The expression "${expression}" gives ${article(type)}, but true or false is needed.`,
          expression,
        );
      if (expected === 'list' && !/^(list|dyn)/.test(type))
        return new ExpressionError(
          `The expression "${expression}" gives ${article(type)}, but a list is needed.`,
          expression,
        );
      return null;
    } catch (error) {
      return error instanceof ExpressionError ? error : sentence(error, expression, names);
    }
  };
}

const article = (type: string) =>
  type === 'int'
    ? 'a whole number'
    : type === 'double'
      ? 'a number'
      : type === 'string'
        ? 'a text'
        : `a ${type}`;

/** unknownName turns "No such key" into which name is missing and where it should have been declared. */
function unknownName(expression: string, names: Names, error: unknown): ExpressionError | null {
  if (!(error instanceof Error) || !error.message.startsWith('No such key')) return null;
  const reads = expressionReads(expression);
  const say = (text: string) => new ExpressionError(text, expression);
  for (const name of reads.params)
    if (!(name in names.params))
      return say(`There is no param "${name}" in this pipeline.${list('Params', Object.keys(names.params))}`);
  const tasks = new Set(names.tasks);
  for (const id of reads.taskIds)
    if (!tasks.has(id)) return say(`There is no task "${id}" in this pipeline.${didYouMean(id, tasks)}`);
  const vars = names.vars && new Set(names.vars);
  for (const name of reads.vars)
    if (vars && !vars.has(name))
      return say(`There is no variable "${name}" in this workspace.${didYouMean(name, vars)} Add it under Settings, Variables.`);
  const secrets = names.secrets && new Set(names.secrets);
  for (const name of reads.secrets)
    if (secrets && !secrets.has(name))
      return say(`There is no secret "${name}" in this workspace.${didYouMean(name, secrets)} Add it under Settings, Secrets.`);
  return null;
}

const list = (what: string, names: string[]) =>
  names.length > 0 ? ` ${what}: ${names.slice(0, 12).join(', ')}.` : '';
