export { gateOf, isInline, laneOrder } from './schema';
