import { expect, test, vi } from 'vitest';
import { CHANNEL, listen, noticesOut, noticeWithin, notify, payloads, type Notice } from './notify';
import { pool } from './pool';
import { inTransaction } from './transaction';
import { prisma } from './client';
import { newId } from '@/lib/core/ids';
import { testDatabase } from '@/lib/testing';

testDatabase();

test('a notice reaches a listener, and equal notices of one window are merged', async () => {
  const seen: Notice[] = [];
  const listener = await listen((n) => seen.push(n), () => undefined);
  notify({ topic: 'run', id: 'first' });
  for (let i = 0; i < 100; i++) notify({ topic: 'work' });
  await vi.waitFor(() => expect(seen).toEqual([{ topic: 'run', id: 'first' }, { topic: 'work' }]));
  await listener.stop();
});

test('after a lost connection the listener is told to read again and hears what follows', async () => {
  const seen: Notice[] = [];
  let again = 0;
  const listener = await listen((n) => seen.push(n), () => (again += 1));
  await pool().query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'penstock listen' and datname = current_database()`);
  await vi.waitFor(() => expect(again).toBe(1));
  notify({ topic: 'dataset', id: 'd' });
  await vi.waitFor(() => expect(seen).toContainEqual({ topic: 'dataset', id: 'd' }));
  await listener.stop();
});

test('what is no notice of ours is not handed on', async () => {
  const seen: Notice[] = [];
  const listener = await listen((n) => seen.push(n), () => undefined);
  for (const said of ['', 'no json', '{}', '[null]', '[7]', '[{"topic":"other"}]', '[{"topic":"run","id":7}]', '[{"topic":"run","workspaceId":null}]', '[{"topic":"run"},{}]', '[{"topic":"run","id":"good","workspaceId":"w"}]'])
    await pool().query(`select pg_notify('penstock', $1)`, [said]);
  await vi.waitFor(() => expect(seen.at(-1)).toEqual({ topic: 'run', id: 'good', workspaceId: 'w' }));
  expect(seen).toHaveLength(1);
  await listener.stop();
});

test('work may wait until the notices given before are out', async () => {
  const seen: Notice[] = [];
  const listener = await listen((n) => seen.push(n), () => undefined);
  await new Promise((resolve) => setTimeout(resolve, 60));
  const asked = vi.spyOn(pool(), 'query');
  notify({ topic: 'run', id: 'mine' }, { urgent: true });
  await noticesOut();
  expect(asked.mock.settledResults.map(({ type }) => type)).toEqual(['fulfilled']);
  asked.mockRestore();
  await vi.waitFor(() => expect(seen).toEqual([{ topic: 'run', id: 'mine' }]));
  await listener.stop();
});

test('an urgent notice waits for no other, and urgent ones are gathered among themselves', async () => {
  const asked = vi.spyOn(pool(), 'query');
  const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 1_000);
  notify({ topic: 'run', id: 'a' });
  await noticesOut();
  notify({ topic: 'run', id: 'b' });
  notify({ topic: 'run', id: 'c' }, { urgent: true });
  await noticesOut();
  expect(asked).toHaveBeenCalledTimes(2);
  notify({ topic: 'run', id: 'd' }, { urgent: true });
  notify({ topic: 'run', id: 'e' }, { urgent: true });
  await noticesOut();
  expect(asked).toHaveBeenCalledTimes(2);
  await vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(3));
  clock.mockRestore();
  asked.mockRestore();
});

test('a statement may tell notices itself, once until urgent ones may go out again', async () => {
  const seen: Notice[] = [];
  const listener = await listen((n) => seen.push(n), () => undefined);
  const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 1_000);
  const text = noticeWithin([{ topic: 'run', id: 'told' }]);
  expect(noticeWithin([{ topic: 'run', id: 'too soon' }])).toBeNull();
  await pool().query('select pg_notify($1, $2)', [CHANNEL, text]);
  await vi.waitFor(() => expect(seen).toEqual([{ topic: 'run', id: 'told' }]));
  clock.mockRestore();
  await listener.stop();
});

test('many notices are packed below the size PostgreSQL allows', () => {
  const batch = Array.from({ length: 500 }, (_, i): Notice => ({ topic: 'run', id: `run-${i}`, workspaceId: 'w' }));
  const texts = payloads(batch);
  expect(texts.flatMap((t) => JSON.parse(t) as Notice[])).toEqual(batch);
  expect(Math.max(...texts.map((t) => Buffer.byteLength(t)))).toBeLessThan(8_000);
});

test('a transaction that throws leaves nothing behind', async () => {
  const id = newId();
  const work = inTransaction(async (tx) => {
    await tx.organization.create({ data: { id, name: 'gone' } });
    throw new Error('no');
  });
  await expect(work).rejects.toThrow('no');
  expect(await prisma().organization.findUnique({ where: { id } })).toBeNull();
});
