import { type Grain, type Verdict } from '@/lib/drift';

/** What a verdict is called, and what it says. */
export const VERDICT_WORDS: Record<Verdict, { label: string; says: string }> = {
  drifted: { label: 'drifted', says: 'large and sure, in the window before, too' },
  moved: { label: 'moved', says: 'large and sure, in this window only so far' },
  small: { label: 'small change', says: 'sure, but too small to matter' },
  chance: { label: 'no change', says: 'chance explains it' },
  too_few_rows: { label: 'too few rows', says: 'no verdict' },
};

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** shortWindow names a window on an axis; windows are of UTC. */
export function shortWindow(start: string, grain: Grain): string {
  const time = new Date(start);
  const month = MONTHS[time.getUTCMonth()] ?? '';
  if (grain === 'month') return `${month} ${time.getUTCFullYear()}`;
  const day = `${time.getUTCDate()} ${month}`;
  return grain === 'hour' ? `${day} ${String(time.getUTCHours()).padStart(2, '0')}:00` : day;
}

/** psiText writes an index: three digits, and small ones honestly. */
export const psiText = (psi: number | null): string => (psi === null ? '–' : psi > 0 && psi < 0.001 ? '< 0.001' : psi.toFixed(3));

/** percentText writes a share with one digit. */
export const percentText = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** The heat of an index: five steps up to this one and more, alike in every chart so that pictures compare. */
export const HEAT_FROM = [0, 0.02, 0.05, 0.1, 0.25, 0.5] as const;

/** heatOf is the step of an index, 0 to 5. */
export const heatOf = (psi: number): number => HEAT_FROM.findLastIndex((from) => psi >= from);
