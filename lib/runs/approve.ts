import { AppError, conflict } from '@/lib/core/errors';
import { type Json } from '@/lib/core/json';
import { notify } from '@/lib/db/notify';
import { inTransaction, type Tx } from '@/lib/db/transaction';
import { type Finished, type FinishItem } from '@/lib/dispatch/server';
import { audit, authorize, principalOf, type Context } from '@/lib/tenancy/server';
import { followUp } from './finish';
import { refusalOf } from './may-approve';
import type { ApprovalRequest } from './park';
import type { RunView, WaitingApproval } from './schema';
import { getRun, locked, lockedTask } from './service';
import { expiredApprovals, lockRun, taskRowsAt, unpark, waitingApprovals, type RunRow, type TaskRow } from './store';

export type Decision = { decision: 'approve' | 'reject'; reason: string; mapIndex?: number };

/**
 * approveTask records a person's decision on an approval: the task succeeds or fails with their words.
 * @throws AppError forbidden (role, not among the approvers, the run's author), conflict when the task waits for no decision
 */
export async function approveTask(ctx: Context, id: string, taskId: string, request: Decision): Promise<RunView> {
  authorize(ctx, 'approval:decide');
  const finished = await inTransaction(async (tx) => {
    const run = await locked(tx, ctx, id);
    const task = await lockedTask(tx, id, taskId, request.mapIndex);
    if (task.state !== 'awaiting_approval') throw conflict(`Task "${taskId}" waits for no decision: it is ${task.state.replaceAll('_', ' ')}.`, { state: task.state });
    const asked = requestOf(task);
    const refusal = refusalOf(asked, { ...(await principalOf(ctx)), role: ctx.role, at: ctx.now }, run.created_by_id);
    if (refusal) throw refusal.late ? conflict(refusal.text) : new AppError('forbidden', refusal.text);
    const approved = request.decision === 'approve';
    const output = { decision: request.decision, reason: request.reason, by: ctx.actor.name, at: ctx.now.toISOString() };
    const text = `${approved ? 'Approved' : 'Rejected'} by ${ctx.actor.name}: ${request.reason}`;
    const done = await endParked(tx, run, task, {
      task: approved ? 'succeeded' : 'failed',
      attempt: approved ? 'succeeded' : 'failed',
      output,
      ...(approved ? {} : { error: { code: 'rejected', message: text } }),
      reason: { code: approved ? 'approved' : 'rejected', text },
    });
    await audit(tx, ctx, { verb: `task.${request.decision}`, target: 'run', targetId: id, before: { task: taskId, state: task.state }, after: { task: taskId, ...(task.map_index < 0 ? {} : { mapIndex: task.map_index }), decision: request.decision, reason: request.reason } });
    return done;
  });
  if (finished) await followUp(finished, 0);
  return getRun(ctx, id);
}

/** expireApprovals fails approvals that nobody decided in time. @param now domain time */
export async function expireApprovals(now: Date): Promise<void> {
  for (const { run_id: runId, ordinal } of await expiredApprovals(now)) {
    const finished = await inTransaction(async (tx) => {
      const run = await lockRun(tx, runId, null);
      const [task] = await taskRowsAt(runId, [ordinal], tx);
      if (!run || task?.state !== 'awaiting_approval' || !task.not_before || task.not_before > now) return null;
      const text = `Nobody decided until ${task.not_before.toISOString()}, so the approval expired.`;
      const error = { code: 'expired', message: text, hint: 'Run the task again to ask anew, or let it wait longer.' };
      return endParked(tx, run, task, { task: 'failed', attempt: 'timed_out', error, reason: { code: 'expired', text } });
    });
    if (finished) await followUp(finished, 0);
    notify({ topic: 'run', id: runId });
  }
}

const requestOf = (task: TaskRow): ApprovalRequest => (task.reason?.details ?? {}) as ApprovalRequest;

/** Ends a parked attempt through the same fenced statement as any other. */
async function endParked(tx: Tx, run: RunRow, task: TaskRow, end: Pick<FinishItem, 'task' | 'attempt'> & { output?: Json; error?: Json; reason?: Json }): Promise<Finished | null> {
  if (!(await unpark(tx, run.id, task.ordinal, task.attempt))) return null;
  const item: FinishItem = { run: run.id, ordinal: task.ordinal, fence: task.attempt, ...end };
  const rows = await tx.$queryRawUnsafe<{ done: Finished }[]>(`select penstock_finish($1::jsonb) as done`, JSON.stringify([item]));
  return rows[0]!.done;
}

/** listApprovals lists the tasks that wait for a decision, those that expire first at the top. */
export async function listApprovals(ctx: Context): Promise<{ items: WaitingApproval[] }> {
  authorize(ctx, 'approval:read');
  const [rows, who] = await Promise.all([waitingApprovals(ctx.workspaceId), principalOf(ctx)]);
  return {
    items: rows.map(({ pipeline_slug: pipeline, version_number: version, created_by: startedBy, created_by_id: author, ...task }) => {
      const asked = requestOf(task);
      return {
        runId: task.run_id,
        pipeline,
        version,
        taskId: task.task_id,
        mapIndex: task.map_index < 0 ? null : task.map_index,
        message: asked.message,
        approvers: asked.approvers,
        notAuthor: asked.notAuthor,
        startedBy,
        askedAt: task.started_at,
        expiresAt: task.not_before,
        refusal: refusalOf(asked, { ...who, role: ctx.role, at: ctx.now }, author)?.text ?? null,
      };
    }),
  };
}
