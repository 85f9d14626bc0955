export * from './index';
export { openAttemptLog, type AttemptLog } from './attempt-log';
export { createMasker, MASK, type Masker } from './mask';
export { logText, readLogs, type LogSubject } from './read-logs';
export { checkReady, renderMetrics } from './metrics/service';
