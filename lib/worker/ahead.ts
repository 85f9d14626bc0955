import type { ClaimedTask } from '@/lib/dispatch/server';

/** Short is what takes no longer than this on the whole, in milliseconds. */
const SHORT_MS = 25;
/** What an attempt took counts so much beside those before it. */
const NEWEST = 1 / 8;
/** So many for each slot, work for a tenth of a second at most, so that others are not kept from it: a trip costs the same for four attempts as for forty. */
const AHEAD = 4;
/** So long after work of two workspaces was claimed they are taken to share the slots still, in milliseconds. */
const SHARED_MS = 1_000;

/**
 * Ahead decides how many more attempts with processes are claimed than there are slots. Some are while attempts are short on the whole and all
 * of one workspace: beside a second one's, what waits here would be charged as if it held a slot. Times are milliseconds of one clock.
 */
export class Ahead {
  /** how long attempts take on the whole; before one is known, for ever */
  private usual = Infinity;
  /** whose work was claimed last, and when another's had been before it */
  private workspace: string | undefined;
  private sharedAt = -Infinity;

  /** claimed is told of new work. @returns whether two workspaces share the slots now */
  claimed(tasks: readonly Pick<ClaimedTask, 'inline' | 'workspace_id'>[], now: number): boolean {
    let others = false;
    for (const { inline, workspace_id } of tasks) {
      if (inline) continue;
      others ||= this.workspace !== undefined && this.workspace !== workspace_id;
      this.workspace = workspace_id;
    }
    if (others) this.sharedAt = now;
    return others;
  }

  /** ended is told how long an attempt took. */
  ended(took: number): void {
    this.usual = this.usual === Infinity ? took : this.usual + NEWEST * (took - this.usual);
  }

  /** forget begins anew: what was claimed ahead had to wait for too long. */
  forget(): void {
    this.usual = Infinity;
  }

  /** allowed is how many may be claimed beyond so many slots. */
  allowed(slots: number, now: number): number {
    return this.usual <= SHORT_MS && now - this.sharedAt > SHARED_MS ? AHEAD * slots : 0;
  }
}
