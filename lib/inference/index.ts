export { ASSIGNED_BY, inferenceShape, inferencesQuery, type AssignedBy, type DropLine, type InferencesQuery, type InferenceView, type LogLine, type VariantStats } from './schema';
