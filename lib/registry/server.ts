export { aliasWish, createModel, findVersion, getModel, getVersion, listModels, listVersions, moveAlias, putAlias, putTag, registerVersion, requireModel, resolveVersion, wishAlias } from './service';
export { MODEL_BYTES, modelKey, Upload } from './upload';
export { type ModelRow } from './store';
