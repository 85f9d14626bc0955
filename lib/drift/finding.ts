import { endOf } from './grain';
import { type DriftPoint, type DriftSeries, type Grain, type Verdict } from './schema';

const RANK: Record<Verdict, number> = { too_few_rows: 0, chance: 1, small: 2, moved: 3, drifted: 4 };

/** The last window of a series that had enough rows. */
const latest = (series: DriftPoint[]): DriftPoint | null => series.findLast((point) => point.verdict !== 'too_few_rows') ?? null;

export type Latest = { feature: string; point: DriftPoint };

/** latestOf gives each feature's last judged window, the worst first: by verdict, then by index. */
export function latestOf(features: DriftSeries[]): Latest[] {
  return features
    .flatMap(({ name, series }): Latest[] => {
      const point = latest(series);
      return point ? [{ feature: name, point }] : [];
    })
    .toSorted((a, b) => RANK[b.point.verdict] - RANK[a.point.verdict] || (b.point.psi ?? 0) - (a.point.psi ?? 0));
}

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const dayOf = (time: Date): string => `${time.getUTCDate()} ${MONTHS[time.getUTCMonth()]?.slice(0, 3) ?? ''} ${time.getUTCFullYear()}`;

/** windowName says in words which window starts at a time. */
export function windowName(start: string, grain: Grain): string {
  const time = new Date(start);
  if (grain === 'hour') return `the hour from ${dayOf(time)} ${String(time.getUTCHours()).padStart(2, '0')}:00`;
  if (grain === 'day') return dayOf(time);
  if (grain === 'week') return `the week ${dayOf(time)} to ${dayOf(new Date(endOf(time, 'week').getTime() - 1))}`;
  return `${MONTHS[time.getUTCMonth()] ?? ''} ${time.getUTCFullYear()}`;
}

const figure = (x: number | null): string => (x === null ? '–' : x < 0.001 ? 'less than 0.001' : x.toFixed(3));

function listed(names: string[]): string {
  if (names.length <= 1) return names[0] ?? '';
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/**
 * findingOf states in a sentence what a report shows of the last windows.
 * @param count how many features there are
 */
export function findingOf(features: DriftSeries[], grain: Grain, minRows: number): string {
  const last = latestOf(features);
  const [worst] = last;
  if (!worst) return features.some(({ series }) => series.some((point) => point.rows > 0)) ? `No verdict yet: no window has ${minRows} rows. Wait for more predictions, or choose a longer window.` : 'No predictions have been counted in this span.';
  const of = (verdict: Verdict) => last.filter(({ point }) => point.verdict === verdict);
  const where = windowName(worst.point.window, grain);
  const evidence = `PSI ${figure(worst.point.psi)}, chance alone stays under ${figure(worst.point.band)}`;
  if (of('drifted').length > 0) return `${listed(of('drifted').map((each) => each.feature))} drifted: ${worst.feature} most in ${where} (${evidence}), and the window before, too.`;
  if (of('moved').length > 0) return `${listed(of('moved').map((each) => each.feature))} moved in ${where} (${worst.feature}: ${evidence}). One more ${grain} like it and it counts as drifted.`;
  if (of('small').length > 0) return `No drift: ${of('small').length} of ${last.length} changed measurably in ${where}, none by enough to matter (largest PSI ${figure(worst.point.psi)} of 0.1).`;
  return `No drift: in ${where} all ${last.length} stay within what chance explains (largest PSI ${figure(worst.point.psi)}).`;
}
