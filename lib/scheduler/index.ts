export { previewBody, previewShape, type PreviewBody } from './schema';
export { parseCron, type CronFields } from './fires/cron';
export { clockChanges } from './fires/clock-change';
export {
  intervalFrom, intervalsBetween, latestInterval, timesAfter, timetable, type Interval, type ScheduleTimes, type Timetable,
} from './fires/timetable';
