import { log } from '@/lib/core/log';
import { markRunsRunning, type ClaimedTask, type FinishItem } from '@/lib/dispatch/server';
import { attemptKey, finishAndClaim } from '@/lib/runs/server';
import { LiveAttempt } from './live-attempt';

/** Attempts of kinds without user code that one process holds at once: enough to fill a claim, few enough to lose cheaply. */
const INLINE_SLOTS = 500;
/** From so many ends on, recording them and taking new work go at the same time: neither waits for the other, and the database has two cores' work. */
const FLOOD = 50;
/** With no hint for this long the queue is asked anyway, in milliseconds: the watch finds work before that, this is for its bugs. */
const POLL_MS = 30_000;
/** After a failed round trip the next one waits this long, in milliseconds. */
const BACKOFF_MS = 1_000;
/** Another claimer judges the same limits: it is done after about this long, in milliseconds. */
const CROWDED_MS = 5;

/** While more than half of the slots are busy, ends of quick attempts with processes wait so long for others to share a round trip, in milliseconds. */
const GATHER_MS = 3;
/** Quick is what took no longer, in milliseconds: a slot is empty for a tenth of its time at most. */
const QUICK_MS = 30;

export type ClaimerOptions = {
  workerId: string;
  tags: string[];
  slots: number;
  leaseSeconds: number;
  /** the end of an attempt that is known without performing anything, else null; it is recorded with the next round trip */
  knownEnd?(task: ClaimedTask): FinishItem | null;
  /** performs an attempt and gives its end, or null when the end is recorded already or must not be */
  perform(attempt: LiveAttempt): Promise<FinishItem | null>;
  /** called when the delay of a retry that this worker recorded is over */
  retryDue(): void;
};

/**
 * Claimer keeps a worker's slots filled. idle → (hint, poll, freed slot, an end) → trip → idle. Usually one trip at a time carries all ends
 * gathered meanwhile and takes new work in the same commit, so a chain costs one commit a step. In a flood recording and taking go each their
 * own way, over two connections: the finish holds the run's lock, the claim needs none.
 */
export class Claimer {
  readonly live = new Map<string, LiveAttempt>();
  private ends: FinishItem[] = [];
  private inline = 0;
  private process = 0;
  private look = true;
  private recording = false;
  private claiming = false;
  private closed = false;
  private timer: NodeJS.Timeout | undefined;
  private idle: (() => void)[] = [];
  private gathering: NodeJS.Timeout | undefined;

  constructor(private readonly options: ClaimerOptions) {}

  start(): void {
    this.arm(POLL_MS);
    this.hint();
  }

  /** hint says that there may be work. */
  hint(): void {
    this.look = true;
    this.goOn();
  }

  /** close stops claiming; ends that come in are still recorded. */
  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.goOn();
  }

  /** drained resolves when no attempt is held and every end is recorded. */
  async drained(): Promise<void> {
    if (this.resting()) return;
    await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private arm(ms: number): void {
    clearTimeout(this.timer);
    if (this.closed) return;
    this.timer = setTimeout(() => {
      this.arm(POLL_MS);
      this.hint();
    }, ms);
  }

  private goOn(): void {
    clearTimeout(this.gathering);
    this.gathering = undefined;
    this.pump();
  }

  private resting(): boolean {
    return this.live.size === 0 && this.ends.length === 0 && !this.recording && !this.claiming;
  }

  private pump(): void {
    if (this.gathering) return;
    const wants = () => this.look && !this.closed && this.free();
    const flood = this.look && !this.closed && this.ends.length >= FLOOD;
    if (!this.recording && !this.claiming && !flood) {
      if (wants() || this.ends.length > 0) void this.trip({ record: true, claim: true });
      return;
    }
    // ends that are sent make room
    if (!this.recording && this.ends.length > 0) void this.trip({ record: true, claim: false });
    if (!this.claiming && wants()) void this.trip({ record: false, claim: true });
  }

  private async trip(does: { record: boolean; claim: boolean }): Promise<void> {
    this.recording ||= does.record;
    this.claiming ||= does.claim;
    let failed = false;
    try {
      await this.roundTrip(does);
    } catch (error) {
      failed = true;
      log.error({ err: error }, 'the queue did not answer; trying again');
      this.arm(BACKOFF_MS);
    }
    if (does.record) this.recording = false;
    if (does.claim) this.claiming = false;
    if (!failed) this.pump();
    if (this.resting()) this.idle.splice(0).forEach((resolve) => resolve());
  }

  /** Far ones are left to the sweeper's own turns. */
  private callBack(ms: number): void {
    if (ms < 3_600_000) setTimeout(() => this.options.retryDue(), Math.max(0, ms) + 1).unref();
  }

  /** Ends that are known but not recorded are counted too: taking must not run away from recording. */
  private free(): boolean {
    return (this.inline < INLINE_SLOTS || this.process < this.options.slots) && this.ends.length < 2 * INLINE_SLOTS;
  }

  private async roundTrip(does: { record: boolean; claim: boolean }): Promise<void> {
    const ends = does.record ? this.ends.splice(0, 500) : [];
    const { look } = this;
    if (does.claim) this.look = false;
    const { workerId, tags, leaseSeconds, slots } = this.options;
    const inline = Math.max(0, INLINE_SLOTS - this.inline);
    const process = Math.max(0, slots - this.process);
    const limits = this.closed || !does.claim ? null : { workerId, tags, leaseSeconds, inline, process, look };
    let answer: Awaited<ReturnType<typeof finishAndClaim>>;
    try {
      answer = await finishAndClaim(ends, limits, () => !this.look && !this.closed && this.ends.length === 0);
    } catch (error) {
      // nothing is known to be recorded: the fence makes saying it twice harmless
      this.ends.unshift(...ends);
      this.look ||= does.claim && look;
      throw error;
    }
    answer.settled.catch((error: unknown) => log.error({ err: error }, 'a run was not settled'));
    if ((!limits && answer.readied > 0) || answer.again) this.look = true;
    if (answer.claimed.length === 0 && answer.crowded) this.arm(CROWDED_MS);
    this.take(answer, { inline });
    for (const { not_before: due } of ends) if (due) this.callBack(new Date(due).getTime() - Date.now());
    // other inline attempts may end within this turn; their ends ride on the next round trip
    if (this.live.size > 0) await new Promise((resolve) => setImmediate(resolve));
  }

  /** take begins what was claimed, under the limits that were asked for. */
  private take({ claimed, queued }: { claimed: ClaimedTask[]; queued: string[] }, limits: { inline: number }): void {
    // a full claim means there is probably more; of attempts with processes every freed slot says so
    const quick = claimed.filter((c) => c.inline).length;
    if (quick > 0 && quick >= limits.inline) this.look = true;
    const begun = new Set<string>();
    for (const task of claimed) {
      const end = this.options.knownEnd?.(queued.includes(task.run_id) ? { ...task, begins: true } : task);
      if (end) this.ends.push(end);
      else {
        this.begin(task);
        begun.add(task.run_id);
      }
    }
    // a known end, recorded at once, says that its run is running
    const waiting = queued.filter((run) => begun.has(run));
    if (waiting.length > 0) markRunsRunning(waiting).catch((error: unknown) => log.warn({ err: error }, 'runs not marked running yet'));
  }

  /** room is how many more attempts without a process this worker can hold. */
  room(): number {
    return this.closed ? 0 : Math.max(0, INLINE_SLOTS - this.inline);
  }

  /** begin performs an attempt that this worker holds a lease on. */
  begin(task: ClaimedTask): void {
    const attempt = new LiveAttempt(task);
    const key = attemptKey(task.run_id, task.ordinal, task.attempt);
    const { inline } = task;
    const began = performance.now();
    this.live.set(key, attempt);
    if (inline) this.inline++;
    else this.process++;
    this.options
      .perform(attempt)
      .then((end) => {
        if (end) this.ends.push(end);
      })
      .catch((error: unknown) => log.error({ err: error, run: task.run_id, task: task.task_id }, 'an attempt ended without a word; its lease will run out'))
      .finally(() => {
        // one that waited may have been taken up again already
        if (this.live.get(key) === attempt) this.live.delete(key);
        // a place that is free again may be what waiting work waits for; one of many free ones is not
        if (!inline || this.inline >= INLINE_SLOTS) this.look = true;
        if (inline) this.inline--;
        else this.process--;
        if (inline || this.closed || this.process <= this.options.slots / 2 || performance.now() - began > QUICK_MS) this.goOn();
        else this.gathering ??= setTimeout(() => this.goOn(), GATHER_MS);
      });
  }
}
