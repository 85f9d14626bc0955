export * from './index';
export * from './due';
export { announceRun, createRun, prepareRun, requireRunnable, type Restored, type RunRequest } from './create';
export { outsideOf, type RunPart } from './part';
export { createTry } from './try';
export { findMemo, memoFingerprint, noteMemo, type Memo } from './memo';
export { approveTask, expireApprovals, listApprovals, type Decision } from './approve';
export { parkTask } from './park';
export { judgeParts } from './map-end';
export { partEnds } from './map-store';
export { spreadTask } from './spread';
export { refuseWhenDiskFull } from './disk';
export { decideEnd, type RetryPolicy } from './decide-end';
export { attemptKey, finishAndClaim, finishWith } from './finish';
export { endLostAttempt, onLostOf, settleLeftOver } from './lost';
export { attemptInput, type AttemptWork } from './attempt-input';
export { childRun, runResult } from './subruns';
export { releaseHeldRuns } from './held';
export { releaseWaitingForPast } from './past';
export { releaseWaitingRuns } from './run-limit';
export { raiseRun } from './raise';
export { tellEndedRuns } from './tell';
export { failQueuedTooLong } from './queue-timeout';
export { dropOldOutputs } from './retention';
export { settleRun } from './settle';
export { runFact } from './scope';
export {
  announceCancel, cancelRun, createRunView, findPart, mapGrid, cancelRunIn, clearTask, findTask, getEndedRun, getRun, getRunSpec, getRunState, listAttempts, listRuns, listTasks, markTask, rerunIn, rerunPlan, rerunRun,
  type ClearRequest, type RerunRequest,
} from './service';
export { exportOutput, listArtifacts, openArtifact, previewOutput, runStory, type ArtifactView, type RunStory } from './results';
export { compareWithSuccess } from './compare';
export { runGrid } from './grid';
export { runTimeline } from './timeline';
export { usualDuration } from './paces';
export { noteStall, type Stall } from './stall';
export { whyWaiting, type Waiting } from './why';
export { recordAttempt } from './change-store';
export { findRun, newestEnded, stagedVersion, taskStates, type RunRow, type TaskRow } from './store';
