import { AppError } from '@/lib/core/errors';
import { env } from '@/lib/core/env';
import { log } from '@/lib/core/log';
import { notify } from '@/lib/db/notify';
import { inTransaction, type Tx } from '@/lib/db/transaction';
import { announce } from '@/lib/tenancy/server';
import { addRunEvent } from './pace-store';
import { compiledRun } from './plan-cache';
import { findRun, findWorkspaceSlug } from './store';

/** A task that stalled or resumed; `since` is its last sign of life before the stall. */
export type Stall = {
  workspaceId: string;
  runId: string;
  ordinal: number;
  attempt: number;
  taskId: string;
  kind: 'stalled' | 'resumed';
  since: Date;
  text: string;
  /** tell the channels of the run that hear of failures */
  tell: boolean;
};

/** noteStall writes that a task of a run stalled or resumed and tells the run's channels: once for each stall, however often it is called. */
export async function noteStall(stall: Stall, now: Date): Promise<void> {
  const written = await inTransaction(async (tx) => {
    if (!(await addRunEvent(tx, stall, { kind: stall.kind, since: stall.since, at: now, text: stall.text }))) return false;
    if (stall.tell) await tellChannels(tx, stall, now);
    return true;
  });
  if (written) notify({ topic: 'run', id: stall.runId });
}

async function tellChannels(tx: Tx, { workspaceId, runId, taskId, kind, text }: Stall, now: Date): Promise<void> {
  const run = await findRun(runId, workspaceId, tx);
  if (!run || run.trigger_kind === 'try') return;
  const { spec } = await compiledRun(run);
  const channels = new Set((spec.settings.notify ?? []).filter((each) => each.on.includes('failed')).map((each) => each.channel));
  if (channels.size === 0) return;
  const base = env().PENSTOCK_PUBLIC_URL;
  const url = base ? `${base.replace(/\/$/, '')}/w/${await findWorkspaceSlug(workspaceId)}/runs/${runId}` : null;
  const what = {
    event: `task.${kind}`,
    title: `${run.pipeline_slug}: task ${taskId} ${kind}`,
    text: url ? `${text}\n${url}` : text,
    data: { runId, pipeline: run.pipeline_slug, version: run.version_number, taskId, ...(url ? { url } : {}) },
  };
  for (const channel of channels) {
    await announce(tx, workspaceId, channel, what, now).catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error;
      log.warn({ run: runId, channel }, 'the channel of a run is gone, so its stall is not told there');
    });
  }
}
