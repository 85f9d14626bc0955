'use client';

import { Loader } from 'lucide-react';
import { DataTable } from '@/components/datasets/data-table';
import type { TrySession } from '../try-session';
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
  const { preview } = session;
  if (preview === null) return <p className="p-4 text-12 text-ink-3">{label(session.taskId)} succeeded. It makes no table of its own.</p>;
  return (
    <>
      <DataTable label={`First rows of ${label(session.taskId)}`} schema={preview.schema} rows={preview.rows} profile={preview.profile ?? null} className="h-full" />
      {preview.rowCount === 0 && <p className="p-4 text-12 text-ink-3">No rows.</p>}
    </>
  );
}

/** previewSentence says what the preview is: "late · first 100 of 16,988 rows · 9 columns · 0.4 s · 2 steps reused". */
export function previewSentence(session: TrySession | null, label: (id: string) => string, took: (ms: number) => string): string {
  if (!session?.preview) return '';
  const { preview } = session;
  const rows = preview.rows.length < preview.rowCount ? `first ${count(preview.rows.length)} of ${plural(preview.rowCount, 'row')}` : plural(preview.rowCount, 'row');
  const reused = session.run?.tasks.filter((task) => task.state === 'restored').length ?? 0;
  return [
    label(session.taskId),
    rows,
    plural(preview.schema.length, 'column'),
    session.tookMs === null ? '' : took(session.tookMs),
    reused > 0 ? `${plural(reused, 'earlier result')} reused` : '',
  ]
    .filter(Boolean)
    .join(' · ');
}
