import { expect, it } from 'vitest';
import { testDatabase } from '@/lib/testing';
import { pool } from './pool';
import { inSqlTransaction, sql } from './sql';

testDatabase();

it('a transaction is kept when its work ends and undone when it throws', async () => {
  await pool().query('create table kept (n int)');
  await inSqlTransaction((tx) => tx.$executeRawUnsafe('insert into kept values ($1::int)', 1));
  const failing = inSqlTransaction(async (tx) => {
    await tx.$executeRawUnsafe('insert into kept values ($1::int)', 2);
    throw new Error('changed my mind');
  });
  await expect(failing).rejects.toThrow('changed my mind');
  expect(await sql().$queryRawUnsafe('select n from kept')).toEqual([{ n: 1 }]);
});

it('a connection that the server drops between two statements fails the transaction, and nothing else', async () => {
  const severed = inSqlTransaction(async (tx) => {
    const [own] = await tx.$queryRawUnsafe<{ pid: number }[]>('select pg_backend_pid() as pid');
    await pool().query('select pg_terminate_backend($1)', [own!.pid]);
    await expect.poll(async () => (await pool().query('select 1 from pg_stat_activity where pid = $1', [own!.pid])).rowCount).toBe(0);
    await tx.$executeRawUnsafe('insert into kept values ($1::int)', 3);
  });
  await expect(severed).rejects.toThrow();
  expect(await sql().$queryRawUnsafe('select n from kept')).toEqual([{ n: 1 }]);
});
