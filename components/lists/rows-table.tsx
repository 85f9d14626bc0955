'use client';

import { Checkbox } from '@/components/ui/checkbox';
import { Table, Td, Th } from '@/components/ui/table';
import type { ListColumn } from './list-column';
import { RowKeys } from './row-keys';

/** rowLink is the look of a row's link: the whole row is its target. */
export const rowLink =
  'font-medium after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-focus';

/** RowsTable is the table of a list: columns as they describe themselves, keys for its rows, boxes to pick them where wanted. */
export function RowsTable<R>({
  what,
  rows,
  keyOf,
  columns,
  picks,
}: {
  what: string;
  rows: readonly R[];
  keyOf: (row: R) => string;
  columns: readonly ListColumn<R>[];
  /** `onPhone`: the boxes are shown there too */
  picks?: { picked: ReadonlySet<string>; onPhone: boolean; titleOf: (row: R) => string; onToggle: (key: string) => void; onAll: (on: boolean) => void };
}) {
  const n = picks === undefined ? 0 : rows.filter((r) => picks.picked.has(keyOf(r))).length;
  return (
    <RowKeys what={what}>
      <Table label={`${what[0]?.toUpperCase()}${what.slice(1)}s`} className={picks?.onPhone === true ? 'stack picking' : 'stack'}>
        <thead>
          <tr>
            {picks !== undefined && (
              <Th className="w-9">
                <Checkbox
                  aria-label={`Select all ${what}s on this page`}
                  checked={n === rows.length}
                  indeterminate={n > 0 && n < rows.length}
                  onCheckedChange={picks.onAll}
                />
              </Th>
            )}
            {columns.map((c) => (
              <Th key={c.id} numeric={c.numeric} className={c.th}>
                {c.label}
              </Th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const key = keyOf(row);
            return (
              <tr key={key} data-key={key} data-link data-selected={picks?.picked.has(key) === true || undefined} className="relative">
                {picks !== undefined && (
                  <Td className={picks.onPhone ? 'pick' : 'max-md:hidden'}>
                    <label className="relative z-10 flex max-md:-m-3 max-md:p-3">
                      <Checkbox aria-label={`Select ${picks.titleOf(row)}`} checked={picks.picked.has(key)} onCheckedChange={() => picks.onToggle(key)} />
                    </label>
                  </Td>
                )}
                {columns.map((c) => (
                  <Td key={c.id} numeric={c.numeric} className={c.td}>
                    {c.cell(row)}
                  </Td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </Table>
    </RowKeys>
  );
}
