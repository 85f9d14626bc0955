'use client';

import { parseAsBoolean, parseAsInteger, parseAsString, useQueryStates } from 'nuqs';
import { useTransition } from 'react';
import type { Preview, TableProfile } from '@/lib/datasets';
import { Pagination } from '@/components/ui/pagination';
import { DataTable } from './data-table';
import { PREVIEW_ROWS } from './preview-size';

/** PreviewPanel shows a page of a version's rows; order and place stand in the address. */
export function PreviewPanel({
  preview,
  profile,
  label,
}: {
  preview: Preview;
  profile: TableProfile | null;
  label: string;
}) {
  const [busy, start] = useTransition();
  const [{ sort, desc, offset }, set] = useQueryStates(
    { sort: parseAsString, desc: parseAsBoolean.withDefault(false), offset: parseAsInteger.withDefault(0) },
    { shallow: false, startTransition: start },
  );
  return (
    <>
      <DataTable
        label={label}
        schema={preview.schema}
        rows={preview.rows}
        profile={profile}
        busy={busy}
        sort={sort === null ? null : { column: sort, descending: desc }}
        onSort={(next) =>
          void set(
            next === null
              ? { sort: null, desc: null, offset: null }
              : { sort: next.column, desc: next.descending ? true : null, offset: null },
          )
        }
        className="max-h-[60dvh]"
      />
      <footer className="flex items-center justify-between gap-2 border-t border-line px-4 py-1">
        <span className="text-12 text-ink-3">
          {profile !== null && profile.sampledRows < profile.rowCount
            ? `Spread from ${profile.sampledRows.toLocaleString('en-US')} sampled rows`
            : ''}
        </span>
        <Pagination
          offset={offset}
          limit={PREVIEW_ROWS}
          total={preview.rowCount}
          onChange={(next) => void set({ offset: next === 0 ? null : next })}
        />
      </footer>
    </>
  );
}
