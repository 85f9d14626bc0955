'use client';

import { useSearchParams } from 'next/navigation';
import { useWorkspace } from '@/components/shell/workspace';

/** An export reads at most this many rows. */
const MOST = 10_000;

/**
 * useAll gives a reader of every row that the filters of the address let through, page by page from the API.
 * @param queryOf turns the address into the query of the API
 */
export function useAll<R>(path: string, queryOf: (search: URLSearchParams) => Record<string, string | null>): () => Promise<R[]> {
  const { call } = useWorkspace();
  const search = useSearchParams();
  return async () => {
    const rows: R[] = [];
    let cursor: string | null = null;
    do {
      const page: { items: R[]; nextCursor: string | null } = await call(path, { query: { ...queryOf(new URLSearchParams(search.toString())), cursor, limit: 200 } });
      rows.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null && rows.length < MOST);
    return rows;
  };
}

/** iso writes a moment for a file, however it came. */
export const iso = (at: Date | string | null): string | null => (at === null ? null : new Date(at).toISOString());
