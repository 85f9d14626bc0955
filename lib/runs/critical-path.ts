/** A task as its times say; `upstream` are places in the same list, which is in topological order. Times are epoch milliseconds. */
export type TimedTask = {
  upstream: readonly number[];
  /** start of its first attempt since the last clear; null when it was not tried */
  begunAt: number | null;
  endedAt: number | null;
};

export type CriticalPath = {
  /** places of the chain that determined the end, first to last */
  path: number[];
  /** the upstream that each task waited for last; null for those that waited for none */
  driver: (number | null)[];
  /** how much later each task could have ended without moving the end, in ms; null while the run goes on or where nothing was tried */
  slackMs: (number | null)[];
};

/**
 * criticalPath finds the chain of tasks that determined when a run ended (critical path method over what happened): from the
 * task that ended last, back over the upstream that each one waited for. A wait between two tasks counts to the later one.
 * @param now for a live run: its unfinished tasks count as ending now, and no slack is known
 */
export function criticalPath(tasks: readonly TimedTask[], now: number | null): CriticalPath {
  const end = tasks.map((t) => t.endedAt ?? (t.begunAt === null ? null : now));
  const driver = tasks.map((t, i) => {
    const begun = t.begunAt ?? end[i] ?? null;
    return begun === null ? null : lastWaitedFor(t.upstream, end, begun);
  });
  const last = lastToEnd(tasks, end);
  const path: number[] = [];
  for (let at = last; at !== null; at = driver[at] ?? null) path.unshift(at);
  return { path, driver, slackMs: now !== null || last === null ? tasks.map(() => null) : slackOf(tasks, end, driver, end[last]!) };
}

/** The upstream that ended last before the start; where a rule waits for one only, the first that ended. */
function lastWaitedFor(upstream: readonly number[], end: readonly (number | null)[], begun: number): number | null {
  const ended = upstream.filter((u) => end[u] !== null).sort((a, b) => end[a]! - end[b]!);
  return ended.filter((u) => end[u]! <= begun).at(-1) ?? ended[0] ?? null;
}

/** The task that ended last, of equals the one that began first; one that was tried before one that was passed over. */
function lastToEnd(tasks: readonly TimedTask[], end: readonly (number | null)[]): number | null {
  const tried = tasks.flatMap((t, i) => (t.begunAt !== null && end[i] !== null ? [i] : []));
  const among = tried.length > 0 ? tried : tasks.flatMap((_, i) => (end[i] === null ? [] : [i]));
  return among.reduce<number | null>((best, i) => {
    if (best === null || end[i]! > end[best]!) return i;
    return end[i] === end[best] && (tasks[i]!.begunAt ?? Infinity) < (tasks[best]!.begunAt ?? Infinity) ? i : best;
  }, null);
}

function slackOf(tasks: readonly TimedTask[], end: readonly (number | null)[], driver: readonly (number | null)[], runEnd: number): (number | null)[] {
  const latest = end.map((e) => (e === null ? null : Math.max(e, runEnd)));
  for (let d = tasks.length - 1; d >= 0; d -= 1) {
    const by = driver[d];
    if (by === null || by === undefined || latest[d] === null) continue;
    const release = end[by]!;
    for (const u of tasks[d]!.upstream) {
      if (end[u] === null || end[u]! > release) continue;
      latest[u] = Math.min(latest[u]!, latest[d]! - (end[d]! - release));
    }
  }
  return tasks.map((t, i) => (t.begunAt === null || end[i] === null ? null : latest[i]! - end[i]!));
}
