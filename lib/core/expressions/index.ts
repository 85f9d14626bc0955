export {
  asText,
  checker,
  evaluate,
  evaluateCondition,
  evaluateTemplate,
  ExpressionError,
  expressionReads,
  isoText,
  parseExpression,
  toJson,
  type Names,
  type Reads,
  type RunFact,
  type Scope,
  type TaskFact,
  type ValueType,
} from './cel';
export { bindShell, shellPlacements } from './shell';
export { bindSql, sqlPlacements, type BoundValue, type Placement } from './sql';
export { findTemplates, replaceTemplates, type Template } from './templates';
export { renderBody, renderHeader, renderJson, renderJsonText, renderText, renderUrl } from './text';
export { formatTime } from './time-format';
