export { ASSIGNED_BY, inferencesQuery, type AssignedBy, type DropLine, type InferencesQuery, type InferenceView, type LogLine, type VariantStats } from './schema';
