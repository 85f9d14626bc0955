import type { CutScale } from '@/components/charts/cut-scale';
import { stateColor, stateEntry } from '@/components/state';
import { formatDuration } from '@/components/time/format';
import { attemptLook } from '../page/why-panel';
import { spanWords, type GanttModel, type GanttRow, type Span } from './gantt-rows';

/** A row and a bar are this high, in pixels. */
export const ROW = 24;
const BAR = 14;
const TOP = 4;
/** Room right of the last bar for its words, in pixels. */
export const AFTER = 72;

const fillOf = (state: string) => `var(--st-${stateEntry(state).look}-fill)`;

/** lookOf is how an attempt is drawn: a failed one that was tried again in the colour of retries. */
const lookOf = (span: Span): string =>
  span.past === true && (span.state === 'failed' || span.state === 'timed_out') ? 'up_for_retry' : attemptLook(span.state ?? '');

function AttemptBar({ span, x, width, y }: { span: Span; x: number; width: number; y: number }) {
  const look = lookOf(span);
  const lost = span.state === 'lost';
  const color = stateColor(look);
  return (
    <rect
      x={x + 0.5}
      y={y + TOP + 0.5}
      width={Math.max(2, width - 1)}
      height={BAR - 1}
      rx={2}
      fill={lost ? fillOf(look) : color}
      fillOpacity={look === 'succeeded' ? 0.75 : 1}
      stroke={color}
      strokeDasharray={lost || look === 'skipped' ? '3 2' : span.state === 'timed_out' ? '1 2' : undefined}
    />
  );
}

function WaitBar({ span, x, width, y }: { span: Span; x: number; width: number; y: number }) {
  if (width < 1) return null;
  const look = span.kind === 'retry' ? 'up_for_retry' : 'queued';
  return (
    <rect
      x={x + 0.5}
      y={y + TOP + 4.5}
      width={Math.max(1, width - 1)}
      height={BAR - 9}
      fill={fillOf(look)}
      stroke={stateColor(look)}
      strokeDasharray="1.5 1.5"
    />
  );
}

/** A letter of 12 px is about this wide. */
const LETTER = 6.4;

/** RowBars draws the spans of one row; an attempt is clicked to open its log. */
export function RowBars({
  row,
  y,
  scale,
  chosen,
  exact,
  onAttempt,
}: {
  row: GanttRow;
  y: number;
  scale: CutScale;
  /** the attempt whose log is open */
  chosen: number | null;
  exact: (at: number) => string;
  onAttempt?: (attempt: number) => void;
}) {
  const tries = row.spans.filter((s) => s.kind === 'attempt');
  if (row.spans.length === 0)
    return (
      <text x={4} y={y + 16} fontSize={12} fill="var(--text-3)">
        {stateEntry(row.state).label.toLowerCase()}
      </text>
    );
  return (
    <>
      {row.spans.map((span, i) => {
        const x = scale.x(span.from);
        const width = scale.x(span.to) - x;
        const { attempt } = span;
        return attempt === undefined ? (
          <g key={i}>
            <WaitBar span={span} x={x} width={width} y={y} />
            <title>{spanWords(row, span, exact)}</title>
          </g>
        ) : (
          <g key={i} data-try={attempt} className={onAttempt && 'cursor-pointer'} onClick={onAttempt && (() => onAttempt(attempt))}>
            <rect x={x - 3} y={y} width={Math.max(2, width) + 6} height={ROW} fill="transparent" />
            <AttemptBar span={span} x={x} width={width} y={y} />
            {chosen === attempt && (
              <rect
                x={x - 1.5}
                y={y + TOP - 1.5}
                width={Math.max(2, width) + 3}
                height={BAR + 3}
                rx={3}
                fill="none"
                stroke="var(--accent)"
              />
            )}
            <title>{spanWords(row, span, exact)}</title>
          </g>
        );
      })}
      {tries.map((span, i) => {
        const pace = span.open ? row.pace : null;
        const took = `${tries.length > 1 ? `try ${span.attempt}, ` : ''}${formatDuration(span.to - span.from)}`;
        const at = Math.max(scale.x(span.to), scale.x(span.from) + 2) + 6;
        const next = tries[i + 1];
        const end = next === undefined ? scale.width + AFTER : scale.x(next.from);
        const words = (pace === null ? [took] : [`${took}, ${pace.word}`, pace.word, took]).find((each) => at + each.length * LETTER <= end);
        if (words === undefined) return null;
        return (
          <text
            key={i}
            x={at}
            y={y + 16}
            fontSize={12}
            fill={pace?.stalled ? 'var(--st-retry-text)' : 'var(--text-2)'}
            stroke="var(--surface)"
            strokeWidth={3}
            paintOrder="stroke"
            pointerEvents="none"
          >
            {words}
          </text>
        );
      })}
    </>
  );
}

/** PathLine draws the critical path: a stair under the bars, each step one task. */
export function PathLine({ model, scale }: { model: GanttModel; scale: CutScale }) {
  if (model.path.length === 0) return null;
  const d = model.path.map((link, i) => {
    const y = link.row * ROW + TOP + BAR + 2.5;
    return `${i === 0 ? 'M' : 'L'}${scale.x(link.from).toFixed(1)} ${y}H${scale.x(link.to).toFixed(1)}`;
  });
  return <path d={d.join('')} fill="none" stroke="var(--text)" strokeWidth={1.5} pointerEvents="none" />;
}

/** Breaks draws where idle time is cut, and the line of now in a live run. */
export function Breaks({ model, scale, height }: { model: GanttModel; scale: CutScale; height: number }) {
  return (
    <g pointerEvents="none">
      {scale.pieces
        .filter((p) => p.cut)
        .map((p) => (
          <rect key={p.from} x={p.x0 + 2} y={0} width={p.x1 - p.x0 - 4} height={height} fill="var(--hover)" />
        ))}
      {model.live && <line x1={scale.width - 0.5} x2={scale.width - 0.5} y1={0} y2={height} stroke="var(--accent)" />}
    </g>
  );
}
