import { log } from '@/lib/core/log';
import { markRunsRunning, type ClaimedTask, type FinishItem } from '@/lib/dispatch/server';
import { attemptKey, finishAndClaim } from '@/lib/runs/server';
import { Ahead } from './ahead';
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
/** While attempts wait for a slot here, ends gather so long: nothing is idle meanwhile, in milliseconds. */
const GATHER_AHEAD_MS = 20;
/** What has waited so long for a slot here is given back, in milliseconds: the slots are not as quick as they were. */
const PATIENCE_MS = 500;

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
  /** undoes the claim of attempts that have not begun; answers which. Without it none is claimed ahead */
  giveBack?: (attempts: LiveAttempt[]) => Promise<LiveAttempt[]>;
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
  private readonly waiting: { attempt: LiveAttempt; since: number }[] = [];
  private impatient: NodeJS.Timeout | undefined;
  private readonly ahead = new Ahead();
  private givingBack = 0;
  /** the last claim of attempts with processes got all that it asked for */
  private backlog = false;

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
    this.giveBack();
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
    return this.live.size === 0 && this.givingBack === 0 && this.ends.length === 0 && !this.recording && !this.claiming;
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
    return (this.inline < INLINE_SLOTS || this.places() > 0) && this.ends.length < 2 * INLINE_SLOTS;
  }

  /** So many attempts with processes can be taken now, to begin or to wait. */
  private places(): number {
    const { slots, giveBack } = this.options;
    const ahead = giveBack ? this.ahead.allowed(slots, performance.now()) : 0;
    return Math.max(0, slots + ahead - this.process - this.waiting.length);
  }

  private async roundTrip(does: { record: boolean; claim: boolean }): Promise<void> {
    const ends = does.record ? this.ends.splice(0, 500) : [];
    const { look } = this;
    if (does.claim) this.look = false;
    const { workerId, tags, leaseSeconds } = this.options;
    const inline = Math.max(0, INLINE_SLOTS - this.inline);
    const process = this.places();
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
    this.take(answer, { inline, process: limits ? process : 0 });
    for (const { not_before: due } of ends) if (due) this.callBack(new Date(due).getTime() - Date.now());
    // other inline attempts may end within this turn; their ends ride on the next round trip
    if (this.live.size > 0) await new Promise((resolve) => setImmediate(resolve));
  }

  /** take begins what was claimed, under the limits that were asked for. */
  private take({ claimed, queued }: { claimed: ClaimedTask[]; queued: string[] }, limits: { inline: number; process: number }): void {
    // a full claim means there is probably more; of attempts with processes every freed slot says so
    const quick = claimed.filter((c) => c.inline).length;
    if (quick > 0 && quick >= limits.inline) this.look = true;
    if (limits.process > 0) this.backlog = claimed.length - quick >= limits.process;
    const begun = new Set<string>();
    for (const task of claimed) {
      const end = this.options.knownEnd?.(queued.includes(task.run_id) ? { ...task, begins: true } : task);
      if (end) this.ends.push(end);
      else {
        this.begin(task);
        begun.add(task.run_id);
      }
    }
    if (this.ahead.claimed(claimed, performance.now())) this.giveBack();
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
    this.live.set(keyOf(attempt), attempt);
    if (task.inline || this.process < this.options.slots) this.perform(attempt);
    else this.wait(attempt);
  }

  private wait(attempt: LiveAttempt): void {
    this.waiting.push({ attempt, since: performance.now() });
    this.impatient ??= setTimeout(() => this.lookAtWaiting(), PATIENCE_MS).unref();
    // one that is stopped ends as one that runs does
    attempt.controller.signal.addEventListener('abort', () => this.beginWaiting(attempt), { once: true });
  }

  private beginWaiting(attempt: LiveAttempt): void {
    const at = this.waiting.findIndex((each) => each.attempt === attempt);
    if (at >= 0) this.waiting.splice(at, 1).forEach((each) => this.perform(each.attempt));
  }

  private lookAtWaiting(): void {
    this.impatient = undefined;
    const [first] = this.waiting;
    if (!first) return;
    const left = first.since + PATIENCE_MS - performance.now();
    if (left <= 0) this.giveBack();
    else this.impatient = setTimeout(() => this.lookAtWaiting(), left).unref();
  }

  /** giveBack gives all that wait back; what cannot be given back begins, beyond the slots if need be: it is being stopped. */
  private giveBack(): void {
    this.ahead.forget();
    const attempts = this.waiting.splice(0).map(({ attempt }) => attempt);
    if (attempts.length === 0) return;
    for (const attempt of attempts) this.live.delete(keyOf(attempt));
    this.givingBack++;
    this.options
      .giveBack!(attempts)
      .then((given) => {
        for (const attempt of attempts) {
          if (given.includes(attempt)) continue;
          this.live.set(keyOf(attempt), attempt);
          this.perform(attempt);
        }
      })
      // they may have been given back all the same, and be another's under the same number
      .catch((error: unknown) => log.warn({ err: error }, 'attempts that wait for a slot were not given back; their leases will run out'))
      .finally(() => {
        this.givingBack--;
        this.goOn();
      });
  }

  private perform(attempt: LiveAttempt): void {
    const { claimed: task } = attempt;
    const key = keyOf(attempt);
    const { inline } = task;
    const began = performance.now();
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
        const took = performance.now() - began;
        if (inline) this.inline--;
        else {
          this.process--;
          this.ahead.ended(took);
          const next = this.process < this.options.slots ? this.waiting[0] : undefined;
          if (next) this.beginWaiting(next.attempt);
        }
        const { length: more } = this.waiting;
        const enough = more > this.options.slots / 4;
        if (inline || this.closed || this.process <= this.options.slots / 2 || took > QUICK_MS || (this.backlog && this.ahead.allowed(this.options.slots, performance.now()) > 0 && !enough)) this.goOn();
        else this.gathering ??= setTimeout(() => this.goOn(), enough ? GATHER_AHEAD_MS : GATHER_MS);
      });
  }
}

const keyOf = ({ claimed }: LiveAttempt): string => attemptKey(claimed.run_id, claimed.ordinal, claimed.attempt);
