export * from './due';
export { fireDueSchedules, followVersions, listSchedules, startRun } from './schedules/service';
export { advanceBackfills, RUNS_AT_ONCE } from './backfills/advance';
export {
  backfillIntervals, cancelBackfill, extendBackfill, getBackfill, listBackfills, pauseBackfill, planBackfill, resumeBackfill, resumeFailed, startBackfill,
} from './backfills/service';
export { deliverEvents } from './events/service';
export { receiveHook } from './events/hooks';
export { findWebhook, listEvents, listEventTriggers, renewHook } from './events/views';
export { forgetEvents } from './events/store';
export { deleteCalendar, getCalendar, listCalendars, putCalendar } from './calendars/service';
export { excludedBy } from './calendars/store';
