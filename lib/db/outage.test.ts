import { expect, it } from 'vitest';
import { isOutage, outlast } from './outage';

const coded = (code: string, message = 'x') => Object.assign(new Error(message), { code });

it.each([
  ['a refused connection', coded('ECONNREFUSED'), true],
  ['every address refused', Object.assign(new AggregateError([coded('ECONNREFUSED')]), { code: 'ECONNREFUSED' }), true],
  ['a server that shuts down', coded('57P01'), true],
  ['a server that starts up', coded('57P03'), true],
  ['a connection that broke off', new Error('Connection terminated unexpectedly'), true],
  ['a pool that gave none', new Error('timeout exceeded when trying to connect'), true],
  ['Prisma cannot reach it', coded('P1001'), true],
  ['the adapter closed it', Object.assign(new Error('x'), { cause: { kind: 'ConnectionClosed' } }), true],
  ['something around it', new Error('outer', { cause: coded('ECONNRESET') }), true],
  ['a wrong statement', coded('42601'), false],
  ['a broken rule', coded('23505'), false],
  ['a plain error', new Error('no such task'), false],
  ['no error', 'ECONNREFUSED', false],
])('%s', (_what, error, expected) => {
  expect(isOutage(error)).toBe(expected);
});

it('outlast goes on until the database is back, and passes on what is no outage', async () => {
  let calls = 0;
  const work = () => {
    calls++;
    return calls < 3 ? Promise.reject(coded('ECONNREFUSED')) : Promise.resolve('done');
  };
  await expect(outlast(work)).resolves.toBe('done');
  expect(calls).toBe(3);
  await expect(outlast(() => Promise.reject(coded('23505')))).rejects.toMatchObject({ code: '23505' });
});

it('outlast gives up when asked to', async () => {
  const stop = new AbortController();
  const waiting = outlast(() => Promise.reject(coded('ECONNREFUSED')), stop.signal);
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
