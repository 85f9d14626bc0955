'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { LogPage } from '@/lib/observability';
import { useWorkspace } from '@/components/shell/workspace';
import { logPath, type LogOf } from './use-log';

const MATCHES_A_PAGE = 1000;

/**
 * useLogSearch searches a whole log on the server and walks the matches.
 * @param q what to look for; nothing is asked while it is empty
 * @param size lines of the log: when it grew the search is made again
 */
export function useLogSearch(of: LogOf, q: string, size: number, growing: boolean) {
  const { slug, call } = useWorkspace();
  const [at, setAt] = useState<{ q: string; index: number }>({ q: '', index: -1 });
  const search = useInfiniteQuery({
    queryKey: [slug, 'log-search', of, q, growing ? Math.floor(size / 1000) : size],
    enabled: q !== '',
    initialPageParam: 0,
    queryFn: ({ pageParam, signal }) =>
      call<LogPage>(logPath(of), {
        query: { attempt: of.attempt, mapIndex: of.mapIndex, q, after: pageParam, limit: MATCHES_A_PAGE },
        signal,
      }),
    getNextPageParam: (page) => page.nextAfter,
    placeholderData: (before, query) => (query?.queryKey[3] === q ? before : undefined),
  });
  const found = q === '' ? [] : (search.data?.pages.flatMap((page) => page.items.map(({ n }) => n)) ?? []);
  const index = at.q === q ? at.index : -1;
  return {
    found,
    count: search.data?.pages[0]?.matches ?? null,
    index,
    busy: search.isFetching,
    error: search.error,
    /** go picks a match by its place and gives its line. */
    go: (next: number): number | null => {
      const line = found[next];
      if (line === undefined) return null;
      setAt({ q, index: next });
      if (next > found.length - 50 && search.hasNextPage && !search.isFetchingNextPage)
        void search.fetchNextPage();
      return line;
    },
  };
}
