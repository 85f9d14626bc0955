import type { TriggerRule } from '@/lib/pipeline';

/** How a finished upstream counts: succeeded, failed, upstream failed, skipped (semantics §1). */
export type Ending = 's' | 'f' | 'u' | 'k';

/** Direct upstreams by how they ended; `p` is how many have not ended yet. */
export type UpstreamCounts = Record<Ending | 'p', number>;

/** What becomes of a waiting task. `wait` only while upstreams are unfinished. */
export type TaskVerdict = 'run' | 'skip' | 'upstream_failed' | 'wait';

type Settled = Exclude<TaskVerdict, 'wait'>;
type Rule = {
  /** The first line one of whose endings occurred wins … */
  lines: { any: Ending[]; verdict: Settled }[];
  /** … else this. */
  otherwise: Settled;
  /** RUN may be taken while upstreams are unfinished. */
  eager?: boolean;
};

/** The twelve trigger rules (semantics §1); the SQL of the finish statement is checked against this table. */
export const TRIGGER_RULES: Record<TriggerRule, Rule> = {
  all_success: { lines: [{ any: ['f', 'u'], verdict: 'upstream_failed' }, { any: ['k'], verdict: 'skip' }], otherwise: 'run' },
  all_failed: { lines: [{ any: ['s', 'k'], verdict: 'skip' }], otherwise: 'run' },
  all_done: { lines: [], otherwise: 'run' },
  all_done_min_one_success: {
    lines: [{ any: ['s'], verdict: 'run' }, { any: ['f', 'u'], verdict: 'upstream_failed' }],
    otherwise: 'skip',
  },
  all_skipped: { lines: [{ any: ['s', 'f', 'u'], verdict: 'skip' }], otherwise: 'run' },
  one_success: {
    lines: [{ any: ['s'], verdict: 'run' }, { any: ['f', 'u'], verdict: 'upstream_failed' }],
    otherwise: 'skip',
    eager: true,
  },
  one_failed: { lines: [{ any: ['f', 'u'], verdict: 'run' }], otherwise: 'skip', eager: true },
  one_done: { lines: [{ any: ['s', 'f'], verdict: 'run' }], otherwise: 'skip', eager: true },
  none_failed: { lines: [{ any: ['f', 'u'], verdict: 'upstream_failed' }], otherwise: 'run' },
  none_failed_min_one_success: {
    lines: [{ any: ['f', 'u'], verdict: 'upstream_failed' }, { any: ['s'], verdict: 'run' }],
    otherwise: 'skip',
  },
  none_skipped: { lines: [{ any: ['k'], verdict: 'skip' }], otherwise: 'run' },
  always: { lines: [], otherwise: 'run', eager: true },
};

/**
 * judgeRule decides a task by its trigger rule. The verdict depends on the counts only, never on the order of arrival: with
 * unfinished upstreams only the first line can be taken (no later ending undoes it), and RUN only under an eager rule.
 * @param counts direct upstreams by ending; all zero for a task without upstreams, which runs
 */
export function judgeRule(rule: TriggerRule, counts: UpstreamCounts): TaskVerdict {
  const { lines, otherwise, eager = false } = TRIGGER_RULES[rule];
  const total = counts.p + counts.s + counts.f + counts.u + counts.k;
  if (total === 0) return 'run';
  const holds = (line: { any: Ending[] }) => line.any.some((ending) => counts[ending] > 0);
  if (counts.p === 0) return lines.find(holds)?.verdict ?? otherwise;
  const first = lines[0];
  if (!first) return eager ? 'run' : 'wait';
  return holds(first) && (first.verdict !== 'run' || eager) ? first.verdict : 'wait';
}

/**
 * triggerRuleSql writes the table as one SQL CASE over the counters p, s, f, u, k; it yields the state the task takes or null
 * to wait. The migration that defines penstock_judge holds exactly this text (checked by a test).
 */
export function triggerRuleSql(): string {
  const state: Record<Settled, string> = { run: "'ready'", skip: "'skipped'", upstream_failed: "'upstream_failed'" };
  const cases = Object.entries(TRIGGER_RULES).map(([name, { lines, otherwise, eager = false }]) => {
    const [first, ...rest] = lines.map((l) => ({ when: `${l.any.join(' + ')} > 0`, then: state[l.verdict], verdict: l.verdict }));
    if (!first) return `    when '${name}' then ${eager ? state[otherwise] : `case when p > 0 then null else ${state[otherwise]} end`}`;
    const wait = { when: 'p > 0', then: 'null' };
    const early = first.verdict !== 'run' || eager;
    const ordered = early ? [first, wait, ...rest] : [wait, first, ...rest];
    return `    when '${name}' then case ${ordered.map((l) => `when ${l.when} then ${l.then}`).join(' ')} else ${state[otherwise]} end`;
  });
  return `case when p + s + f + u + k = 0 then 'ready' else case rule\n${cases.join('\n')}\n  end end`;
}
