import type { AttemptContext } from './adapter';

/** exactly is an environment with these variables and no inherited ones. */
export function exactly(variables: Record<string, string>): NodeJS.ProcessEnv {
  return variables as NodeJS.ProcessEnv;
}

/**
 * attemptEnvironment is the environment of a task's command: what contract §2 promises and what any program needs to run.
 * Nothing of the worker's own environment (DATABASE_URL, keys) is passed on.
 */
export function attemptEnvironment(context: AttemptContext): Record<string, string> {
  const { run } = context;
  return {
    PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: context.workDir,
    TMPDIR: context.workDir,
    LANG: 'C.UTF-8',
    PENSTOCK_RUN_ID: context.runId,
    PENSTOCK_TASK_ID: context.taskId,
    PENSTOCK_ATTEMPT: String(context.attempt),
    PENSTOCK_MAP_INDEX: String(context.mapIndex),
    ...(context.item === undefined ? {} : { PENSTOCK_ITEM: JSON.stringify(context.item) }),
    PENSTOCK_PIPELINE: run.pipeline,
    PENSTOCK_LOGICAL_DATE: run.logicalDate?.toISOString() ?? '',
    PENSTOCK_INTERVAL_START: run.intervalStart?.toISOString() ?? '',
    PENSTOCK_INTERVAL_END: run.intervalEnd?.toISOString() ?? '',
    PENSTOCK_PARAMS: JSON.stringify(context.params),
    ...(context.checkpoint === null ? {} : { PENSTOCK_CHECKPOINT: JSON.stringify(context.checkpoint) }),
    ...(context.external === null ? {} : { PENSTOCK_EXTERNAL: JSON.stringify(context.external) }),
  };
}
