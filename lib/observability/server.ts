export * from './index';
export { openAttemptLog, type AttemptLog } from './attempt-log';
export { createMasker, MASK, type Masker } from './mask';
export { logText, readLogs, type LogSubject } from './read-logs';
export { logEnd } from './store';
export { checkReady } from './metrics/service';
export { counter, EXPOSITION_TYPE, expose, gauge, histogram } from './metrics/registry';
export { measureHttp } from './metrics/http';
export { measurePools } from './metrics/pools';
