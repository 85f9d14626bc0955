import { log } from '@/lib/core/log';
import { hotPool, pool } from '@/lib/db/pool';
import { passOn } from './pass-on';
import { ENDS_AT_ONCE, type ClaimedTask, type ClaimLimits, type PassingTask } from './schema';

/** Statements sent and not answered yet: one is executed, one lies before the database, one's answer is on its way. */
const UNDER_WAY = 3;
/** So many tasks are foreseen at once. */
const FORESEEN = 100;

/** A task of a line: it ends at once and has one successor. */
type LineTask = { ordinal: number; next: number };

/**
 * passAlong passes on along a line of tasks that end at once: each end is sent before the one before is answered, so that the database
 * never waits for this process. Every task still has its attempt, its lease and its commit, in their order on one connection; a statement whose task
 * is not held by then, because the one before it did not fit, writes nothing.
 * @param goOn asked before each further statement is sent; what was sent is waited for
 * @param passed called for each end that is recorded
 * @returns the last task handed over, held by the worker; null when already the first end is not so simple and `step` is to be asked
 */
export async function passAlong(
  held: PassingTask,
  { workerId, leaseSeconds }: Pick<ClaimLimits, 'workerId' | 'leaseSeconds'>,
  goOn: () => boolean,
  passed: () => void,
): Promise<ClaimedTask | null> {
  const client = await hotPool().connect();
  let broken: Error | undefined;
  const lose = (error: Error) => (broken = error);
  client.on('error', lose);
  const stopped = (error: unknown) => {
    log.warn({ err: error, run: held.run_id }, 'a line of tasks was not passed along to its end; going on from the last one known');
    return null;
  };
  const pass = (task: PassingTask) => passOn(task, workerId, leaseSeconds, client);
  try {
    const [first, line] = await Promise.all([pass(held), goOn() ? lineFrom(held.run_id, held.next) : []]);
    if (!first) return null;
    passed();
    let last = first;
    let sent = 0;
    const underWay: Promise<ClaimedTask | null>[] = [];
    for (;;) {
      for (; sent < line.length && underWay.length < UNDER_WAY && goOn(); sent++) underWay.push(pass({ ...first, ...line[sent]! }).catch(stopped));
      const answer = underWay.shift();
      const next = answer ? await answer : null;
      if (!next) {
        // what was sent behind it finds nothing to end
        await Promise.all(underWay);
        return last;
      }
      last = next;
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

/** lineFrom gives the tasks from one on that follow one another, as far as they end at once. It is a foresight: each is looked at again as it ends. */
async function lineFrom(run: string, ordinal: number): Promise<LineTask[]> {
  const { rows } = await pool().query<LineTask>({
    name: 'penstock_line',
    text: `with recursive line as (
        select t.ordinal, t.downstream[1] as next, 1 as place from task_run t
        where t.run_id = $1 and t.ordinal = $2 and t.kind = $3 and cardinality(t.downstream) = 1
        union all
        select t.ordinal, t.downstream[1], l.place + 1 from line l join task_run t on t.run_id = $1 and t.ordinal = l.next
        where l.place < $4 and t.kind = $3 and cardinality(t.downstream) = 1
      )
      select ordinal, next from line order by place`,
    values: [run, ordinal, ENDS_AT_ONCE, FORESEEN],
  });
  return rows;
}
