export { gateOf, isInline, laneOrder } from './schema';
export { PARTITIONS, partitionOf } from './partitions';
export { clusterShape, type ClusterView } from './cluster-schema';
