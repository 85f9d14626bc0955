'use client';

import type { Column, ColumnProfile, TableProfile } from '@/lib/datasets';
import { Histogram } from '@/components/charts/histogram';
import { formatCount } from '@/components/time/format';
import { Table, Td, Th } from '@/components/ui/table';
import { nullText, typeWord } from './cell';
import { binsOf, TypeIcon } from './data-table';

const short = (value: string | number | null) =>
  value === null ? '–' : typeof value === 'number' ? String(Number(value.toPrecision(6))) : value;

const most = (p: ColumnProfile) =>
  p.top === null || p.top.length === 0
    ? '–'
    : p.top
        .slice(0, 3)
        .map((t) => `${t.value} (${formatCount(t.count)})`)
        .join(', ');

/** ColumnList is the schema with what each column holds: nulls, different values, range, spread. */
export function ColumnList({ schema, profile }: { schema: readonly Column[]; profile: TableProfile | null }) {
  const profiles = new Map(profile?.columns.map((c) => [c.name, c]));
  return (
    <Table label="Columns">
      <thead>
        <tr>
          <Th>Column</Th>
          <Th>Type</Th>
          <Th>Spread</Th>
          <Th>Nulls</Th>
          <Th numeric>Different</Th>
          <Th numeric>Least</Th>
          <Th numeric>Most</Th>
          <Th numeric>Mean</Th>
          <Th>Frequent</Th>
        </tr>
      </thead>
      <tbody>
        {schema.map((column) => {
          const p = profiles.get(column.name);
          return (
            <tr key={column.name}>
              <Td>
                <span className="flex items-center gap-2 font-medium">
                  <TypeIcon type={column.type} />
                  {column.name}
                </span>
              </Td>
              <Td className="mono text-ink-2">{typeWord(column.type)}</Td>
              <Td>{p !== undefined && <Histogram bins={binsOf(p)} label={`Spread of ${column.name}`} />}</Td>
              <Td className={p !== undefined && p.nulls > 0 ? 'text-warn' : 'text-ink-2'}>
                {p === undefined ? '–' : nullText(p.nulls, profile?.rowCount ?? 0)}
              </Td>
              <Td numeric>{p === undefined ? '–' : `~${formatCount(p.distinct)}`}</Td>
              <Td numeric className="mono max-w-40 truncate">
                {short(p?.min ?? null)}
              </Td>
              <Td numeric className="mono max-w-40 truncate">
                {short(p?.max ?? null)}
              </Td>
              <Td numeric className="mono">
                {short(p?.mean ?? null)}
              </Td>
              <Td className="max-w-72 truncate text-12 text-ink-2">{p === undefined ? '–' : most(p)}</Td>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}
