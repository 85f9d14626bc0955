import { expect, it } from 'vitest';
import { pool } from '@/lib/db/pool';
import { putChannel } from '@/lib/tenancy/server';
import { makeContext, testDatabase } from '@/lib/testing';
import { attemptOf, perform } from './attempt-fixture';

testDatabase();

it('a notify task puts its message into the outbox of its channel', async () => {
  const ctx = await makeContext('admin');
  await putChannel(ctx, 'team', { kind: 'email', config: { to: ['team@example.test'] } });
  const config = { channel: 'team', subject: 'Late: {{ tasks.late.output.rows }}\nBcc: x', message: 'There are {{ tasks.late.output.rows }} late flights.' };
  const result = await perform(attemptOf({ kind: 'notify', config }, { workspaceId: ctx.workspaceId, upstream: { late: { state: 'succeeded', output: { rows: 7 } } } }));
  expect(result.outcome).toBe('succeeded');
  const { rows } = await pool().query<{ kind: string; payload: unknown }>('select kind, payload from outbox_message where workspace_id = $1', [ctx.workspaceId]);
  expect(rows).toEqual([{ kind: 'mail', payload: { to: ['team@example.test'], subject: 'Late: 7', text: 'There are 7 late flights.' } }]);
});

it('a notify task whose channel is not there fails in words', async () => {
  const ctx = await makeContext('admin');
  const result = await perform(attemptOf({ kind: 'notify', config: { channel: 'nobody', message: 'x' } }, { workspaceId: ctx.workspaceId }));
  expect(result.error).toMatchObject({ code: 'not_found', message: 'There is no channel "nobody" in this workspace.' });
});
