export * from './due';
export { fireDueSchedules, followVersions, listSchedules, startRun } from './schedules/service';
export { advanceBackfills, RUNS_AT_ONCE } from './backfills/advance';
export {
  backfillIntervals, cancelBackfill, extendBackfill, getBackfill, listBackfills, pauseBackfill, planBackfill, resumeBackfill, resumeFailed, startBackfill,
} from './backfills/service';
