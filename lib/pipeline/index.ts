export { CHECK_TYPES, checkSchema, type Check, type CheckType } from './checks';
export { compile, findCycle } from './compile';
export {
  fieldMeta,
  formFields,
  slugSchema,
  TASK_ID,
  type FieldMeta,
  type FormField,
  type Widget,
} from './fields';
export { firstLine, type Domain, type NodeDefinition } from './nodes/define';
export { APPROVAL_EXPIRES_SECONDS } from './nodes/approval';
export { isClock, SENSOR_EVERY_SECONDS, SENSOR_TIMEOUT_SECONDS } from './nodes/sensor';
export { isNodeKind, KINDS, NODE_KINDS, nodeDefinition, type NodeKind } from './nodes/table';
export { type Plan, type PlannedTask } from './plan';
export {
  commonFields,
  draftEdgeSchema,
  draftSpecSchema,
  draftTaskSchema,
  emptySpec,
  LANES,
  PARAM_TYPES,
  paramSchema,
  retrySchema,
  SCHEMA_VERSION,
  settingsSchema,
  specSchema,
  taskSchema,
  TRIGGER_RULES,
  type DraftEdge,
  type DraftSpec,
  type DraftTask,
  type Edge,
  type Lane,
  type Layout,
  type Param,
  type ParamType,
  type Retry,
  type Settings,
  type Spec,
  type Task,
  type TaskOf,
  type TriggerRule,
} from './spec';
export { STALLED_AFTER_SECONDS, stallPolicyOf, type StallPolicy } from './stalled';
export { durationSchema, triggerSchema, type ScheduleTrigger, type Trigger } from './triggers';
export {
  datasetCondition, EVENT_KINDS, triggerWords, webhookAuth, type DatasetTrigger, type EventKind, type EventTrigger, type WebhookTrigger,
} from './event-triggers';
export { globPattern } from './glob';
export {
  applyEdit,
  clip,
  freshId,
  invertEdit,
  pasteEdit,
  reaches,
  whyNotConnect,
  type Clipping,
  type FieldPath,
  type Position,
  type SpecEdit,
} from './edits';
export { pathText, structureProblems, type Problem } from './problems';
export { inputTables, readsOf, writeOf, type InputTable } from './tables';
export { blocks, validate } from './validate';
export { type Facts } from './validate/facts';
export { whyNotCron } from './validate/triggers';
export { diffSpecs, type EdgeName, type FieldChange, type SpecDiff, type TaskName } from './diff';
export { parseSpecText, specToJson, specToYaml } from './portable';
export { readSpec } from './upgrade';
export {
  createdPipelineShape,
  diffShape,
  pipelineListShape,
  pipelineShape,
  problemsShape,
  publishedShape,
  savedDraftShape,
  versionListShape,
  versionShape,
  createPipelineSchema,
  listPipelinesSchema,
  publishSchema,
  restoreSchema,
  saveDraftSchema,
  tagSchema,
  updatePipelineSchema,
  validateSchema,
  type CreatePipeline,
  type LastRun,
  type ListPipelines,
  type Owner,
  type PipelineRow,
  type PipelineView,
  type Published,
  type SavedDraft,
  type UpdatePipeline,
  type VersionRow,
  type VersionView,
} from './schema';
export { findTemplate, TEMPLATES, type Template } from './templates';
