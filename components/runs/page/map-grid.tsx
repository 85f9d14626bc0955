'use client';

import { ChevronDown, ChevronRight } from 'lucide-react';
import { useState, type KeyboardEvent } from 'react';
import { StateIcon, stateColor, stateEntry } from '@/components/state';
import { formatCount } from '@/components/time';
import { Button } from '@/components/ui/button';
import { cx } from '@/components/ui/class-names';
import type { MapGridData } from './run-data';

/** Squares drawn at once; a longer list is walked page by page or by state. */
const DRAWN = 1000;

/** MapGrid is a mapped task as one foldable block: how many parts are in which state, and a square for each that opens it. */
export function MapGrid({ name, grid, chosen, onPart }: { name: string; grid: MapGridData; chosen: number | null; onPart: (mapIndex: number | null) => void }) {
  const [folded, setFolded] = useState(false);
  const [only, setOnly] = useState<string | null>(null);
  const [page, setPage] = useState(0);
  const matching = only === null ? grid.items : grid.items.filter((item) => item.state === only);
  const pages = Math.max(1, Math.ceil(matching.length / DRAWN));
  const at = Math.min(page, pages - 1);
  const drawn = matching.slice(at * DRAWN, (at + 1) * DRAWN);
  const here = drawn.find((item) => item.mapIndex === chosen)?.mapIndex ?? drawn[0]?.mapIndex;
  const walk = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 10, ArrowUp: -10 }[event.key];
    const from = drawn.findIndex((item) => item.mapIndex === Number((document.activeElement as HTMLElement | null)?.dataset.part));
    if (step === undefined || from < 0) return;
    event.preventDefault();
    const next = drawn[Math.max(0, Math.min(drawn.length - 1, from + step))];
    event.currentTarget.querySelector<HTMLElement>(`[data-part="${next?.mapIndex}"]`)?.focus();
  };
  return (
    <section aria-label={`Parts of ${name}`} className="border-b border-line px-4 py-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <button type="button" aria-expanded={!folded} onClick={() => setFolded(!folded)} className="flex items-center gap-1 rounded-tile font-medium hover:bg-hover coarse:min-h-11">
          {folded ? <ChevronRight size={14} aria-hidden /> : <ChevronDown size={14} aria-hidden />}
          {formatCount(grid.count)} {grid.count === 1 ? 'part' : 'parts'}
        </button>
        {Object.entries(grid.counts).map(([state, n]) => (
          <button
            key={state}
            type="button"
            aria-pressed={only === state}
            onClick={() => {
              setOnly(only === state ? null : state);
              setPage(0);
            }}
            className="flex items-center gap-1 rounded-tile px-1 text-12 text-ink-2 hover:bg-hover aria-pressed:bg-selected aria-pressed:text-ink coarse:min-h-11"
          >
            <StateIcon state={state} size={12} label={null} />
            {formatCount(n)} {stateEntry(state).label.toLowerCase()}
          </button>
        ))}
        {chosen !== null && (
          <Button size="sm" look="ghost" onClick={() => onPart(null)}>
            All parts together
          </Button>
        )}
      </div>
      {!folded && (
        <>
          <div role="group" aria-label="Parts" className="mt-2 flex max-h-40 flex-wrap gap-1 overflow-y-auto py-0.5" onKeyDown={walk}>
            {drawn.map((item) => (
              <button
                key={item.mapIndex}
                type="button"
                data-part={item.mapIndex}
                tabIndex={item.mapIndex === here ? 0 : -1}
                aria-pressed={item.mapIndex === chosen}
                aria-label={`Part ${item.mapIndex}, ${stateEntry(item.state).label.toLowerCase()}`}
                title={`[${item.mapIndex}] ${stateEntry(item.state).label.toLowerCase()}${item.attempt > 1 ? `, ${item.attempt} tries` : ''}`}
                onClick={() => onPart(item.mapIndex)}
                style={{ background: stateColor(item.state) }}
                className={cx('size-4 rounded-xs coarse:size-6', item.mapIndex === chosen && 'outline-2 outline-offset-1 outline-accent')}
              />
            ))}
          </div>
          {pages > 1 && (
            <div className="mt-1 flex items-center gap-2 text-12 text-ink-3">
              <Button size="sm" disabled={at === 0} onClick={() => setPage(at - 1)}>
                Earlier
              </Button>
              {formatCount(at * DRAWN)} to {formatCount(at * DRAWN + drawn.length - 1)} of {formatCount(matching.length)}
              <Button size="sm" disabled={at === pages - 1} onClick={() => setPage(at + 1)}>
                Later
              </Button>
            </div>
          )}
        </>
      )}
    </section>
  );
}
