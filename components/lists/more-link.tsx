'use client';

import { parseAsString, useQueryState } from 'nuqs';
import { useTransition } from 'react';
import { Button } from '@/components/ui/button';

/** MoreLink walks a list by cursor: on to what is older, and back to the newest. */
export function MoreLink({ nextCursor }: { nextCursor: string | null }) {
  const [pending, start] = useTransition();
  const [cursor, setCursor] = useQueryState(
    'cursor',
    parseAsString.withOptions({ shallow: false, history: 'push', startTransition: start, scroll: true }),
  );
  if (nextCursor === null && cursor === null) return null;
  return (
    <nav aria-label="Pages" className="flex justify-center gap-2 border-t border-line p-2">
      {cursor !== null && (
        <Button size="sm" onClick={() => void setCursor(null)}>
          Back to the newest
        </Button>
      )}
      {nextCursor !== null && (
        <Button size="sm" busy={pending} onClick={() => void setCursor(nextCursor)}>
          Show older
        </Button>
      )}
    </nav>
  );
}
