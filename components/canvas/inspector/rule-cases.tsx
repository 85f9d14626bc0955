'use client';

import { ArrowRight } from 'lucide-react';
import { StateIcon } from '@/components/state';
import type { TriggerRule } from '@/lib/pipeline/index';
import { judgeRule, type UpstreamCounts } from '@/lib/runs/index';

type Letter = 's' | 'f' | 'k' | 'p';
const STATE: Record<Letter, string> = { s: 'succeeded', f: 'failed', k: 'skipped', p: 'running' };
/** Pairs of inputs that tell the rules apart. */
const CASES: readonly (readonly Letter[])[] = [['s', 's'], ['s', 'f'], ['f', 'f'], ['s', 'k'], ['k', 'k'], ['f', 'k'], ['s', 'p'], ['f', 'p']];
const VERDICT = {
  run: { state: 'ready', word: 'runs' },
  skip: { state: 'skipped', word: 'is skipped' },
  upstream_failed: { state: 'upstream_failed', word: 'does not run' },
  wait: { state: 'pending', word: 'waits' },
} as const;

/** casesOf gives the drawn cases of a rule by the function that decides in runs. */
export function casesOf(rule: TriggerRule): { inputs: readonly Letter[]; verdict: keyof typeof VERDICT }[] {
  return CASES.map((inputs) => {
    const counts: UpstreamCounts = { p: 0, s: 0, f: 0, u: 0, k: 0 };
    for (const input of inputs) counts[input] += 1;
    return { inputs, verdict: judgeRule(rule, counts) };
  });
}

/** RuleCases draws what a trigger rule makes of two inputs, by the function that decides in runs. */
export function RuleCases({ rule }: { rule: TriggerRule }) {
  return (
    <ul aria-label="What this rule does" className="grid grid-cols-2 gap-x-4 gap-y-1 rounded border border-line p-2 text-12">
      {casesOf(rule).map(({ inputs, verdict }) => (
        <li key={inputs.join('')} className="flex items-center gap-1.5" title={`${inputs.map((input) => STATE[input]).join(' and ')}: it ${VERDICT[verdict].word}`}>
          {inputs.map((input, at) => (
            <StateIcon key={at} state={STATE[input]} size={12} />
          ))}
          <ArrowRight size={12} aria-hidden className="text-ink-3" />
          <StateIcon state={VERDICT[verdict].state} size={12} label={null} />
          <span className="text-ink-2">{VERDICT[verdict].word}</span>
        </li>
      ))}
    </ul>
  );
}
