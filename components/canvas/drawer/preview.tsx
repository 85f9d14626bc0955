'use client';

import { CalendarClock, Hash, Loader, ToggleLeft, Type } from 'lucide-react';
import type { Preview, ProfileColumn, TrySession } from '../try-session';
import { count, plural } from '../words';

/** PreviewTab shows the first rows of the node tried last: per column its type, nulls and a tiny histogram. */
export function PreviewTab({ session, label }: { session: TrySession | null; label: (id: string) => string }) {
  if (session === null) return <p className="p-4 text-12 text-ink-3">Try a node to see its first rows here, before anything is published. Select it and press Ctrl+Enter, or use Try.</p>;
  if (session.busy) {
    return (
      <p role="status" className="flex items-center gap-2 p-4 text-12 text-ink-3">
        <Loader size={14} aria-hidden className="turns" /> Trying {label(session.taskId)}
        {session.upTo ? ' with everything before it' : ''} on a sample…
      </p>
    );
  }
  if (session.error !== null) return <p role="alert" className="p-4 text-failed">{session.error}</p>;
  if (session.preview === null) return <p className="p-4 text-12 text-ink-3">{label(session.taskId)} succeeded. It makes no table of its own.</p>;
  return <Rows preview={session.preview} />;
}

/** profileOf finds what is known about a column beside its type. */
function profileOf(preview: Preview, name: string): ProfileColumn | undefined {
  const list = Array.isArray(preview.profile) ? preview.profile : preview.profile?.columns;
  return list?.find((column) => column.name === name);
}

function Rows({ preview }: { preview: Preview }) {
  const names = preview.schema.map((column) => column.name);
  return (
    <table className="cv-preview">
      <thead>
        <tr>
          {preview.schema.map((column) => (
            <Head key={column.name} name={column.name} type={column.type} profile={profileOf(preview, column.name)} rows={preview.rowCount} />
          ))}
        </tr>
      </thead>
      <tbody>
        {preview.rows.map((row, i) => (
          <tr key={i}>
            {names.map((name, j) => {
              const value = Array.isArray(row) ? row[j] : row[name];
              return (
                <td key={name} data-number={typeof value === 'number' || undefined}>
                  {value === null || value === undefined ? <span className="text-ink-3 italic">null</span> : shown(value)}
                </td>
              );
            })}
          </tr>
        ))}
        {preview.rows.length === 0 && (
          <tr>
            <td colSpan={Math.max(1, names.length)}>No rows.</td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

function Head({ name, type, profile, rows }: { name: string; type: string; profile: ProfileColumn | undefined; rows: number }) {
  const nulls = profile?.nullCount ?? profile?.nulls;
  const share = nulls !== undefined && rows > 0 ? nulls / rows : 0;
  const bars = (profile?.histogram ?? []).map((bar) => (typeof bar === 'number' ? { count: bar } : bar));
  const most = Math.max(1, ...bars.map((bar) => bar.count));
  return (
    <th scope="col">
      <span className="flex items-center gap-1">
        <TypeIcon type={type} />
        <b className="truncate">{name}</b>
      </span>
      <span className="block truncate text-ink-3">{type.toLowerCase()}</span>
      <span className="flex h-5 items-end gap-px" aria-hidden>
        {bars.slice(0, 24).map((bar, i) => (
          <i key={i} className="min-w-px flex-1 bg-chart-2" style={{ height: `${Math.max(5, (bar.count / most) * 100)}%` }} />
        ))}
      </span>
      {nulls !== undefined && <span className={share > 0 ? 'text-warn' : 'text-ink-3'}>{share > 0 ? `${(share * 100).toFixed(1)} % null` : 'no nulls'}</span>}
    </th>
  );
}

function TypeIcon({ type }: { type: string }) {
  const upper = type.toUpperCase();
  const Icon = /INT|DOUBLE|FLOAT|DECIMAL|REAL|NUMERIC/.test(upper) ? Hash : /TIME|DATE|INTERVAL/.test(upper) ? CalendarClock : upper.startsWith('BOOL') ? ToggleLeft : Type;
  return <Icon size={12} aria-hidden className="shrink-0 text-ink-3" />;
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : JSON.stringify(value));

/** previewSentence says what the preview is: "join airports · first 100 of 16,988 rows · 9 columns · 0.4 s". */
export function previewSentence(session: TrySession | null, label: (id: string) => string, took: (ms: number) => string): string {
  if (!session?.preview) return '';
  const { preview } = session;
  const rows = preview.rows.length < preview.rowCount ? `first ${count(preview.rows.length)} of ${plural(preview.rowCount, 'row')}` : plural(preview.rowCount, 'row');
  return [label(session.taskId), rows, plural(preview.schema.length, 'column'), session.tookMs === null ? '' : took(session.tookMs)].filter(Boolean).join(' · ');
}
