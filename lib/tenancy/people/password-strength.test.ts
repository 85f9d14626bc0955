import { expect, it } from 'vitest';
import { passwordStrength } from './password-strength';

it.each([
  ['short', 'short1!', /at least 10/],
  ['a well-known word with digits', 'Password123', /tried first/],
  ['a row of keys', 'qwertyuiop', /tried first|keyboard/],
  ['a repetition', 'aaaaaaaaaaaaaaaa', /repeats/],
  ['the own name', 'ada.lovelace1', /easy to guess/],
])('refuses %s and says why', (_what, password, why) => {
  const { problems, score } = passwordStrength(password, { email: 'lovelace@example.com' });
  expect(problems.join(' ')).toMatch(why);
  expect(score).toBeLessThan(2);
});

it.each(['violet anchor parade 9', 'xK9$mQ2vLp', 'vier-ölige-dächer'])('takes %s', (password) => {
  expect(passwordStrength(password).problems).toEqual([]);
});
