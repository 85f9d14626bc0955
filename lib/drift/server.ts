export { driftReport, featureDistribution, listMonitored } from './service';
