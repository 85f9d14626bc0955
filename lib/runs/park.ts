import { log } from '@/lib/core/log';
import { AppError } from '@/lib/core/errors';
import { type Json, type JsonObject } from '@/lib/core/json';
import { publicUrl } from '@/lib/core/public-url';
import { inTransaction, type Tx } from '@/lib/db/transaction';
import { notify } from '@/lib/db/notify';
import { parkAttempt } from '@/lib/dispatch/server';
import { enqueue } from '@/lib/outbox/server';
import { announce, membersWhoMay } from '@/lib/tenancy/server';
import type { AttemptWork } from './attempt-input';

/** What an attempt waits for that has nothing to do now (the executor's Wait). */
export type Waits = { state: 'deferred' | 'awaiting_approval'; what: string; until: Date; awaits: string | null; details: JsonObject };

/** What a waiting approval asks for, as the task's reason carries it. */
export type ApprovalRequest = { message: string; approvers: string[]; notAuthor: boolean; expiresAt: string; channel?: string };

/**
 * parkTask lets a task wait outside the queue: its attempt gives its slot and lease back and stays open. An approval asks its people in
 * the same transaction.
 * @returns 'cancelled' when the run is being stopped, null when the attempt is not the holder's any more
 */
export async function parkTask(work: AttemptWork, wait: Waits, resolved: Json): Promise<'parked' | 'cancelled' | null> {
  const approval = wait.state === 'awaiting_approval';
  const when = wait.until.toISOString();
  const reason = {
    code: approval ? 'approval' : 'sensor',
    text: `${wait.what} ${approval ? `The question expires at ${when}.` : `It looks again at ${when}.`}`,
    details: { ...wait.details, what: wait.what, until: when },
  };
  const parked = await inTransaction(async (tx) => {
    const done = await parkAttempt(
      { run: work.runId, ordinal: work.ordinal, fence: work.attempt },
      { state: wait.state, reason, until: wait.until, awaits: wait.awaits, resolved },
      tx,
    );
    if (done === 'parked' && approval) await ask(tx, work, wait.details as unknown as ApprovalRequest);
    return done;
  });
  notify({ topic: 'run', id: work.runId });
  return parked;
}

/** ask writes to those who may decide, with a link that opens the question; a link never decides by itself. */
async function ask(tx: Tx, work: AttemptWork, request: ApprovalRequest): Promise<void> {
  const base = publicUrl();
  const part = work.mapIndex < 0 ? '' : `&part=${work.mapIndex}`;
  const url = base && `${base}/w/${work.workspaceSlug}/runs/${work.runId}?task=${work.taskId}${part}&decide=1`;
  const name = work.task.name ?? work.taskId;
  const title = `${work.pipelineSlug}: ${name} waits for a decision`;
  const text = [request.message, '', `Until ${request.expiresAt}.`, ...(url ? [`Approve or reject: ${url}`] : [])].join('\n');
  const now = new Date();
  const to = request.approvers.length > 0 ? request.approvers.filter((name) => name.includes('@')) : await membersWhoMay(tx, work.workspaceId, 'approval:decide');
  if (to.length > 0) await enqueue(tx, { workspaceId: work.workspaceId, kind: 'mail', payload: { to, subject: title, text } }, now);
  if (!request.channel) return;
  const data = { runId: work.runId, pipeline: work.pipelineSlug, taskId: work.taskId, expiresAt: request.expiresAt, ...(url ? { url } : {}) };
  await announce(tx, work.workspaceId, request.channel, { event: 'approval.requested', title, text, data }, now).catch((error: unknown) => {
    if (!(error instanceof AppError)) throw error;
    log.warn({ run: work.runId, channel: request.channel }, 'the channel of an approval is gone, so it is not told there');
  });
}
