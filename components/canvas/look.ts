import type { ComponentType } from 'react';
import type { DraftTask } from '@/lib/pipeline/index';

export type Icon = ComponentType<{
  size?: number;
  strokeWidth?: number;
  className?: string;
  'aria-hidden'?: boolean;
}>;

/** How a kind of node looks on a card: its icon, whether its one-liner is code, and small facts beside the name. */
export type NodeLook = {
  icon: (config: Record<string, unknown>) => Icon;
  code: boolean;
  /** What stands on the card instead of the summary of lib/pipeline: code that begins on its first line goes on there. */
  line?: (config: Record<string, unknown>) => string;
  /** Short marks such as "3 tries"; most important first. */
  chips: (task: DraftTask) => string[];
};

/** listed is the config's list under `key`, or none. */
export const listed = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** flat writes the beginning of code on one line, without comments. */
export function flat(value: unknown): string {
  if (typeof value !== 'string') return '';
  return value
    .slice(0, 400)
    .replaceAll(/^\s*(--|#).*$/gm, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 120);
}
