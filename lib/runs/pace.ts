import { z } from 'zod';

export const PACE_STATES = ['working', 'slow', 'waiting', 'stalled', 'unknown'] as const;
export type PaceState = (typeof PACE_STATES)[number];

const moment = z.iso.datetime();

/** Signs of life of a running attempt as its worker saw them at `at`; a heartbeat carries them. Moments are ISO 8601. */
export const vitalsSchema = z.object({
  at: moment.describe('when these were gathered: the last heartbeat'),
  since: moment.describe('when its own work began'),
  watchedFrom: moment.describe('from when on it was looked at without a gap; what was before (a machine that slept) is not held against it'),
  progress: z.object({ value: z.number(), at: moment }).nullable().describe('the last progress it reported, 0 to 1'),
  saidAt: moment.nullable().describe('its last report of any kind: progress, message, metrics, checkpoint'),
  lineAt: moment.nullable().describe('its last log line'),
  linesPerMinute: z.number().describe('log lines in the last minute'),
  cpu: z
    .object({ percent: z.number(), overSeconds: z.number() })
    .nullable()
    .describe('CPU of its processes, 100 is one core; null where it cannot be known'),
  cpuAt: moment.nullable().describe('when its processes last used CPU'),
  outside: z.object({ what: z.string(), since: moment }).nullable().describe('what it waits for outside'),
  inside: z.string().nullable().describe('what the engine itself does for it now'),
  usual: z.object({ medianSeconds: z.number(), madSeconds: z.number(), count: z.number().int() }).nullable().describe('how long earlier ones took'),
  patienceSeconds: z.number().describe('silent for so long, it is called stalled'),
});
export type Vitals = z.infer<typeof vitalsSchema>;

/** How a running task gets on: a word, a sentence with its reasons, and the signs it rests on. */
export const paceSchema = z.object({ state: z.enum(PACE_STATES), text: z.string(), vitals: vitalsSchema });
export type Pace = z.infer<typeof paceSchema>;

/** Fewer earlier durations than this say nothing: with eight, one odd run moves neither the median nor the MAD much. */
export const ENOUGH_HISTORY = 8;
/** Iglewicz and Hoaglin: a modified z-score above 3.5 is an outlier; 1.4826 makes the MAD of a normal distribution its deviation. */
const SLOW_MADS = 3.5 * 1.4826;
/** Durations that never vary have a MAD of 0: then at least so much longer than the median, as the page Durations rings them, and in seconds. */
const SLOW_SHARE = 0.2;
const SLOW_SECONDS = 5;
/** A worker beats every third of a lease; without a beat for this long, in seconds, nothing is known of what it holds. */
const BEAT_OLD_SECONDS = 25;

/** slowAfter is the duration above which a task is slow, in seconds: median + 3.5 scaled MAD, at least 20 % and 5 s; null without enough history. */
export function slowAfter(usual: Vitals['usual']): number | null {
  if (usual === null || usual.count < ENOUGH_HISTORY) return null;
  const { medianSeconds: median, madSeconds: mad } = usual;
  return median + Math.max(SLOW_MADS * mad, SLOW_SHARE * median, SLOW_SECONDS);
}

/** usualOf is the median and the median absolute deviation of durations in seconds; null of none. */
export function usualOf(durations: readonly number[]): Vitals['usual'] {
  if (durations.length === 0) return null;
  const center = median(durations);
  return { medianSeconds: center, madSeconds: median(durations.map((each) => Math.abs(each - center))), count: durations.length };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** lastSign is the attempt's last sign of life, epoch milliseconds: CPU, a log line, a report, or the moment from which it was watched. */
export const lastSign = (v: Vitals): number =>
  Math.max(...[v.since, v.watchedFrom, v.progress?.at, v.saidAt, v.lineAt, v.cpuAt].map((at) => (at ? Date.parse(at) : 0)));

/**
 * paceOf says how a running attempt gets on (semantics §2): working, slow (at work, but past what is usual), waiting on the outside, stalled
 * (no CPU, output or progress for as long as its policy bears), or unknown. Slow is not stalled, and what cannot be measured is not guessed.
 * @param now tells old signs; ages in the sentence are as of the heartbeat that brought them
 * @param beatSeconds how often its worker beats, when that is less often than every ten seconds
 */
export function paceOf(v: Vitals, now: Date, beatSeconds = 10): { state: PaceState; text: string } {
  const at = Date.parse(v.at);
  const unheard = (now.getTime() - at) / 1000;
  if (unheard > Math.max(BEAT_OLD_SECONDS, beatSeconds * 2.5)) {
    return { state: 'unknown', text: `No heartbeat of its worker for ${spell(unheard)}; it runs again elsewhere if none comes.` };
  }
  const ago = (moment: string) => (at - Date.parse(moment)) / 1000;
  if (v.inside !== null) return { state: 'working', text: `Working: ${v.inside}.` };
  if (v.outside !== null) {
    const { what, since } = v.outside;
    return { state: 'waiting', text: `Waiting on the outside for ${spell(ago(since))}: ${what}.` };
  }
  const quiet = Math.max(0, (at - lastSign(v)) / 1000);
  if (quiet >= v.patienceSeconds) {
    return v.cpu === null
      ? { state: 'unknown', text: `No output or progress for ${spell(quiet)}. How much CPU it uses cannot be seen here, so it may be at work.` }
      : { state: 'stalled', text: `No CPU, output or progress for ${spell(quiet)}: stalled.` };
  }
  const ran = ago(v.since);
  const limit = slowAfter(v.usual);
  if (limit !== null && ran > limit) {
    const { medianSeconds, count } = v.usual!;
    return { state: 'slow', text: `Slow: ${spell(ran)} so far, usually ${spell(medianSeconds)} (the median of ${count}). ${capital(evidence(v, ago))}.` };
  }
  return { state: 'working', text: `Working: ${evidence(v, ago)}.` };
}

/** What speaks for life: CPU, progress and the last line; without them when it began. */
function evidence(v: Vitals, ago: (moment: string) => number): string {
  const found: string[] = [];
  if (v.cpu !== null && v.cpu.overSeconds >= 1) found.push(`${Math.round(v.cpu.percent)} % CPU over the last ${v.cpu.overSeconds >= 55 ? 'minute' : spell(v.cpu.overSeconds)}`);
  if (v.progress !== null) found.push(`progress ${Math.round(v.progress.value * 100)} % ${since(ago(v.progress.at))}`);
  if (v.lineAt !== null) found.push(`last line ${since(ago(v.lineAt))}`);
  else if (v.progress === null) found.push(found.length > 0 ? 'no output yet' : `began ${since(ago(v.since))}`);
  return found.join(', ');
}

const since = (seconds: number): string => (seconds < 1 ? 'just now' : `${spell(seconds)} ago`);

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** spell says a length in words as coarse as a person would: "3 s", "6 min", "2 h 5 min", "3 days". @param seconds 0 or more */
export function spell(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 90) return `${s} s`;
  const min = Math.round(s / 60);
  if (min < 90) return `${min} min`;
  const hours = Math.floor(min / 60);
  if (hours < 48) return min % 60 === 0 ? `${hours} h` : `${hours} h ${min % 60} min`;
  return `${Math.round(hours / 24)} days`;
}
