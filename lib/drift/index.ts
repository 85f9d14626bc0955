export {
  distributionQuery,
  distributionSchema,
  driftQuery,
  driftReportSchema,
  GRAINS,
  monitoredSchema,
  VERDICTS,
  type Distribution,
  type DriftPoint,
  type DriftReport,
  type DriftSeries,
  type Grain,
  type Monitored,
  type ReferenceSource,
  type Verdict,
} from './schema';
export { latestOf, windowName } from './finding';
