export { assignVariant, type Assignment, type Routing, type Weights } from './assign';
export {
  decisionBody, listRolloutsQuery, METRICS, newRolloutSchema, readStep, stepsSchema, type Audience, type ComparedMetric, type Metric, type NewRollout, type Step, type StepBody,
} from './schema';
export { evidenceShape, rolloutShape, rolloutSummaryShape } from './shape';
export { FINISHED_STATES, isFinished, ROLLOUT_STATES, VERBS, type RolloutState, type Verb } from './states';
export { METRIC_WORDS, type Comparison, type Verdict } from './verdict';
export { amount } from './amount';
export type { Evidence } from './evidence';
export type { Bin } from './evidence-store';
export type { RolloutSummary, RolloutView, Waiting } from './views';
