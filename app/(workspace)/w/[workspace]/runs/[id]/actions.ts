'use server';

import { z } from 'zod';
import { listRunChecks } from '@/lib/datasets/server';
import { action } from '@/lib/http/action';
import { clearBody, markBody, rerunBody } from '@/lib/runs';
import { cancelRun, clearTask, markTask, rerunRun, runStory } from '@/lib/runs/server';

const one = z.object({ id: z.string() });
const oneTask = one.extend({ taskId: z.string() });

/** stopRun stops a run. */
export const stopRun = action({
  permission: 'run:write',
  input: one,
  handle: async (ctx, { id }) => ({ state: (await cancelRun(ctx, id)).state }),
});

/** rerun runs a run again: all of it, its failed part, or chosen tasks; gives back the run to look at. */
export const rerun = action({
  permission: 'run:write',
  input: one.extend({ request: rerunBody }),
  handle: async (ctx, { id, request }) => ({ id: (await rerunRun(ctx, id, request)).id }),
});

/** clear starts a task over with the chosen scopes. */
export const clear = action({
  permission: 'run:write',
  input: oneTask.extend({ request: clearBody }),
  handle: async (ctx, { id, taskId, request }) => ({
    state: (await clearTask(ctx, id, taskId, request)).state,
  }),
});

/** mark gives a task the state that a person vouches for. */
export const mark = action({
  permission: 'run:write',
  input: oneTask.extend({ request: markBody }),
  handle: async (ctx, { id, taskId, request }) => ({
    state: (await markTask(ctx, id, taskId, request)).state,
  }),
});

/** readStory gives the attempts of a run and what people did to it. */
export const readStory = action({
  permission: 'run:read',
  input: one,
  handle: (ctx, { id }) => runStory(ctx, id),
});

/** readChecks gives what the checks on a task's output found in this run. */
export const readChecks = action({
  permission: 'run:read',
  input: oneTask,
  handle: (ctx, { id, taskId }) => listRunChecks(ctx, id, taskId),
});
