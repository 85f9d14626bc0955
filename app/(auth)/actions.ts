'use server';

import { z } from 'zod';
import { seedDemo } from '@/lib/demo/server';
import { openAction, personAction } from '@/lib/http/action';
import { acceptInviteSchema, changePasswordSchema, newOwnerSchema, newWorkspaceSchema } from '@/lib/tenancy';
import {
  acceptAsMember,
  acceptAsNewPerson,
  changePassword as changeMyPassword,
  createDemoWorkspace,
  createFirstOwner,
  createWorkspace,
  revokeOtherSessions,
  revokeSession,
} from '@/lib/tenancy/server';

export const createOwner = openAction({ input: newOwnerSchema, handle: createFirstOwner });

export const acceptInvite = openAction({ input: acceptInviteSchema, handle: acceptAsNewPerson });

export const acceptInviteAsMe = personAction({
  input: z.object({ token: z.string().min(1).max(200) }),
  handle: (who, { token }) => acceptAsMember(who, token),
});

export const createDemo = personAction({ input: z.object({}), handle: (who) => createDemoWorkspace(who, seedDemo) });

export const createEmpty = personAction({ input: newWorkspaceSchema, handle: createWorkspace });

export const changePassword = personAction({ input: changePasswordSchema, handle: changeMyPassword });

export const endSession = personAction({ input: z.object({ id: z.string() }), handle: (who, { id }) => revokeSession(who, id) });

export const endOtherSessions = personAction({ input: z.object({}), handle: (who) => revokeOtherSessions(who) });
