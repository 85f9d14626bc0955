import { renderText } from '@/lib/core/expressions';
import { outlast } from '@/lib/db/outage';
import { inTransaction } from '@/lib/db/transaction';
import { announce } from '@/lib/tenancy/server';
import type { Adapter } from '../adapter';
import { configOf } from '../config-of';
import { expressionsIn, scopeOf } from '../scope';

/** `notify` writes a message to the outbox of a channel; it is delivered from there, with retries. */
export const notifyAdapter: Adapter = {
  runsUserCode: false,
  inMemory: true,
  perform: async (context) => {
    const config = configOf(context, 'notify');
    const scope = await scopeOf(context, expressionsIn([config.subject, config.message]));
    const text = renderText(config.message, scope);
    const title = oneLine(config.subject ? renderText(config.subject, scope) : `${context.pipelineSlug}: ${text}`);
    const data = { runId: context.runId, pipeline: context.pipelineSlug, taskId: context.taskId };
    const messageId = await outlast(
      () => inTransaction((tx) => announce(tx, context.workspaceId, config.channel, { event: 'task.notify', title, text, data }, new Date())),
      context.signal,
    );
    context.log('system', `Message for channel "${config.channel}" is in the outbox.`);
    return { outcome: 'succeeded', output: { messageId }, resolved: { channel: config.channel, subject: title, message: text } };
  },
};

/** oneLine makes a subject of a text: its first line, at most 200 characters. */
function oneLine(text: string): string {
  const line = text.split(/[\r\n]/, 1)[0]?.trim() ?? '';
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}
