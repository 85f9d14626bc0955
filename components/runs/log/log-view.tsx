'use client';

import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useRef, useState } from 'react';
import { sentenceOf } from '@/components/api/request';
import { useCommands } from '@/components/shell/commands';
import { useWorkspace } from '@/components/shell/workspace';
import { useZone } from '@/components/time';
import { SkeletonRows } from '@/components/ui/empty-state';
import { toast } from '@/components/ui/toast';
import { LogBar } from './log-bar';
import { LogRow } from './log-line';
import { copyLog, saveLog } from './log-text';
import { useRemembered } from './remembered';
import { useLog, type LogOf } from './use-log';
import { useLogSearch } from './use-log-search';

const ROW = 24;
/** A clipboard takes a log of at most this many lines; longer ones are for the download. */
const COPY_LINES = 100_000;

const lineOfHash = (): number | null => {
  const match = /^#L(\d+)$/.exec(window.location.hash);
  return match ? Number(match[1]) : null;
};

/** clockOf gives "06:14:52.463" of a moment in a zone. */
function clockOf(at: string, zone: string): string {
  const date = new Date(at);
  const clock =
    zone === 'UTC' ? date.toISOString().slice(11, 19) : date.toLocaleTimeString('en-GB', { timeZone: zone });
  return `${clock}.${at.slice(20, 23)}`;
}

/**
 * LogView shows an attempt's log: only the lines in sight are drawn and read. While the attempt is at work its end is
 * followed until the reader scrolls up. An ended log opens at the line of the address, else at its first error.
 */
export function LogView({ of, growing, failed }: { of: LogOf; growing: boolean; failed: boolean }) {
  const { slug } = useWorkspace();
  const { zone } = useZone();
  const log = useLog(of, growing);
  const total = log.total ?? 0;
  const [wrap, setWrap] = useRemembered('log.wrap', false);
  const [times, setTimes] = useRemembered('log.times', true);
  const [follow, setFollow] = useState(true);
  const [linked, setLinked] = useState<number | null>(null);
  const [text, setText] = useState('');
  const [q, setQ] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const search = useLogSearch(of, q, total, growing);
  const currentLine = search.index >= 0 ? search.found[search.index] : undefined;

  const rows = useVirtualizer({
    count: total,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 8,
  });
  const items = rows.getVirtualItems();
  const [from, to] = [(items[0]?.index ?? 0) + 1, (items.at(-1)?.index ?? 59) + 1];
  const { show } = log;
  useEffect(() => show(from, to), [show, from, to, total]);

  const goTo = useCallback(
    (n: number) => {
      setFollow(false);
      rows.scrollToIndex(n - 1, { align: 'center' });
    },
    [rows],
  );
  const link = useCallback((n: number) => {
    window.history.replaceState(window.history.state, '', `#L${n}`);
    setLinked(n);
  }, []);

  // where the log opens, once its length is known
  const opened = useRef(false);
  useEffect(() => {
    if (opened.current || log.total === null || log.total === 0) return;
    opened.current = true;
    const wanted = lineOfHash();
    if (wanted !== null && wanted <= log.total) {
      setLinked(wanted);
      goTo(wanted);
    } else if (!growing && failed && log.firstError !== null)
      rows.scrollToIndex(log.firstError - 1, { align: 'center' });
  }, [log.total, log.firstError, growing, failed, goTo, rows]);
  useEffect(() => {
    if (growing && follow && total > 0) rows.scrollToIndex(total - 1, { align: 'end' });
  }, [growing, follow, total, rows]);
  useEffect(() => {
    const waiting = setTimeout(() => setQ(text.trim()), 200);
    return () => clearTimeout(waiting);
  }, [text]);

  const move = (step: 1 | -1) => {
    if (search.found.length === 0) return;
    const after = search.found.findIndex((n) => n >= from + 3);
    const start = step === 1 ? (after < 0 ? 0 : after) : (after < 0 ? search.found.length : after) - 1;
    const next = search.index < 0 ? start : search.index + step;
    const line = search.go((next + search.found.length) % search.found.length);
    if (line !== null) goTo(line);
  };
  const find = () => {
    field.current?.focus();
    field.current?.select();
  };
  useCommands('log', [
    { id: 'log-search', label: 'Search the log', group: 'This page', keys: '/', run: find },
    {
      id: 'log-find',
      label: 'Find in the log',
      group: 'This page',
      keys: 'mod+f',
      whileTyping: true,
      run: find,
    },
    ...(log.firstError === null
      ? []
      : [
          {
            id: 'log-error',
            label: 'Go to the first error',
            group: 'This page',
            keys: 'e',
            run: () => goTo(log.firstError ?? 1),
          },
        ]),
  ]);
  const tell = (work: Promise<void>, done?: string) =>
    void work
      .then(() => done !== undefined && toast(done))
      .catch((error: unknown) => toast.error(sentenceOf(error)));

  return (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col">
      <LogBar
        field={field}
        text={text}
        onText={setText}
        search={{ q, index: search.index, count: search.count, busy: search.busy }}
        onMove={move}
        total={log.total}
        firstError={log.firstError}
        onFirstError={() => goTo(log.firstError ?? 1)}
        growing={growing}
        follow={follow}
        onFollow={setFollow}
        wrap={wrap}
        onWrap={setWrap}
        times={times}
        onTimes={setTimes}
        onCopy={() =>
          total > COPY_LINES
            ? toast.error(
                `A log of ${total.toLocaleString('en-US')} lines is too long to copy. Download it instead.`,
              )
            : tell(copyLog(slug, of), 'Log copied')
        }
        onDownload={() => tell(saveLog(slug, of))}
      />
      {log.problem !== null && (
        <p role="alert" className="px-4 py-2 text-12 text-failed">
          {log.problem}
        </p>
      )}
      <div
        ref={box}
        role="region"
        aria-label={`Log of ${of.taskId}, try ${of.attempt}`}
        tabIndex={0}
        className="mono min-h-0 flex-1 overflow-auto bg-code py-2 text-12"
        onWheel={(event) => {
          if (event.deltaY < 0) setFollow(false);
        }}
        onScroll={(event) => {
          const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
          if (growing && scrollHeight - scrollTop - clientHeight < 4) setFollow(true);
        }}
        onKeyDown={(event) => {
          if (['ArrowUp', 'PageUp', 'Home'].includes(event.key)) setFollow(false);
        }}
      >
        {log.total === null && log.problem === null ? (
          <SkeletonRows rows={6} label="Loading the log" />
        ) : total === 0 ? (
          <p className="px-4 font-sans text-ink-3">
            {growing ? 'It has written nothing yet.' : 'It wrote nothing.'}
          </p>
        ) : (
          <div
            className="relative w-max min-w-full"
            style={{ height: rows.getTotalSize(), ...(wrap ? { width: '100%' } : {}) }}
          >
            <div
              className="absolute top-0 left-0 min-w-full"
              style={{
                transform: `translateY(${items[0]?.start ?? 0}px)`,
                ...(wrap ? { width: '100%' } : {}),
              }}
            >
              {items.map((item) => {
                const n = item.index + 1;
                const line = log.pages.line(n);
                return (
                  <div
                    key={item.key}
                    data-index={item.index}
                    ref={wrap ? rows.measureElement : undefined}
                    className="min-w-full"
                  >
                    <LogRow
                      n={n}
                      line={line}
                      tone={log.pages.tone(n)}
                      q={q}
                      current={n === currentLine}
                      linked={n === linked}
                      wrap={wrap}
                      clock={times ? (line === undefined ? '            ' : clockOf(line.at, zone)) : null}
                      onLink={link}
                    />
                  </div>
                );
              })}
            </div>
          </div>
        )}
      </div>
    </div>
  );
}
