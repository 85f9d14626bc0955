export { writeEventTriggers } from './event-trigger-store';
export { gatherFacts, type FactSources } from './facts';
export { pauseAfterFailure } from './pause';
export { hashSpec } from './hash';
export {
  createPipeline,
  deletePipeline,
  diffVersions,
  getPipeline,
  getVersion,
  listPipelines,
  listPipelinesWithDrafts,
  listVersions,
  publish,
  requirePipeline,
  requirePipelineId,
  restoreVersion,
  saveDraft,
  specAt,
  updatePipeline,
  validateNewSpec,
  validateSpec,
} from './service';
