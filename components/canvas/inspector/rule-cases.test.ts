import { expect, it } from 'vitest';
import { TRIGGER_RULES } from '@/lib/pipeline/index';
import { casesOf } from './rule-cases';

const verdicts = (rule: (typeof TRIGGER_RULES)[number]) => Object.fromEntries(casesOf(rule).map(({ inputs, verdict }) => [inputs.join(''), verdict]));

it('draws cases that tell every rule from every other', () => {
  const drawn = TRIGGER_RULES.map((rule) => JSON.stringify(verdicts(rule)));
  expect(new Set(drawn).size).toBe(TRIGGER_RULES.length);
});

it('draws what the engine decides', () => {
  expect(verdicts('all_success')).toMatchObject({ ss: 'run', sf: 'upstream_failed', sk: 'skip', sp: 'wait', fp: 'upstream_failed' });
  expect(verdicts('one_failed')).toMatchObject({ ss: 'skip', fp: 'run' });
});
