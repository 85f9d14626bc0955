import { blockedBy, runChecks } from '@/lib/datasets/server';
import { type Adapter } from '../adapter';
import { configOf } from '../config-of';
import { boundSql } from '../duckdb/bound-sql';
import { expressionsIn, scopeOf } from '../scope';

/** `check` finds out whether its upstream tables are as expected, and fails when a check that blocks does not pass. */
export const checkAdapter: Adapter = {
  runsUserCode: true,
  inMemory: true,
  perform: async (context) => {
    const began = performance.now();
    const { checks } = configOf(context, 'check');
    const scope = await scopeOf(context, expressionsIn(checks));
    context.started();
    const outcomes = await runChecks({
      checks,
      tables: context.inputs,
      others: context.reads,
      now: new Date(),
      signal: context.signal,
      limits: context.limits,
      bind: (sql) => boundSql(sql, scope),
    });
    for (const { passed, severity, message } of outcomes) context.log('system', `${passed ? 'Passed' : severity === 'warn' ? 'Warning' : 'Failed'}: ${message}`);
    const blocked = blockedBy(outcomes);
    const passed = outcomes.filter((outcome) => outcome.passed).length;
    return {
      outcome: blocked === null ? 'succeeded' : 'failed',
      ...(blocked === null ? {} : { error: { code: 'check_failed', message: blocked, hint: 'Look at the rows that are wrong, correct the data or the check, then run again from here.' } }),
      output: { passed, failed: outcomes.length - passed, checks: outcomes.map((outcome) => ({ type: outcome.check.type, severity: outcome.severity, passed: outcome.passed, message: outcome.message })) },
      checks: outcomes.map((outcome) => ({ stands: 'node' as const, outcome })),
      timings: { runMs: Math.round(performance.now() - began) },
    };
  },
};
