import { describe, expect, it } from 'vitest';
import { type TriggerRule } from '@/lib/pipeline';
import { judgeRun } from './judge-run';
import { type TaskState } from './states';

type Drawn = { rule?: TriggerRule; after?: number[]; state: TaskState; failureAllowed?: boolean; handlesFailures?: boolean };

function judge(drawn: Drawn[], verdict: 'handled' | 'leaves' = 'handled') {
  const tasks = drawn.map((d, i) => ({
    upstream: d.after ?? [],
    downstream: drawn.flatMap((other, j) => (other.after?.includes(i) ? [j] : [])),
    triggerRule: d.rule ?? ('all_success' as const),
    when: null,
    failureAllowed: d.failureAllowed ?? false,
    handlesFailures: d.handlesFailures ?? false,
  }));
  return judgeRun(tasks, drawn.map((d) => d.state), verdict, () => true);
}

describe("a run's verdict", () => {
  it('is failed when load fails and clean-up runs under all_done', () => {
    expect(judge([{ state: 'failed' }, { rule: 'all_done', after: [0], state: 'succeeded' }])).toBe('failed');
  });
  it('is succeeded when a one_failed handler ran', () => {
    expect(judge([{ state: 'failed' }, { rule: 'one_failed', after: [0], state: 'succeeded' }])).toBe('succeeded');
  });
  it('is failed when the handler fails itself', () => {
    expect(judge([{ state: 'failed' }, { rule: 'one_failed', after: [0], state: 'failed' }])).toBe('failed');
  });
  it('follows an upstream failure to the handler at its end', () => {
    const chain: Drawn[] = [{ state: 'failed' }, { after: [0], state: 'upstream_failed' }, { rule: 'one_failed', after: [1], state: 'succeeded' }];
    expect(judge(chain)).toBe('succeeded');
    expect(judge(chain.slice(0, 2))).toBe('failed');
  });
  it('takes a task marked as handling failures at its word', () => {
    expect(judge([{ state: 'failed' }, { rule: 'all_done', after: [0], state: 'succeeded', handlesFailures: true }])).toBe('succeeded');
  });
  it('counts an allowed failure as a success', () => {
    expect(judge([{ state: 'failed', failureAllowed: true }])).toBe('succeeded');
  });
  it("looks at tasks without successors only under Airflow's rule", () => {
    const drawn: Drawn[] = [{ state: 'failed' }, { rule: 'all_done', after: [0], state: 'succeeded' }];
    expect(judge(drawn, 'leaves')).toBe('succeeded');
  });
});
