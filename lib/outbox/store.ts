import { newId } from '@/lib/core/ids';
import { prisma, type Prisma } from '@/lib/db/client';
import { pool } from '@/lib/db/pool';
import type { Tx } from '@/lib/db/transaction';
import type { Leased, Outgoing, OutboxState } from './schema';

/** insertMessage stores a message in the change's transaction. @returns its id */
export async function insertMessage(tx: Tx, message: Outgoing, now: Date): Promise<string> {
  const id = newId();
  await tx.outboxMessage.create({
    data: {
      id,
      workspaceId: message.workspaceId,
      kind: message.kind,
      payload: message.payload as Prisma.InputJsonObject,
      createdAt: now,
      notBefore: now,
    },
  });
  return id;
}

/** leaseDue takes messages that are due; the lease follows the database's clock. */
export async function leaseDue(
  kinds: string[],
  now: Date,
  limit: number,
  leaseSeconds: number,
): Promise<Leased[]> {
  const { rows } = await pool().query<{
    id: string;
    workspace_id: string | null;
    kind: string;
    payload: unknown;
    created_at: Date;
    attempts: number;
  }>(
    `update outbox_message m set attempts = m.attempts + 1, leased_until = now() + make_interval(secs => $4)
     from (select id from outbox_message
           where delivered_at is null and failed_at is null and not_before <= $2 and kind = any($1)
             and (leased_until is null or leased_until < now())
           order by not_before limit $3 for update skip locked) due
     where m.id = due.id
     returning m.id, m.workspace_id, m.kind, m.payload, m.created_at, m.attempts`,
    [kinds, now, limit, leaseSeconds],
  );
  return rows.map((r) => ({
    id: r.id,
    workspaceId: r.workspace_id,
    kind: r.kind,
    payload: r.payload,
    createdAt: r.created_at,
    attempts: r.attempts,
  }));
}

/** markDelivered ends a message well. */
export async function markDelivered(id: string, now: Date): Promise<void> {
  await prisma().outboxMessage.update({
    where: { id },
    data: { deliveredAt: now, leasedUntil: null, lastError: null },
  });
}

/** markFailed notes why a try failed and when the next one is due; null gives the message up. */
export async function markFailed(id: string, error: string, next: Date | null, now: Date): Promise<void> {
  await prisma().outboxMessage.update({
    where: { id },
    data: {
      leasedUntil: null,
      lastError: error.slice(0, 2000),
      ...(next ? { notBefore: next } : { failedAt: now }),
    },
  });
}

/** countMessages tells how a workspace's messages stand. */
export async function countMessages(workspaceId: string): Promise<Omit<OutboxState, 'mailConfigured'>> {
  const { rows } = await pool().query<{ waiting: number; mail: number; failed: number; last: string | null }>(
    `select count(*) filter (where failed_at is null)::int as waiting,
       count(*) filter (where failed_at is null and kind = 'mail')::int as mail,
       count(*) filter (where failed_at is not null)::int as failed,
       (array_agg(last_error order by created_at desc) filter (where last_error is not null))[1] as last
     from outbox_message where workspace_id = $1 and delivered_at is null`,
    [workspaceId],
  );
  const row = rows[0];
  return {
    waiting: row?.waiting ?? 0,
    waitingMail: row?.mail ?? 0,
    failed: row?.failed ?? 0,
    lastError: row?.last ?? null,
  };
}

/** deleteDelivered removes what was delivered before a time. @returns how many */
export async function deleteDelivered(before: Date): Promise<number> {
  return (await pool().query('delete from outbox_message where delivered_at < $1', [before])).rowCount ?? 0;
}
