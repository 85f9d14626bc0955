export {
  aliasSchema,
  createModelSchema,
  modelNameSchema,
  putAliasSchema,
  putTagSchema,
  tagKeySchema,
  trainingSchema,
  versionFieldsSchema,
  VERSION_STATUSES,
  type AliasView,
  type CreateModel,
  type Flavors,
  type ModelFile,
  type ModelVersionView,
  type ModelView,
  type PutAlias,
  type Training,
  type VersionFields,
  type VersionStatus,
} from './schema';
export { DATATYPES, FEATURE_TYPES, featureTypeOf, isInteger, readSignature, signatureSchema, type Datatype, type Feature, type FeatureType, type Signature, type Tensor } from './signature';
export { aliasMoveShape, modelListQuery, modelShape, modelVersionShape, versionListQuery, versionUploadQuery } from './shape';
