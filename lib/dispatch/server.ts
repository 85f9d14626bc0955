export * from './index';
export type { ClaimedTask, ClaimLimits, Finished, FinishItem } from './schema';
export {
  beatWorker, foldShares, hasReadyWork, heartbeat, liveWorkers, markRunsRunning, overdueAttempts, registerWorker, removeWorker, step, wakeRetries,
  type Beat, type Held, type LostAttempt, type Step,
} from './store';
