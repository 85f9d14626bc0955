export {
  decisionBody, METRICS, newRolloutSchema, readStep, stepsSchema, type Audience, type ComparedMetric, type Metric, type NewRollout, type Step, type StepBody,
} from './schema';
export { FINISHED_STATES, isFinished, ROLLOUT_STATES, VERBS, type RolloutState, type Verb } from './states';
export { METRIC_WORDS, type Comparison, type Verdict } from './verdict';
