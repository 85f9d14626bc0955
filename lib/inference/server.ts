export { variantStats, type StatsWindow } from './stats';
export { countDropped, listInferences } from './service';
export { LogWriter, openSpool } from './log-writer';
export { forgetInferences, makeDaysAhead } from './retention';
