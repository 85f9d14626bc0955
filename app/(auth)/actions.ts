'use server';

import { z } from 'zod';
import { openAction, personAction } from '@/lib/http/action';
import { acceptInviteSchema, changePasswordSchema, newOwnerSchema } from '@/lib/tenancy';
import {
  acceptAsMember,
  acceptAsNewPerson,
  changePassword as changeMyPassword,
  createFirstOwner,
  revokeOtherSessions,
  revokeSession,
} from '@/lib/tenancy/server';

export const createOwner = openAction({ input: newOwnerSchema, handle: createFirstOwner });

export const acceptInvite = openAction({ input: acceptInviteSchema, handle: acceptAsNewPerson });

export const acceptInviteAsMe = personAction({
  input: z.object({ token: z.string().min(1).max(200) }),
  handle: (who, { token }) => acceptAsMember(who, token),
});

export const changePassword = personAction({ input: changePasswordSchema, handle: changeMyPassword });

export const endSession = personAction({
  input: z.object({ id: z.string() }),
  handle: (who, { id }) => revokeSession(who, id),
});

export const endOtherSessions = personAction({
  input: z.object({}),
  handle: (who) => revokeOtherSessions(who),
});
