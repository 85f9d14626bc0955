export * from './due';
export { driftReport, featureDistribution, listMonitored } from './service';
export { countWindows } from './count-windows';
export { makeReferences } from './make-references';
