export * from './index';
export * from './due';
export { deletePool, getPool, listPools, putPool } from './pools';
export { getQueue } from './queue';
export { forgetSamples, sampleSlots } from './queue-store';
export { passAlong, type Passed } from './line';
export { endRun, passOn } from './pass-on';
export { isPlain } from './plain-end';
export { ENDS_AT_ONCE } from './schema';
export type { ClaimedTask, ClaimLimits, Finished, FinishItem, PassingTask } from './schema';
export {
  foldShares, hasReadyWork, heartbeat, markRunsRunning, overdueAttempts, parkAttempt, step, takeParked, tellOldFanOuts, wakeParked, wakeRetries,
  wakeRunSensors, type Beat, type Held, type LostAttempt,
  type Step,
} from './store';
export { LeaseKeeper, type LeaseWishes } from './lease-keeper';
export { beatWorker, drainWorker, liveWorkers, registerWorker, removeWorker, type WorkerRow } from './worker-store';
export { getCluster } from './cluster';
export { engineMetrics, renderMetrics } from './metrics';
export { decideScale, type ScaleBounds, type ScaledChild } from './scale';
export { readDemand } from './demand-store';
export { giveBack, lookAfter, standingOf, takeOver, type AttemptName, type HandedOver } from './handover-store';
