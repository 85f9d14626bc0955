export { listSchedulesQuery, previewBody, previewShape, scheduleShape, type PreviewBody, type ScheduleView } from './schema';
export { parseCron, type CronFields } from './fires/cron';
export { clockChanges } from './fires/clock-change';
export {
  intervalFrom, intervalsBetween, latestInterval, timesAfter, timetable, type Interval, type ScheduleTimes, type Timetable,
} from './fires/timetable';
export { OVERLAPS, type Overlap } from './schedules/decide';
export { scheduleWords } from './schedules/words';
export {
  ACTIONS, backfillRowShape, backfillShape, BACKFILL_STATES, extendBody, intervalRunShape, ITEM_STATES, listBackfillsQuery, planBody, planItemShape, planShape,
  rangeQuery, REPROCESS, startBody,
  type BackfillPlan, type BackfillRequest, type BackfillRow, type BackfillState, type BackfillView, type IntervalRun, type ItemState, type ListBackfills,
  type PlanItem, type Reprocess,
} from './backfills/schema';
export {
  DELIVERY_STATES, eventShape, eventTriggerShape, hookAnswerShape, listEventsQuery,
  type DeliveryState, type EventTriggerView, type EventView, type HookAnswer, type ListEvents,
} from './events/schema';
export { calendarShape, putCalendarBody, type CalendarView, type PutCalendar } from './calendars/schema';
