'use client';

import { signOut } from 'next-auth/react';
import type { ReactNode } from 'react';
import { Button } from '@/components/ui/button';

/** SignOutButton ends this browser's session and goes to `to`. */
export const SignOutButton = ({ to, children }: { to: string; children: ReactNode }) => (
  <Button onClick={() => void signOut({ callbackUrl: to })}>{children}</Button>
);
