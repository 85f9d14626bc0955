import type { DeliveryState, EventView } from '@/lib/scheduler';

/** How what became of an event is drawn: the state whose look it borrows, and its word. */
export const DELIVERIES: Record<DeliveryState, { look: string; word: string }> = {
  new: { look: 'queued', word: 'New' },
  waiting: { look: 'deferred', word: 'Waits' },
  started: { look: 'succeeded', word: 'Started' },
  counted: { look: 'pending', word: 'Counted' },
  passed: { look: 'skipped', word: 'Passed over' },
  refused: { look: 'failed', word: 'Refused' },
};

export const EVENT_OPTIONS = [
  { value: 'dataset', label: 'dataset' },
  { value: 'webhook', label: 'webhook' },
  { value: 'file', label: 'file' },
  { value: 'run', label: 'run' },
];

/** eventWords says what happened: words, the thing's name, where it stands (inside the workspace), and a remark. */
export function eventWords({ kind, subject, subjectId, data }: Pick<EventView, 'kind' | 'subject' | 'subjectId' | 'data'>): { before: string; name: string; path: string; remark: string | null } {
  switch (kind) {
    case 'dataset':
      return { before: 'New version of', name: subject, path: `/datasets/${encodeURIComponent(subject)}`, remark: [`version ${Number(data.version)}`, schemaWords(data.schema), data.backfill === true ? 'by a backfill' : null].filter(Boolean).join(', ') };
    case 'webhook':
      return { before: 'Call of the webhook of', name: subject, path: `/pipelines/${subject}`, remark: bodyWords(data.body) };
    case 'file':
      return { before: 'Uploaded', name: subject, path: `/files?folder=${encodeURIComponent(subject.includes('/') ? subject.slice(0, subject.lastIndexOf('/')) : '')}`, remark: null };
    case 'run':
      return { before: 'Run of', name: subject, path: `/runs/${subjectId ?? ''}`, remark: [String(data.state), data.backfill === true ? 'of a backfill' : null].filter(Boolean).join(', ') };
  }
}

const listed = (what: string, names: unknown) => (Array.isArray(names) && names.length > 0 ? `${what} ${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}` : null);

function schemaWords(schema: unknown): string | null {
  if (typeof schema !== 'object' || schema === null) return null;
  const { added, removed, retyped } = schema as Record<string, unknown>;
  return [listed('added', added), listed('removed', removed), listed('retyped', retyped)].filter(Boolean).join(', ') || null;
}

function bodyWords(body: unknown): string | null {
  if (body === undefined) return null;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
