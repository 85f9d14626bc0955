import { may, type Role } from '@/lib/tenancy';
import type { ApprovalRequest } from './park';

/** Who wants to decide: the ids that are theirs, and what lists of approvers call them (e-mail address, name of a token). */
export type Decider = { ids: string[]; names: string[]; role: Role; at: Date };

/**
 * refusalOf says why somebody may not decide an approval; null when they may. Pure.
 * @param author id of the person or token that started the run
 */
export function refusalOf(
  asked: Pick<ApprovalRequest, 'approvers' | 'notAuthor' | 'expiresAt'>,
  who: Decider,
  author: string | null,
): { text: string; late: boolean } | null {
  const no = (text: string) => ({ text, late: false });
  if (!may(who.role, 'approval:decide')) return no('Deciding needs the role approver. Ask an admin of the workspace for it.');
  if (asked.approvers.length > 0 && !who.names.some((name) => asked.approvers.some((each) => each.toLowerCase() === name.toLowerCase())))
    return no(`This approval is for ${asked.approvers.join(', ')}. Ask one of them to decide.`);
  if (asked.notAuthor && author !== null && who.ids.includes(author))
    return no('You started this run, and its approval asks for a second person. Ask another approver to decide.');
  if (Date.parse(asked.expiresAt) <= who.at.getTime()) return { text: `The question expired at ${asked.expiresAt}. Run the task again to ask anew.`, late: true };
  return null;
}
