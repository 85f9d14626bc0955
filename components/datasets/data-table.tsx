'use client';

import { ArrowDown, ArrowUp, Binary, Braces, Clock, Hash, ToggleLeft, Type } from 'lucide-react';
import type { Column, ColumnProfile, Sort, TableProfile } from '@/lib/datasets';
import { Histogram, type Bin } from '@/components/charts/histogram';
import { cx } from '@/components/ui/class-names';
import { cellText, familyOf, nullText, typeWord, type Family } from './cell';

const ICONS: Record<Family, typeof Hash> = {
  number: Hash,
  text: Type,
  time: Clock,
  boolean: ToggleLeft,
  nested: Braces,
  binary: Binary,
};

/** TypeIcon stands before a column's name. */
export function TypeIcon({ type }: { type: string }) {
  const Icon = ICONS[familyOf(type)];
  return <Icon size={12} aria-hidden className="text-ink-3" />;
}

/** binsOf turns a profile into the bars of a tiny histogram: ranges, or the most frequent values. */
export function binsOf(profile: ColumnProfile | undefined): Bin[] {
  if (profile?.histogram)
    return profile.histogram.map((b) => ({ label: `${b.from} to ${b.to}`, count: b.count }));
  return profile?.top?.map((t) => ({ label: t.value, count: t.count })) ?? [];
}

type Props = {
  label: string;
  schema: readonly Column[];
  rows: readonly Record<string, unknown>[];
  profile?: TableProfile | null;
  sort?: Sort | null;
  /** Without it columns cannot be sorted. */
  onSort?: (sort: Sort | null) => void;
  busy?: boolean;
  className?: string;
};

/**
 * DataTable shows rows of a table as they are: type, spread and nulls in each column's head, nulls told apart from empty text.
 * A press on a head sorts up, then down, then not.
 */
export function DataTable({ label, schema, rows, profile, sort, onSort, busy = false, className }: Props) {
  const profiles = new Map(profile?.columns.map((c) => [c.name, c]));
  return (
    <div
      className={cx('overflow-auto', className)}
      tabIndex={0}
      role="region"
      aria-label={label}
      aria-busy={busy}
    >
      <table className={cx('w-max min-w-full border-collapse transition-opacity', busy && 'opacity-60')}>
        <thead className="sticky top-0 z-10 bg-surface">
          <tr>
            {schema.map((column) => (
              <Head
                key={column.name}
                column={column}
                profile={profiles.get(column.name)}
                rowCount={profile?.rowCount ?? 0}
                sort={sort?.column === column.name ? sort : null}
                onSort={onSort}
              />
            ))}
          </tr>
        </thead>
        <tbody className="mono">
          {rows.map((row, i) => (
            <tr key={i} className="hover:bg-hover">
              {schema.map((column) => {
                const family = familyOf(column.type);
                const text = cellText(row[column.name], family);
                return (
                  <td
                    key={column.name}
                    title={text !== null && text.length > 40 ? text.slice(0, 2000) : undefined}
                    className={cx(
                      'h-[26px] max-w-80 truncate border-r border-b border-line px-3 whitespace-nowrap last:border-r-0',
                      family === 'number' && 'text-right',
                    )}
                  >
                    {text === null ? <span className="text-ink-3 italic">null</span> : text}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Head({
  column,
  profile,
  rowCount,
  sort,
  onSort,
}: {
  column: Column;
  profile: ColumnProfile | undefined;
  rowCount: number;
  sort: Sort | null;
  onSort?: (sort: Sort | null) => void;
}) {
  const next =
    sort === null
      ? { column: column.name, descending: false }
      : sort.descending
        ? null
        : { column: column.name, descending: true };
  const name = (
    <span className="flex items-center gap-1.5 font-medium text-ink">
      <TypeIcon type={column.type} />
      {column.name}
      {sort !== null &&
        (sort.descending ? <ArrowDown size={12} aria-hidden /> : <ArrowUp size={12} aria-hidden />)}
    </span>
  );
  return (
    <th
      scope="col"
      aria-sort={sort === null ? undefined : sort.descending ? 'descending' : 'ascending'}
      className="border-r border-b border-line px-3 pt-1.5 pb-1 text-left align-top text-12 font-normal whitespace-nowrap last:border-r-0"
    >
      {onSort === undefined ? (
        name
      ) : (
        <button type="button" onClick={() => onSort(next)} className="rounded-tile hover:text-accent-text">
          {name}
        </button>
      )}
      <span className="block text-ink-3">{typeWord(column.type)}</span>
      {profile !== undefined && (
        <>
          <Histogram bins={binsOf(profile)} label={`Spread of ${column.name}`} />
          <span className={cx('block pt-0.5', profile.nulls > 0 ? 'text-warn' : 'text-ink-3')}>
            {nullText(profile.nulls, rowCount)}
          </span>
        </>
      )}
    </th>
  );
}
