import { formatDuration, plural } from '@/components/time/format';
import { readStep, type RolloutState, type StepBody } from '@/lib/rollout';

/** A rollout's states are drawn with the looks of the one table of states; the words are its own. */
export const ROLLOUT_LOOK: Record<RolloutState, { state: string; label: string }> = {
  running: { state: 'running', label: 'Running' },
  paused: { state: 'deferred', label: 'Paused' },
  awaiting_approval: { state: 'awaiting_approval', label: 'Awaiting approval' },
  held: { state: 'up_for_retry', label: 'Held' },
  promoting: { state: 'running', label: 'Promoting' },
  completed: { state: 'succeeded', label: 'Completed' },
  rolled_back: { state: 'restored', label: 'Rolled back' },
  failed: { state: 'failed', label: 'Failed' },
};

/** percent writes a share: "5 %". */
export const percent = (share: number): string => `${share} %`;

/** stationOf names a step on the line: above it what it is, below it how long or by whom. */
export function stationOf(body: StepBody): { name: string; detail: string } {
  const step = readStep(body);
  switch (step.kind) {
    case 'shadow':
      return { name: 'Shadow', detail: step.minRows > 0 ? `${percent(step.percent)}, ${plural(step.minRows, 'row')}` : `copies of ${percent(step.percent)}` };
    case 'weight':
      return { name: percent(step.weight), detail: 'traffic' };
    case 'pause':
      return { name: 'Pause', detail: step.seconds === null ? 'until resumed' : formatDuration(step.seconds * 1000) };
    case 'analysis':
      return { name: 'Analysis', detail: plural(step.metrics.length, 'metric') };
    case 'approve':
      return { name: 'Approval', detail: `by ${plural(step.minApprovers, step.role)}` };
    case 'promote':
      return { name: '100 %', detail: 'promote' };
  }
}

const DECIDED: Record<string, string> = {
  start: 'Started',
  weight: 'Traffic',
  traffic: 'Traffic',
  shadow: 'Shadow',
  advance: 'Went on',
  ask: 'Asks for approval',
  approve: 'Approved',
  expire: 'Approval expired',
  hold: 'Held',
  resume: 'Resumed',
  promote: 'Promoted by hand',
  complete: 'Completed',
  abort: 'Rolled back',
  guard: 'Guard failed',
  analysis: 'Analysis failed',
  fail: 'Failed',
};

/** decisionWords says a line of the ledger: "Traffic, 5 %". */
export const decisionWords = (verb: string, candidate: number): string =>
  `${DECIDED[verb] ?? verb}${['weight', 'traffic'].includes(verb) ? `, ${percent(candidate)}` : ''}`;

/** nextShare is the candidate's share after the steps that follow, up to the next one that moves traffic; null when none does. */
export function nextShare(steps: readonly StepBody[], step: number): number | null {
  for (const body of steps.slice(step + 1)) {
    const next = readStep(body);
    if (next.kind === 'weight') return next.weight;
    if (next.kind === 'promote') return 100;
    if (next.kind === 'approve') return null;
  }
  return null;
}
