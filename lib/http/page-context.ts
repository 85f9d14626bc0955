import { cookies, headers } from 'next/headers';
import { notFound, redirect } from 'next/navigation';
import { cache } from 'react';
import { systemClock } from '@/lib/core/clock';
import { AppError } from '@/lib/core/errors';
import { enterWorkspace, ownerExists, type Context, type Identity } from '@/lib/tenancy/server';
import { clientIp } from './origin';
import { identityOfCookie, sessionCookie } from './session';

/** currentIdentity is who looks at this page, or null; read once a request. */
export const currentIdentity = cache(async (): Promise<Identity | null> => {
  const ip = clientIp(await headers());
  return identityOfCookie((await cookies()).get(sessionCookie())?.value, {
    now: systemClock(),
    ...(ip ? { ip } : {}),
  });
});

/** pageIdentity is who looks at this page; somebody unknown is sent to sign in, or to set up an empty installation. */
export async function pageIdentity(): Promise<Identity> {
  const who = await currentIdentity();
  if (who) return who;
  if (!(await ownerExists())) redirect('/setup');
  const from = (await headers()).get('x-penstock-path');
  redirect(from && from !== '/' ? `/sign-in?from=${encodeURIComponent(from)}` : '/sign-in');
}

/** pageContext is the viewer's context in a workspace, for server components; no such workspace shows the page "not found". */
export const pageContext = cache(async (workspaceSlug: string): Promise<Context> => {
  const who = await pageIdentity();
  try {
    return await enterWorkspace(who, workspaceSlug);
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') notFound();
    throw error;
  }
});
