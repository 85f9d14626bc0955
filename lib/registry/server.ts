export { createModel, findVersion, getModel, getVersion, listModels, listVersions, moveAlias, putTag, requireModel, resolveVersion } from './service';
export { type ModelRow } from './store';
