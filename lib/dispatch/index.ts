export { INLINE_KINDS, laneOrder } from './schema';
