import { forbiddenFor } from './refusals';
import { may, type Permission, type Role } from './permissions';

/** Who acts: a person, a machine with a token, or the product itself. */
export type Actor = { kind: 'user' | 'token' | 'system'; id: string | null; name: string };

/** What is known of a call before any workspace is entered. */
export type Caller = { actor: Actor; isOwner: boolean; now: Date; requestId?: string; ip?: string };

/** Context is the first parameter of every service: who acts, in which workspace, with which role, and what time it is. */
export type Context = Caller & {
  role: Role;
  workspaceId: string;
  workspace: { id: string; slug: string; name: string };
};

/**
 * authorize refuses what the caller's role does not include.
 * @throws AppError forbidden, naming the role that is needed
 */
export function authorize(ctx: Pick<Context, 'role'>, permission: Permission): void {
  if (!may(ctx.role, permission)) throw forbiddenFor(ctx.role, permission);
}

/**
 * systemContext is the product acting by itself (schedules, demo, housekeeping): admin, without a person.
 * @param now domain time of the act
 */
export function systemContext(workspace: { id: string; slug: string; name: string }, now: Date): Context {
  const { id, slug, name } = workspace;
  return {
    actor: { kind: 'system', id: null, name: 'Penstock' },
    role: 'admin',
    isOwner: false,
    workspaceId: id,
    workspace: { id, slug, name },
    now,
  };
}

/** systemCaller is the product acting above workspaces. */
export const systemCaller = (now: Date): Caller => ({
  actor: { kind: 'system', id: null, name: 'Penstock' },
  isOwner: false,
  now,
});
