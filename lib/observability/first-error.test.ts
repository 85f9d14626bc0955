import { describe, expect, it } from 'vitest';
import { looksLikeError } from './first-error';

describe('a line that looks like an error', () => {
  it.each([
    'Traceback (most recent call last):',
    'ValueError: bad day',
    'requests.exceptions.ConnectionError: refused',
    'java.lang.NullPointerException',
    'Error: cannot find module',
    '2026-01-02 10:00:00 ERROR loader: no such table',
    'error: unexpected end of file',
    'cp: error: disk full',
    'panic: runtime error',
    '\u001b[31mError:\u001b[0m red',
    'FATAL could not connect',
  ])('%s', (line) => expect(looksLikeError(line)).toBe(true));

  it.each(['0 errors found', 'no error handling needed here', 'errors=0', 'ErrorBudget is fine', 'terrors: none', 'reading error_codes.csv', ''])('is not: %s', (line) =>
    expect(looksLikeError(line)).toBe(false),
  );
});
