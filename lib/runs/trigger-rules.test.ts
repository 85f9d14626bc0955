import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TRIGGER_RULES as NAMES, type TriggerRule } from '@/lib/pipeline';
import { judgeRule, triggerRuleSql, type Ending, type UpstreamCounts } from './trigger-rules';

const count = (endings: string, pending = 0): UpstreamCounts => {
  const counts: UpstreamCounts = { p: pending, s: 0, f: 0, u: 0, k: 0 };
  for (const e of endings) counts[e as Ending]++;
  return counts;
};

/** The table of the specification, column by column. */
const COLUMNS = ['ss', 'sf', 'ff', 'su', 'uu', 'sk', 'kk', 'fk', 'uk'];
const TABLE: Record<TriggerRule, string> = {
  all_success: 'RUN UPF UPF UPF UPF SKIP SKIP UPF UPF',
  all_failed: 'SKIP SKIP RUN SKIP RUN SKIP SKIP SKIP SKIP',
  all_done: 'RUN RUN RUN RUN RUN RUN RUN RUN RUN',
  all_done_min_one_success: 'RUN RUN UPF RUN UPF RUN SKIP UPF UPF',
  all_skipped: 'SKIP SKIP SKIP SKIP SKIP SKIP RUN SKIP SKIP',
  one_success: 'RUN RUN UPF RUN UPF RUN SKIP UPF UPF',
  one_failed: 'SKIP RUN RUN RUN RUN SKIP SKIP RUN RUN',
  one_done: 'RUN RUN RUN RUN SKIP RUN SKIP RUN SKIP',
  none_failed: 'RUN UPF UPF UPF UPF RUN RUN UPF UPF',
  none_failed_min_one_success: 'RUN UPF UPF UPF UPF RUN SKIP UPF UPF',
  none_skipped: 'RUN RUN RUN RUN RUN SKIP SKIP SKIP SKIP',
  always: 'RUN RUN RUN RUN RUN RUN RUN RUN RUN',
};
const WORD = { run: 'RUN', skip: 'SKIP', upstream_failed: 'UPF', wait: 'WAIT' };

/** Every multiset of endings of the given size. */
function* multisets(size: number, from: Ending[] = ['s', 'f', 'u', 'k']): Generator<string> {
  if (size === 0) yield '';
  for (const [i, head] of from.entries()) if (size > 0) for (const tail of multisets(size - 1, from.slice(i))) yield head + tail;
}

describe('trigger rules', () => {
  it.each(NAMES)('%s gives the verdicts of the specification for settled upstreams', (rule) => {
    expect(COLUMNS.map((c) => WORD[judgeRule(rule, count(c))]).join(' ')).toBe(TABLE[rule]);
  });

  it.each(NAMES)('%s gives the same end for every order of arrival of up to five upstreams', (rule) => {
    for (let size = 1; size <= 5; size++) {
      for (const endings of multisets(size)) {
        const final = judgeRule(rule, count(endings));
        // any verdict taken early, on any subset that may have arrived first, is the final one
        for (let mask = 0; mask < 1 << size; mask++) {
          const arrived = [...endings].filter((_, i) => mask & (1 << i)).join('');
          const early = judgeRule(rule, count(arrived, size - arrived.length));
          if (early !== 'wait') expect(`${rule} ${endings} after ${arrived}: ${early}`).toBe(`${rule} ${endings} after ${arrived}: ${final}`);
        }
      }
    }
  });

  it('lets a task without upstreams run under every rule', () => {
    for (const rule of NAMES) expect(judgeRule(rule, count(''))).toBe('run');
  });

  it('is written into the migration word for word', () => {
    const squeeze = (text: string) => text.replace(/\s+/g, ' ');
    const migration = readFileSync('prisma/migrations/0002_engine/migration.sql', 'utf8');
    expect(squeeze(migration)).toContain(squeeze(triggerRuleSql()));
  });
});
