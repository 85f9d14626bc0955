export { writeEventTriggers } from './event-trigger-store';
export { gatherFacts, type FactSources } from './facts';
export { pauseAfterFailure } from './pause';
export { hashSpec } from './hash';
export { saveDraft, validateNewSpec, validateSpec } from './drafts';
export { requirePipeline, requirePipelineId } from './require-pipeline';
export { createPipeline, deletePipeline, getPipeline, listPipelines, listPipelinesWithDrafts, updatePipeline } from './service';
export { diffVersions, getVersion, listVersions, publish, restoreVersion, specAt } from './versions';
