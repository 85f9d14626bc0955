export { PARTITIONS, partitionOf } from './partitions';
export { clusterShape, type ClusterView } from './cluster-schema';
export {
  gateOf, isInline, laneOrder, poolNameSchema, poolSchema, putPoolSchema, queueSchema,
  type LaneView, type PoolView, type QueueSample, type QueueView, type WaitingRun, type WorkspaceShare,
} from './schema';
