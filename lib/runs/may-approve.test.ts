import { describe, expect, it } from 'vitest';
import { refusalOf, type Decider } from './may-approve';

const asked = { approvers: [] as string[], notAuthor: false, expiresAt: '2030-01-02T00:00:00Z' };
const who: Decider = { ids: ['u1'], names: ['ada@example.org'], role: 'approver', at: new Date('2030-01-01T00:00:00Z') };

describe('refusalOf', () => {
  it.each([
    ['an approver', asked, who, 'u2', null],
    ['an editor', asked, { ...who, role: 'editor' as const }, 'u2', /role approver/],
    ['somebody who is not listed', { ...asked, approvers: ['bob@example.org'] }, who, 'u2', /is for bob@example.org/],
    ['somebody who is listed, however written', { ...asked, approvers: ['ADA@example.org'] }, who, 'u2', null],
    ['the author where a second person is asked for', { ...asked, notAuthor: true }, who, 'u1', /started this run/],
    ['the author where nobody minds', asked, who, 'u1', null],
    ['a token of the author', { ...asked, notAuthor: true }, { ...who, ids: ['token', 'u1'], names: ['bot'] }, 'u1', /started this run/],
    ['anybody in a run that nobody started', { ...asked, notAuthor: true }, who, null, null],
    ['somebody too late', asked, { ...who, at: new Date('2030-01-02T00:00:00Z') }, 'u2', /expired/],
  ])('%s', (_, request, decider, author, expected) => {
    const refusal = refusalOf(request, decider, author);
    if (expected === null) expect(refusal).toBeNull();
    else expect(refusal?.text).toMatch(expected);
  });
});
