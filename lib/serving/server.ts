export { announceEndpoint, createEndpoint, deleteEndpoint, getEndpoint, listEndpoints, readLedger, requireEndpoint } from './service';
export { addCandidate, promoteCandidate, readyReplicas, retireCandidate, setTraffic, type TrafficChange } from './traffic';
export { lockEndpoint, type EndpointRow, type VariantRow } from './store';
export { type Assign } from './gateway/assign';
export { Gateway, type GatewayOptions } from './gateway/supervisor';
export { askModel, type AskedModel } from './ask/ask-model';
export { completeAlias, requestAlias } from './alias';
export { endpointInferences, endpointStats, gatewayAddress, tryEndpoint } from './observe';
