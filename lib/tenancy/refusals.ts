import { AppError } from '@/lib/core/errors';
import { PERMISSIONS, type Permission, type Role } from './permissions';

const A: Record<Role, string> = {
  viewer: 'a viewer',
  editor: 'an editor',
  approver: 'an approver',
  admin: 'an admin',
};

/** forbiddenFor says what a role lacks: who may do this, and what the caller is. */
export function forbiddenFor(role: Role, permission: Permission): AppError {
  const needed = PERMISSIONS[permission];
  return new AppError(
    'forbidden',
    `This needs at least ${A[needed]} of the workspace; you are ${A[role]}. Ask an admin of the workspace for the role ${needed}.`,
    [],
    { permission, needed, role },
  );
}

/** ownersOnly refuses what only owners of the organization may do. */
export const ownersOnly = (): AppError =>
  new AppError(
    'forbidden',
    'Only an owner of the organization may do this. Ask an owner to do it or to create the workspace for you.',
  );

/** signedOut refuses a call without a valid token or session. */
export const signedOut = (why: string): AppError => new AppError('unauthorized', why);
