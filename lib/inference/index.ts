export { ASSIGNED_BY, inferencesQuery, type AssignedBy, type InferencesQuery, type VariantStats } from './schema';
