import { log } from '@/lib/core/log';
import { hotPool, pool } from '@/lib/db/pool';
import { endRun, passOn } from './pass-on';
import { ENDS_AT_ONCE, type ClaimedTask, type ClaimLimits, type PassingTask } from './schema';

/** Statements sent and not answered yet: one is executed, one lies before the database, one's answer is on its way. */
const UNDER_WAY = 3;
/** So many tasks are foreseen at once. */
const FORESEEN = 100;

/** What came of a line. ends: how many were recorded. held: the task it came to, under a lease of this worker. null: the run ended. */
export type Passed = { ends: number; held: ClaimedTask | null };

/**
 * passAlong passes on along a line of tasks that end at once, to the run's end if the line goes there. Each end is sent before the one before
 * is answered, so that the database never waits for this process. Every task still has its attempt, its lease and its commit, in their order on
 * one connection; a statement whose task is not held by then, because the one before it did not fit, writes nothing.
 * @param goOn asked before each further statement is sent; what was sent is waited for
 * @param passed called for each end that is recorded before the run's last
 * @returns null when already the first end is not so simple and `step` is to be asked
 */
export async function passAlong(
  first: PassingTask,
  { workerId, leaseSeconds }: Pick<ClaimLimits, 'workerId' | 'leaseSeconds'>,
  goOn: () => boolean,
  passed: () => void,
): Promise<Passed | null> {
  const client = await hotPool().connect();
  let broken: Error | undefined;
  const lose = (error: Error) => (broken = error);
  client.on('error', lose);
  const stopped = (error: unknown) => {
    log.warn({ err: error, run: first.run_id }, 'a line of tasks was not passed along to its end; going on from the last one known');
    return null;
  };
  let ahead: Map<number, number | null> | undefined;
  // until it is there, one goes by what the answers say
  if (goOn()) lineFrom(first.run_id, first.next).then((line) => (ahead = line), () => undefined);
  try {
    let held = await passOn(first, workerId, leaseSeconds, client);
    if (!held) return null;
    passed();
    let ends = 1;
    // the task that is held when everything sent has been recorded, and its one successor; null: it has none; undefined: not known to end at once
    let at = held.ordinal;
    const after = () => (ahead ? ahead.get(at) : underWay.length === 0 ? successor(held!) : undefined);
    const underWay: Promise<ClaimedTask | 'ended' | null>[] = [];
    for (;;) {
      for (let next = after(); next !== undefined && underWay.length < UNDER_WAY && goOn(); next = after()) {
        const foretold = { ...held, ordinal: at };
        if (next === null) {
          underWay.push(endRun(foretold, workerId, client).then((ended) => (ended ? 'ended' : null), stopped));
          at = -1;
        } else {
          underWay.push(passOn({ ...foretold, next }, workerId, leaseSeconds, client).catch(stopped));
          at = next;
        }
      }
      const answer = (await underWay.shift()) ?? null;
      if (answer === 'ended') return { ends: ends + 1, held: null };
      if (answer === null) {
        // what was sent behind it finds nothing to end
        await Promise.all(underWay);
        return { ends, held };
      }
      held = answer;
      ends++;
      passed();
    }
  } catch (error) {
    broken ??= error as Error;
    throw error;
  } finally {
    client.off('error', lose);
    client.release(broken);
  }
}

/** The one successor of a task that ends at once, null when it has none, undefined when this is not known or it is no such task. */
const successor = ({ kind, next, last }: ClaimedTask): number | null | undefined => (kind !== ENDS_AT_ONCE ? undefined : last ? null : (next ?? undefined));

/**
 * lineFrom foresees the tasks from one on that follow one another, as far as they end at once: for each its successor, or null where the line ends
 * with no successor. Each is looked at again as it ends.
 */
async function lineFrom(run: string, ordinal: number): Promise<Map<number, number | null>> {
  const { rows } = await pool().query<{ ordinal: number; next: number | null }>({
    name: 'penstock_line',
    text: `with recursive line as (
        select t.ordinal, t.downstream[1] as next, 1 as place from task_run t
        where t.run_id = $1 and t.ordinal = $2 and t.kind = $3 and cardinality(t.downstream) < 2
        union all
        select t.ordinal, t.downstream[1], l.place + 1 from line l join task_run t on t.run_id = $1 and t.ordinal = l.next
        where l.place < $4 and t.kind = $3 and cardinality(t.downstream) < 2
      )
      select ordinal, next from line`,
    values: [run, ordinal, ENDS_AT_ONCE, FORESEEN],
  });
  return new Map(rows.map((row) => [row.ordinal, row.next]));
}
