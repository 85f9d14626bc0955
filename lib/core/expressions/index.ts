export { checker } from './checker';
export { evaluate, evaluateCondition } from './evaluate';
export { nameCondition, type NameCondition } from './name-condition';
export { parseExpression } from './parse';
export { expressionReads, type Reads } from './reads';
export {
  ExpressionError,
  type Names,
  type RunFact,
  type Scope,
  type TaskFact,
  type ValueType,
} from './scope';
export { toJson } from './values';
export { bindShell, shellPlacements } from './shell';
export { bindSql, sqlPlacements, type BoundValue, type Placement } from './sql';
export { findTemplates, replaceTemplates, type Template } from './templates';
export { renderBody, renderHeader, renderJson, renderText, renderUrl } from './text';
export { formatTime } from './time-format';
