import type { TriggerKind } from '@/lib/runs';

const TRIGGER_WORDS: Record<TriggerKind, string> = {
  manual: 'by hand',
  schedule: 'schedule',
  dataset: 'dataset',
  webhook: 'webhook',
  file: 'file',
  run: 'another run',
  backfill: 'backfill',
  try: 'try',
  subpipeline: 'sub-pipeline',
  rerun: 'rerun',
};

/** triggerWord says what started a run. */
export const triggerWord = (kind: string): string => TRIGGER_WORDS[kind as TriggerKind] ?? kind;

/** TRIGGER_OPTIONS is the choice of a filter by trigger, the usual ones first. */
export const TRIGGER_OPTIONS = Object.entries(TRIGGER_WORDS).map(([value, label]) => ({ value, label }));

/** paramWords writes params as "month 4, origin DEN", shortened to three. */
export function paramWords(params: Record<string, unknown>): string {
  const all = Object.entries(params).map(([k, v]) => `${k} ${typeof v === 'string' ? v : JSON.stringify(v)}`);
  return all.length > 3 ? `${all.slice(0, 3).join(', ')} and ${all.length - 3} more` : all.join(', ');
}
