import { log } from '@/lib/core/log';
import { outlast } from '@/lib/db/outage';
import type { Pulse } from '@/lib/executor/server';
import type { StallPolicy } from '@/lib/pipeline';
import { lastSign, noteStall, paceOf, spell, usualDuration, type PaceState, type Stall, type Vitals } from '@/lib/runs/server';

/** Most attempts are over before anybody could look at them; milliseconds. */
const FIRST_LOOK_MS = 1_000;
/** Shorter attempts are not worth a look at their history, nor a word to open pages with each heartbeat; milliseconds. */
const YOUNG_MS = 5_000;
/** A quiet process is asked what it sleeps on after this long, in milliseconds, or after half of what its policy bears. */
const QUIET_MS = 5_000;

/** Which attempt it is. */
export type Paced = { workspaceId: string; pipelineId: string; runId: string; ordinal: number; attempt: number; taskId: string; part: boolean; policy: StallPolicy };

/**
 * AttemptPace watches how one attempt gets on and follows its task's policy for stalls: working ⇄ slow ⇄ waiting ⇄ stalled. A stall is
 * told once, at its beginning; with `then: "retry"` it ends the attempt. A task that shows life again says so.
 */
export class AttemptPace {
  /** its state is another than the one last written */
  changed = false;
  private readonly began = performance.now();
  private state: PaceState | null = null;
  private stalledSince: number | null = null;
  private usual: Vitals['usual'] = null;
  private asked = false;

  /** @param say writes into the attempt's log @param signal ends what it still has to write */
  constructor(
    readonly pulse: Pulse,
    private readonly of: Paced,
    private readonly say: (sentence: string) => void,
    private readonly signal: AbortSignal,
  ) {}

  /** isShown tells whether open pages want to hear of every heartbeat: its sentence says how long ago things were. */
  isShown(): boolean {
    return performance.now() - this.began >= YOUNG_MS;
  }

  /** take gives its signs of life for the heartbeat, once it has been looked at. */
  take(): { vitals?: Vitals } {
    this.changed = false;
    return this.state === null ? {} : { vitals: this.vitals() };
  }

  /** look judges it now and follows the policy. */
  look(): void {
    if (this.pulse.stopped.aborted || this.signal.aborted || performance.now() - this.began < FIRST_LOOK_MS) return;
    if (this.isShown() && !this.asked) this.askUsual();
    const vitals = this.vitals();
    const { state, text } = paceOf(vitals, new Date(vitals.at));
    if (state !== this.state) this.changed = true;
    this.state = state;
    if (state === 'stalled' && this.stalledSince === null) this.stall(lastSign(vitals), text);
    else if (state !== 'stalled' && state !== 'unknown' && this.stalledSince !== null) this.resume(this.stalledSince, text);
  }

  private vitals(): Vitals {
    const { afterSeconds } = this.of.policy;
    return { ...this.pulse.sample(Math.min(QUIET_MS, afterSeconds * 500)), usual: this.usual, patienceSeconds: afterSeconds };
  }

  private stall(since: number, text: string): void {
    this.stalledSince = since;
    const retry = this.of.policy.then === 'retry';
    this.note({ kind: 'stalled', since, text, tell: !retry });
    if (retry) this.pulse.stop(text);
    else this.say(`${text} It is left running.`);
  }

  private resume(since: number, text: string): void {
    this.stalledSince = null;
    const sentence = `Resumed after ${spell((Date.now() - since) / 1000)} without a sign of life. ${text}`;
    this.say(sentence);
    this.note({ kind: 'resumed', since, text: sentence, tell: true });
  }

  private note(what: Pick<Stall, 'kind' | 'text' | 'tell'> & { since: number }): void {
    const { workspaceId, runId, ordinal, attempt, taskId } = this.of;
    const stall = { ...what, since: new Date(what.since), workspaceId, runId, ordinal, attempt, taskId };
    outlast(() => noteStall(stall, new Date()), this.signal).catch((error: unknown) =>
      log.warn({ err: error, run: runId, task: taskId }, 'a stall was not written down'),
    );
  }

  private askUsual(): void {
    this.asked = true;
    const { pipelineId, taskId, part } = this.of;
    usualDuration(pipelineId, taskId, part, new Date()).then(
      (usual) => (this.usual = usual),
      (error: unknown) => log.warn({ err: error, task: taskId }, 'what is usual for a task is not known, so it is not called slow'),
    );
  }
}
