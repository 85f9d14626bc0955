export { checker } from './checker';
export { evaluate, evaluateCondition, evaluateTemplate } from './evaluate';
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
export { asText, isoText, toJson } from './values';
export { bindShell, shellPlacements } from './shell';
export { bindSql, sqlPlacements, type BoundValue, type Placement } from './sql';
export { findTemplates, replaceTemplates, type Template } from './templates';
export { renderBody, renderHeader, renderJson, renderJsonText, renderText, renderUrl } from './text';
export { formatTime } from './time-format';
