'use server';

import { z } from 'zod';
import { seedDemo } from '@/lib/demo/server';
import { personAction } from '@/lib/http/action';
import { newWorkspaceSchema } from '@/lib/tenancy';
import { createDemoWorkspace, createWorkspace } from '@/lib/tenancy/server';

export const createDemo = personAction({
  input: z.object({}),
  handle: (who) => createDemoWorkspace(who, seedDemo),
});

export const createEmpty = personAction({ input: newWorkspaceSchema, handle: createWorkspace });
