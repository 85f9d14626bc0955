'use client';

import { RotateCw } from 'lucide-react';
import { useEffect } from 'react';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';

/** WorkspaceError stands where a page failed: what happened, and the way to try again. */
export default function WorkspaceError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  useEffect(() => {
    console.error(error);
  }, [error]);
  return (
    <div role="alert" className="m-auto">
      <EmptyState
        icon={<RotateCw size={18} aria-hidden />}
        title="This page could not be shown"
        actions={
          <Button look="primary" onClick={reset}>
            Try again
          </Button>
        }
      >
        Something failed while reading it; nothing was changed. If it happens again, the server&rsquo;s log
        says why
        {error.digest !== undefined && (
          <>
            {' '}
            under <span className="mono">{error.digest}</span>
          </>
        )}
        .
      </EmptyState>
    </div>
  );
}
