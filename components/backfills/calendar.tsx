'use client';

import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { stateCard, StateIcon } from '@/components/state';
import { cx } from '@/components/ui/class-names';
import { addDays, ordered, type CalendarDay, type CalendarMonth, type DayKey } from './calendar-days';

export type Range = { from: DayKey; to: DayKey } | null;

const WEEKDAYS = ['M', 'T', 'W', 'T', 'F', 'S', 'S'];
const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

/**
 * Calendar draws months of days with what their runs came to. A range is chosen by dragging, by a click and a shift-click, or by keys:
 * arrows walk, with Shift they widen, Enter begins.
 */
export function Calendar({ months, range, onRange, readOnly = false }: { months: readonly CalendarMonth[]; range: Range; onRange: (range: Range) => void; readOnly?: boolean }) {
  const anchor = useRef<DayKey | null>(null);
  const dragging = useRef(false);
  const host = useRef<HTMLDivElement>(null);
  const days = months.flatMap((month) => month.days);
  const [focused, setFocused] = useState<DayKey | null>(null);
  const entry = focused !== null && days.some((day) => day.key === focused) ? focused : (days.find((day) => day.ended)?.key ?? days[0]?.key ?? null);

  useEffect(() => {
    const end = () => {
      dragging.current = false;
    };
    window.addEventListener('pointerup', end);
    return () => window.removeEventListener('pointerup', end);
  }, []);

  const begin = (key: DayKey, widen: boolean) => {
    if (readOnly) return;
    if (widen && anchor.current !== null) return onRange(ordered(anchor.current, key));
    anchor.current = key;
    onRange({ from: key, to: key });
  };
  const keys = (event: KeyboardEvent, key: DayKey) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = addDays(key, step);
    if (!days.some((day) => day.key === next)) return;
    setFocused(next);
    host.current?.querySelector<HTMLElement>(`[data-day="${next}"]`)?.focus();
    if (event.shiftKey && !readOnly) {
      anchor.current ??= key;
      onRange(ordered(anchor.current, next));
    }
  };

  return (
    <div ref={host} className="grid gap-x-8 gap-y-5 p-4 sm:grid-cols-2 xl:grid-cols-3">
      {months.map((month) => (
        <section key={month.key} aria-label={`${month.name} ${month.year}`} className="min-w-0">
          <h3 className="mb-1.5 text-14 font-semibold">
            {month.name} <span className="font-normal text-ink-2">{month.year}</span>
          </h3>
          <div className="grid grid-cols-7 gap-y-1 select-none">
            {WEEKDAYS.map((name, i) => (
              <span key={i} aria-hidden className="pb-0.5 text-center text-12 text-ink-3">
                {name}
              </span>
            ))}
            {Array.from({ length: month.offset }, (_, i) => (
              <span key={`before-${i}`} aria-hidden />
            ))}
            {month.days.map((day) => {
              const chosen = range !== null && day.key >= range.from && day.key <= range.to;
              return (
                <span
                  key={day.key}
                  className={cx(
                    'flex justify-center p-0.5',
                    chosen && 'bg-selected',
                    chosen && day.key === range.from && 'rounded-l',
                    chosen && day.key === range.to && 'rounded-r',
                  )}
                >
                  <DayButton
                    day={day}
                    label={`${day.day} ${month.name} ${month.year}`}
                    chosen={chosen}
                    reachable={day.key === entry}
                    onPointerDown={(event) => {
                      dragging.current = true;
                      begin(day.key, event.shiftKey);
                    }}
                    onPointerEnter={() => {
                      if (dragging.current && anchor.current !== null && !readOnly) onRange(ordered(anchor.current, day.key));
                    }}
                    onClick={(event) => {
                      // a press of Enter or Space has no pointer
                      if (event.detail === 0) begin(day.key, event.shiftKey);
                    }}
                    onFocus={() => setFocused(day.key)}
                    onKeyDown={(event) => keys(event, day.key)}
                  />
                </span>
              );
            })}
          </div>
        </section>
      ))}
    </div>
  );
}

function DayButton({
  day,
  label,
  chosen,
  reachable,
  ...events
}: { day: CalendarDay; label: string; chosen: boolean; reachable: boolean } & Pick<
  React.ComponentProps<'button'>,
  'onPointerDown' | 'onPointerEnter' | 'onClick' | 'onFocus' | 'onKeyDown'
>) {
  const said = !day.ended ? 'no interval that has ended' : (day.state ?? 'no run');
  return (
    <button
      type="button"
      data-day={day.key}
      data-state={day.state ?? (day.ended ? 'none' : 'open')}
      aria-pressed={chosen}
      aria-label={`${label}, ${said}`}
      title={day.count > 1 ? `${day.count} intervals, ${said}` : said}
      tabIndex={reachable ? 0 : -1}
      {...events}
      className={cx(
        'num flex h-7 w-full max-w-10 min-w-0 touch-none items-center justify-center gap-0.5 rounded-dense text-12 coarse:h-9',
        day.state !== null ? stateCard(day.state) : day.ended ? 'border border-dashed border-line-strong bg-surface text-ink' : 'text-ink-3',
        chosen && 'ring-1 ring-accent-border',
      )}
    >
      {day.day}
      {day.state !== null && <StateIcon state={day.state} size={11} label={null} />}
    </button>
  );
}

/** CalendarLegend says what the days' looks mean. */
export const CalendarLegend = () => (
  <footer className="flex flex-wrap gap-x-5 gap-y-1.5 border-t border-line px-4 py-2.5 text-12 text-ink-2">
    {['succeeded', 'failed', 'running'].map((state) => (
      <span key={state} className="flex items-center gap-1.5">
        <StateIcon state={state} label={null} /> {state}
      </span>
    ))}
    <span className="flex items-center gap-1.5">
      <span aria-hidden className="size-3.5 rounded-tile border border-dashed border-line-strong" /> no run
    </span>
    <span className="flex items-center gap-1.5">
      <span aria-hidden className="num text-ink-3">19</span> not ended yet
    </span>
    <span className="flex items-center gap-1.5">
      <span aria-hidden className="size-3.5 rounded-tile bg-selected ring-1 ring-accent-border" /> selected
    </span>
  </footer>
);
