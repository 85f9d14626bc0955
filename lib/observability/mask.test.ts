import { describe, expect, it } from 'vitest';
import { createMasker, MASK } from './mask';

const masking = (...values: string[]) => {
  const masker = createMasker();
  for (const value of values) masker.add(value);
  return masker;
};

describe('a masker', () => {
  it('knows no value at first and lets everything pass', () => {
    expect(createMasker().text('hello')).toBe('hello');
  });

  it.each([
    ['as it is', 'pw=pä$$wörd/+1!', `pw=${MASK}!`],
    ['in JSON', JSON.stringify({ a: 'quo"te\nline' }), undefined],
    ['in CSV', 'a,"quo""te",b', undefined],
    ['URL-encoded', `x=${encodeURIComponent('pä$$wörd/+1')}&y`, `x=${MASK}&y`],
    ['in hexadecimal', Buffer.from('pä$$wörd/+1').toString('hex'), MASK],
  ])('hides a value %s', (_, text, expected) => {
    const masked = masking('pä$$wörd/+1', 'quo"te\nline').text(text);
    if (expected !== undefined) expect(masked).toBe(expected);
    expect(masked).toContain(MASK);
    expect(masked).not.toContain('quo');
  });

  it.each([0, 1, 2, 3, 4, 5])('hides a value in base64 after %i bytes of other text', (before) => {
    const secret = 'correct horse battery staple';
    const text = Buffer.from(`${'u'.repeat(before)}${secret}:tail`).toString('base64');
    const masked = masking(secret).text(text);
    expect(masked).toContain(MASK);
    // what is left decodes to no run of the secret's characters
    for (const part of masked.split(MASK)) expect(Buffer.from(part, 'base64').toString()).not.toMatch(/horse|battery|correct/);
  });

  it('hides each line of a value of many lines', () => {
    const masked = masking('-----BEGIN KEY-----\nabcdef0123\r\nghijkl4567\n-----END KEY-----').text('got ghijkl4567 and abcdef0123');
    expect(masked).toBe(`got ${MASK} and ${MASK}`);
  });

  it('hides the longer of two values that begin alike', () => {
    expect(masking('secret', 'secret-longer').text('secret-longer secret')).toBe(`${MASK} ${MASK}`);
  });

  it('leaves very short values, which would blacken ordinary text', () => {
    expect(masking('a', 'no').text('a banana, no?')).toBe('a banana, no?');
  });

  it('hides values anywhere in JSON, keys included', () => {
    expect(masking('hunter22').json({ a: ['x hunter22'], hunter22: 1, n: null })).toEqual({ a: [`x ${MASK}`], [MASK]: 1, n: null });
  });
});
