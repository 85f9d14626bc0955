export {
  approveBody, mapGridSchema, clearBody, comparisonSchema, createRunBody, gridQuery, gridSchema, listRunsQuery, markBody, raiseBody, rerunBody, runSchema, runSummarySchema, taskRunSchema, attemptSchema, timelineSchema, tryBody, waitingApprovalSchema,
  reasonSchema, REASON_CODES, TRIGGER_KINDS,
  type AttemptView, type ComparisonView, type GridCell, type GridView, type ListRuns, type MapGrid, type Reason, type RunSummary, type RunView, type TaskRunView, type TimelineView, type TriggerKind, type WaitingApproval,
} from './schema';
export { ATTEMPT_STATES, isFinalRun, isFinalTask, RUN_STATES, TASK_STATES, worstState, type AttemptState, type RunState, type TaskState } from './states';
export { lastSign, paceOf, paceSchema, PACE_STATES, spell, type Pace, type PaceState, type Vitals } from './pace';
export { judgeRule, TRIGGER_RULES, type TaskVerdict, type UpstreamCounts } from './trigger-rules';
export { resolveParams } from './resolve-params';
