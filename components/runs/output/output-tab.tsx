'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Download, Table2 } from 'lucide-react';
import { useState } from 'react';
import type { Preview, Sort, TableProfile } from '@/lib/datasets';
import { ProblemError, sentenceOf, workspaceUrl } from '@/components/api/request';
import { ColumnList } from '@/components/datasets/column-list';
import { DataTable } from '@/components/datasets/data-table';
import { useWorkspace } from '@/components/shell/workspace';
import { plural } from '@/components/time';
import { buttonStyles } from '@/components/ui/button';
import { EmptyState, SkeletonRows } from '@/components/ui/empty-state';
import { Pagination } from '@/components/ui/pagination';
import { Segmented } from '@/components/ui/segmented';
import { QuickChart } from './quick-chart';

const ROWS = 200;
const CHART_ROWS = 500;
type Output = Preview & { profile?: TableProfile };
type View = 'rows' | 'columns' | 'chart';

/** OutputTab shows the table that a task gave: rows sorted by the server, what the columns hold, a quick chart, downloads. */
export function OutputTab({
  run,
  taskId,
  mapIndex,
  name,
  finishedAt,
}: {
  run: string;
  taskId: string;
  mapIndex: number | null;
  name: string;
  finishedAt: string | null;
}) {
  const { slug, call } = useWorkspace();
  const [sort, setSort] = useState<Sort | null>(null);
  const [offset, setOffset] = useState(0);
  const [view, setView] = useState<View>('rows');
  const path = `/runs/${run}/tasks/${encodeURIComponent(taskId)}/output`;
  const order = { sort: sort?.column, order: sort?.descending ? 'desc' : undefined, mapIndex };
  const key = [slug, 'task-output', run, taskId, mapIndex, finishedAt] as const;
  const again = (_count: number, error: Error) => !(error instanceof ProblemError) && _count < 2;
  const page = useQuery({
    queryKey: [...key, sort, offset],
    queryFn: ({ signal }) => call<Output>(path, { query: { ...order, limit: ROWS, offset }, signal }),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    retry: again,
  });
  const profile = useQuery({
    queryKey: [...key, 'profile'],
    queryFn: async ({ signal }) =>
      (await call<Output>(path, { query: { limit: 0, profile: 1, mapIndex }, signal })).profile ?? null,
    enabled: page.isSuccess,
    staleTime: Infinity,
    retry: again,
  });
  const chart = useQuery({
    queryKey: [...key, 'chart', sort],
    queryFn: ({ signal }) => call<Output>(path, { query: { ...order, limit: CHART_ROWS }, signal }),
    enabled: view === 'chart',
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    retry: again,
  });
  if (page.isPending) return <SkeletonRows rows={8} label="Loading the table" />;
  if (page.data === undefined) {
    const none = page.error instanceof ProblemError && [404, 409].includes(page.error.status);
    return (
      <EmptyState
        icon={<Table2 size={18} aria-hidden />}
        title={none ? 'No table' : 'The table could not be read'}
      >
        {sentenceOf(page.error)}
      </EmptyState>
    );
  }
  const { schema, rows, rowCount } = page.data;
  const href = (format: string) => workspaceUrl(slug, path, { format, mapIndex });
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex min-h-10 shrink-0 flex-wrap items-center gap-2 border-b border-line px-4 py-1">
        <Segmented<View>
          label="View of the table"
          size="sm"
          value={view}
          onChange={setView}
          options={[
            { value: 'rows', label: 'Rows' },
            { value: 'columns', label: 'Columns' },
            { value: 'chart', label: 'Chart' },
          ]}
        />
        <span className="num text-12 text-ink-2">
          {plural(rowCount, 'row')}, {plural(schema.length, 'column')}
        </span>
        <span className="ml-auto flex flex-wrap items-center gap-2">
          {view === 'rows' && rowCount > ROWS && (
            <Pagination offset={offset} limit={ROWS} total={rowCount} onChange={setOffset} />
          )}
          {(['csv', 'parquet'] as const).map((format) => (
            <a key={format} href={href(format)} download className={buttonStyles({ size: 'sm' })}>
              <Download size={12} aria-hidden />
              {format === 'csv' ? 'CSV' : 'Parquet'}
            </a>
          ))}
        </span>
      </div>
      {view === 'rows' && (
        <DataTable
          label={`Rows of ${name}`}
          schema={schema}
          rows={rows}
          profile={profile.data ?? null}
          sort={sort}
          onSort={(next) => {
            setSort(next);
            setOffset(0);
          }}
          busy={page.isPlaceholderData}
          className="min-h-0 flex-1"
        />
      )}
      {view === 'columns' && (
        <div className="min-h-0 flex-1 overflow-auto">
          <ColumnList schema={schema} profile={profile.data ?? null} />
        </div>
      )}
      {view === 'chart' && (
        <div className="min-h-0 flex-1 overflow-auto">
          {chart.data === undefined ? (
            <SkeletonRows rows={6} label="Loading the chart" />
          ) : (
            <QuickChart schema={schema} rows={chart.data.rows} rowCount={rowCount} />
          )}
        </div>
      )}
    </div>
  );
}
