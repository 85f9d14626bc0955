export { AppError, conflict, invalid, notFound, type Issue } from './errors';
export { isId, newId } from './ids';
export { systemClock, type Clock } from './clock';
export type { Json, JsonObject } from './json';
