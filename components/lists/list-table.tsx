'use client';

import { Columns3, Download, ListChecks } from 'lucide-react';
import { useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { sentenceOf } from '@/components/api/request';
import { saveCsv } from '@/components/charts/download';
import { useCommands } from '@/components/shell/commands';
import { plural } from '@/components/time';
import { Button, buttonStyles } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { Popover } from '@/components/ui/popover';
import { toast } from '@/components/ui/toast';
import { BulkBar } from './bulk-bar';
import { chosenColumns, type BulkAct, type ListColumn } from './list-column';
import { PeekSheet } from './peek-sheet';
import { RowsTable } from './rows-table';
import { SavedViews } from './saved-views';
import { strings, useKept } from './use-kept';

export type Peek<R> = { title: (row: R) => string; href: (row: R) => string; body: (row: R) => ReactNode };

type Props<R> = {
  /** names the list: its file, and what is kept of it */
  list: string;
  /** one row in a word */
  what: string;
  rows: readonly R[];
  keyOf: (row: R) => string;
  columns: readonly ListColumn<R>[];
  acts?: readonly BulkAct<R>[];
  peek: Peek<R>;
  /** reads every row that the filters let through, for the export */
  all: () => Promise<readonly R[]>;
};

/**
 * ListTable is a list with everything lists have: keys (j, k, Enter; x selects, Space peeks), acts on the selected rows, a choice
 * of columns, saved views and export. On a phone each row is a card, with a box to select it after “Select”.
 */
export function ListTable<R>({ list, what, rows, keyOf, columns, acts = [], peek, all }: Props<R>) {
  const [flipped, setFlipped] = useKept<string[]>(`columns.${list}`, strings);
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [picking, setPicking] = useState(false);
  const [peeked, setPeeked] = useState<string | null>(null);
  const host = useRef<HTMLDivElement>(null);
  const shown = chosenColumns(columns, flipped);
  const selected = rows.filter((r) => picked.has(keyOf(r)));
  const clear = () => setPicked(new Set());
  const toggle = (key: string) => {
    const next = new Set(picked);
    if (!next.delete(key)) next.add(key);
    setPicked(next);
  };
  const focused = () => document.activeElement?.closest<HTMLElement>('tr[data-key]')?.dataset.key ?? null;
  const toggleFocused = () => {
    const key = focused();
    if (key !== null) toggle(key);
  };
  useCommands(`list ${list}`, [
    ...(acts.length === 0
      ? []
      : [
          { id: 'select', label: `Select the ${what}`, group: 'This page', keys: 'x', run: toggleFocused },
          { id: 'unselect', label: 'Clear the selection', group: 'This page', keys: 'escape', run: clear },
        ]),
    { id: 'peek', label: `Peek at the ${what}`, group: 'This page', keys: 'space', sheetOnly: true, run: () => undefined },
  ]);
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== ' ' || !(event.target instanceof HTMLElement) || event.target.dataset.rowLink === undefined) return;
    event.preventDefault();
    setPeeked(focused());
  };
  const peekAt = rows.findIndex((r) => keyOf(r) === peeked);
  return (
    <>
      <div className="flex min-h-10 flex-wrap items-center gap-2 border-b border-line px-4 py-1 text-12 text-ink-2">
        {selected.length > 0 ? (
          <BulkBar rows={selected} acts={acts} onClear={clear} />
        ) : (
          <span className="num">{plural(rows.length, what)} on this page</span>
        )}
        <span className="ml-auto flex items-center gap-1">
          {acts.length > 0 && (
            <Button
              size="sm"
              look="ghost"
              className="md:hidden"
              aria-pressed={picking}
              onClick={() => {
                setPicking(!picking);
                if (picking) clear();
              }}
            >
              <ListChecks size={14} aria-hidden />
              {picking ? 'Done' : 'Select'}
            </Button>
          )}
          <SavedViews list={list} />
          <ColumnChoice columns={columns} flipped={flipped} onFlip={setFlipped} />
          <Export list={list} columns={shown} all={all} />
        </span>
      </div>
      <div ref={host} onKeyDown={onKey}>
        <RowsTable
          what={what}
          rows={rows}
          keyOf={keyOf}
          columns={shown}
          picks={acts.length === 0 ? undefined : { picked, onPhone: picking, titleOf: peek.title, onToggle: toggle, onAll: (on) => setPicked(new Set(on ? rows.map(keyOf) : [])) }}
        />
      </div>
      <PeekSheet
        row={rows[peekAt] ?? null}
        peek={peek}
        onStep={(step) => {
          const next = rows[peekAt + step];
          if (next !== undefined) setPeeked(keyOf(next));
        }}
        onClose={() => {
          const link = host.current?.querySelector<HTMLElement>(`tr[data-key="${CSS.escape(peeked ?? '')}"] [data-row-link]`);
          setPeeked(null);
          requestAnimationFrame(() => link?.focus());
        }}
      />
    </>
  );
}

function ColumnChoice<R>({ columns, flipped, onFlip }: { columns: readonly ListColumn<R>[]; flipped: readonly string[]; onFlip: (next: string[]) => void }) {
  const shown = chosenColumns(columns, flipped);
  return (
    <Popover
      title="Columns"
      align="end"
      className="min-w-44 gap-1"
      trigger={
        <button type="button" className={buttonStyles({ size: 'sm', look: 'ghost' })}>
          <Columns3 size={14} aria-hidden />
          <span className="max-sm:sr-only">Columns</span>
        </button>
      }
    >
      {columns
        .filter((c) => c.fixed !== true)
        .map((c) => (
          <Checkbox
            key={c.id}
            className="coarse:min-h-11"
            label={c.label}
            checked={shown.includes(c)}
            onCheckedChange={() => onFlip(flipped.includes(c.id) ? flipped.filter((id) => id !== c.id) : [...flipped, c.id])}
          />
        ))}
    </Popover>
  );
}

function Export<R>({ list, columns, all }: { list: string; columns: readonly ListColumn<R>[]; all: () => Promise<readonly R[]> }) {
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    try {
      const rows = await all();
      const told = columns.flatMap(({ label, value }) => (value === undefined ? [] : [{ label, value }]));
      saveCsv(list, { columns: told.map((c) => c.label), rows: rows.map((row) => told.map((c) => c.value(row))) });
    } catch (error) {
      toast.error(sentenceOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button size="sm" look="ghost" busy={busy} onClick={() => void save()}>
      <Download size={14} aria-hidden />
      <span className="max-sm:sr-only">Export CSV</span>
    </Button>
  );
}
