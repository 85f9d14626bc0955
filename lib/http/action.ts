import { headers } from 'next/headers';
import type { z } from 'zod';
import { systemClock } from '@/lib/core/clock';
import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids';
import {
  authorize,
  enterWorkspace,
  type Context,
  type Identity,
  type Permission,
} from '@/lib/tenancy/server';
import { requireOwnOrigin } from './origin';
import { currentIdentity } from './page-context';
import { refuseInput, toProblem, type Problem } from './problem';

/** What a form gets back: the data, or the problem with one line a field. */
export type ActionResult<T> = { ok: true; data: T } | { ok: false; problem: Problem };

/**
 * action makes a server action of one workspace: `(workspaceSlug, input) => ActionResult`. Refusals become a problem for the
 * form; nothing is thrown at the browser.
 */
export function action<I extends z.ZodType, T>(definition: {
  permission: Permission;
  input: I;
  handle: (ctx: Context, input: z.output<I>) => Promise<T>;
}): (workspaceSlug: string, input: z.input<I>) => Promise<ActionResult<T>> {
  return (workspaceSlug, input) =>
    attempt(async (who) => {
      const ctx = await enterWorkspace(who, workspaceSlug);
      authorize(ctx, definition.permission);
      return definition.handle(ctx, parse(definition.input, input));
    });
}

/** personAction makes a server action of the signed-in person, above workspaces. */
export function personAction<I extends z.ZodType, T>(definition: {
  input: I;
  handle: (who: Identity, input: z.output<I>) => Promise<T>;
}): (input: z.input<I>) => Promise<ActionResult<T>> {
  return (input) => attempt((who) => definition.handle(who, parse(definition.input, input)));
}

/** openAction makes a server action for somebody who is not signed in (setup, invitation). */
export function openAction<I extends z.ZodType, T>(definition: {
  input: I;
  handle: (input: z.output<I>, now: Date) => Promise<T>;
}): (input: z.input<I>) => Promise<ActionResult<T>> {
  return (input) =>
    outcome(async () => {
      requireOwnOrigin(await headers());
      return definition.handle(parse(definition.input, input), systemClock());
    });
}

const attempt = <T>(work: (who: Identity) => Promise<T>): Promise<ActionResult<T>> =>
  outcome(async () => {
    requireOwnOrigin(await headers());
    const who = await currentIdentity();
    if (!who)
      throw new AppError('unauthorized', 'You were signed out. Sign in again; what you typed is still here.');
    return work(who);
  });

async function outcome<T>(work: () => Promise<T>): Promise<ActionResult<T>> {
  try {
    return { ok: true, data: await work() };
  } catch (error) {
    if (isNextSignal(error)) throw error;
    return { ok: false, problem: toProblem(error, newId()) };
  }
}

/** redirect() and notFound() of Next travel as errors with a digest. */
const isNextSignal = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'digest' in error &&
  typeof error.digest === 'string' &&
  error.digest.startsWith('NEXT_');

function parse<I extends z.ZodType>(schema: I, input: unknown): z.output<I> {
  const parsed = schema.safeParse(input);
  if (!parsed.success) throw refuseInput(parsed.error, input, 'body');
  return parsed.data;
}
