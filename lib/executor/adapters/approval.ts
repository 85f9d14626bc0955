import { renderText } from '@/lib/core/expressions';
import { APPROVAL_EXPIRES_SECONDS } from '@/lib/pipeline';
import type { Adapter } from '../adapter';
import { configOf } from '../config-of';
import { expressionsIn, scopeOf } from '../scope';

/** `approval` asks people to decide: the task waits for them and holds no slot. */
export const approvalAdapter: Adapter = {
  runsUserCode: false,
  inMemory: true,
  perform: async (context) => {
    const { message, approvers, expiresSeconds = APPROVAL_EXPIRES_SECONDS, notAuthor = false, channel } = configOf(context, 'approval');
    const text = renderText(message, await scopeOf(context, expressionsIn(message))).slice(0, 20_000);
    const until = new Date(Date.now() + expiresSeconds * 1000);
    const who = approvers ? approvers.join(', ') : 'an approver';
    context.log('system', `Asks for a decision by ${who}, until ${until.toISOString()}: ${text}`);
    return {
      outcome: 'waiting',
      wait: {
        state: 'awaiting_approval',
        what: `It waits for a decision by ${who}.`,
        until,
        awaits: null,
        details: { message: text, approvers: approvers ?? [], notAuthor, expiresAt: until.toISOString(), ...(channel ? { channel } : {}) },
      },
      resolved: { message: text, approvers: approvers ?? [], expiresAt: until.toISOString() },
    };
  },
};
