import { log } from '@/lib/core/log';
import { notify } from '@/lib/db/notify';
import { inTransaction } from '@/lib/db/transaction';
import { requireEndpoint } from '@/lib/serving/server';
import { systemContext } from '@/lib/tenancy/server';
import { gather, situationOf } from './gather';
import { CONTROLLER, move, tellMoved } from './move';
import { isFinished } from './states';
import { endpointNames, findRollout, liveRollouts, lockRollout } from './store';
import { decide } from './transition';

type Workspace = { id: string; slug: string; name: string };
/** A rollout that moves more often than this in one turn goes on in the next. */
const MOST_MOVES = 60;

/**
 * settle carries out all that is due of one rollout: each transition in a transaction of its own, so that it may be killed anywhere
 * and whoever comes next goes on from the row. Any number may do it at once.
 * @returns how many rows the evidence rests on, so that a controller can tell pages that there are more
 */
export async function settle(workspace: Workspace, id: string, now: Date): Promise<number> {
  const ctx = systemContext(workspace, now);
  for (let moves = 0; ; moves++) {
    const seen = await findRollout(workspace.id, id);
    if (!seen || isFinished(seen.state)) return 0;
    const slug = (await endpointNames(workspace.id, [seen.endpointId])).get(seen.endpointId)?.slug;
    const endpoint = slug === undefined ? null : await requireEndpoint(ctx, slug);
    const gathered = await gather(seen, endpoint, now);
    const effect = await inTransaction(async (tx) => {
      const row = await lockRollout(tx, workspace.id, id);
      if (!row || row.revision !== seen.revision) return null;
      const outcome = decide(situationOf(row, []), { kind: 'tick' }, gathered.known, now);
      if (outcome.kind !== 'moved') return null;
      await move(tx, ctx, { row, slug: slug ?? '', outcome, by: CONTROLLER, gathered });
      return outcome.effect;
    });
    if (effect === null || moves === MOST_MOVES) return gathered.evidence.candidate.rows + gathered.evidence.stable.rows;
    tellMoved(seen, effect);
  }
}

/** What a controller remembers between turns; nothing is lost with it. */
type Pace = { notBefore: number; rows: number };

/** Reading evidence takes at most this part of a controller's time. */
const PART = 0.05;

/**
 * makeController gives the duty of a worker role: one turn over all rollouts under way. A rollout whose evidence takes long to read
 * is looked at less often.
 * @returns a function that gives back how many rollouts are under way
 */
export function makeController(clock: () => Date): (given?: { hurry?: boolean }) => Promise<number> {
  const paces = new Map<string, Pace>();
  return async ({ hurry = false } = {}) => {
    const live = await liveRollouts();
    for (const id of paces.keys()) if (!live.some((each) => each.id === id)) paces.delete(id);
    for (const { id, workspace } of live) {
      const pace = paces.get(id);
      const begun = performance.now();
      if (pace && !hurry && begun < pace.notBefore) continue;
      try {
        const rows = await settle(workspace, id, clock());
        if (pace && rows !== pace.rows) notify({ topic: 'rollout', id, workspaceId: workspace.id });
        const took = performance.now() - begun;
        paces.set(id, { notBefore: performance.now() + took / PART, rows });
      } catch (error) {
        log.warn({ err: error, rollout: id }, 'a rollout could not be carried on; the next turn will try again');
      }
    }
    return live.length;
  };
}
