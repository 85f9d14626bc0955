export { fireDueSchedules, followVersions, listSchedules, startRun } from './schedules/service';
