'use client';

import { memo } from 'react';
import type { LogLine } from '@/lib/observability';
import { cx } from '@/components/ui/class-names';
import { splitMatches, stretchesOf } from './ansi';
import type { Tone } from './log-pages';

/** Longer lines are cut on screen; the download has them whole. */
const SHOWN = 4000;

const TONES = {
  error: 'border-failed-line bg-line-error',
  warn: 'border-warn-line bg-line-warn',
} as const;

/** LogRow is one line of a log: number (a link to it), time, text with its colours and the searched text marked. */
export const LogRow = memo(function LogRow({
  n,
  line,
  tone,
  q,
  current,
  linked,
  wrap,
  clock,
  onLink,
}: {
  n: number;
  line: LogLine | undefined;
  tone: Tone;
  q: string;
  /** It is the match that the reader stands on. */
  current: boolean;
  /** It is the line that the address names. */
  linked: boolean;
  wrap: boolean;
  /** The time as text, or null when times are hidden. */
  clock: string | null;
  onLink: (n: number) => void;
}) {
  return (
    <div
      data-line={n}
      className={cx(
        'flex min-w-full gap-3 border-l-3 pr-4 leading-[24px]',
        tone === null ? 'border-transparent' : TONES[tone],
        linked && 'bg-selected',
        current && 'outline-1 -outline-offset-1 outline-focus',
      )}
    >
      <a
        href={`#L${n}`}
        aria-label={`Link to line ${n}`}
        aria-current={linked ? 'true' : undefined}
        onClick={(event) => {
          event.preventDefault();
          onLink(n);
        }}
        className="w-12 shrink-0 text-right text-ink-3 select-none hover:text-ink hover:underline"
      >
        {n}
      </a>
      {clock !== null && <span className="shrink-0 text-ink-3 select-none max-sm:hidden">{clock}</span>}
      <span
        className={cx(
          wrap ? 'min-w-0 break-all whitespace-pre-wrap' : 'whitespace-pre',
          line?.stream === 'system' && 'text-ink-2',
          tone === 'error' && 'text-failed',
        )}
      >
        {line === undefined ? <span className="text-ink-3">…</span> : <LineText text={line.text} q={q} />}
      </span>
    </div>
  );
});

function LineText({ text, q }: { text: string; q: string }) {
  const cut = text.length > SHOWN;
  return (
    <>
      {stretchesOf(cut ? text.slice(0, SHOWN) : text).map((part, i) => (
        <span
          key={i}
          style={
            part.color === undefined && part.background === undefined
              ? undefined
              : { color: part.color, background: part.background }
          }
          className={cx(
            part.bold && 'font-semibold',
            part.dim && 'opacity-70',
            part.italic && 'italic',
            part.underline && 'underline',
          )}
        >
          {q === ''
            ? part.text
            : splitMatches(part.text, q).map((piece, j) =>
                j % 2 === 1 ? (
                  <mark key={j} className="bg-mark text-inherit">
                    {piece}
                  </mark>
                ) : (
                  piece
                ),
              )}
        </span>
      ))}
      {cut && (
        <span className="text-ink-3 select-none">
          {' '}
          … {(text.length - SHOWN).toLocaleString('en-US')} more characters in the download
        </span>
      )}
    </>
  );
}
