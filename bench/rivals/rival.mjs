/**
 * What the rivals' programs share: a process of its own that the bench starts with `fork`, runs one round a message and answers when every
 * completion of the round is committed.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';

/**
 * serve starts a rival and then answers messages `{work, tasks}` with `{ms}`. PENSTOCK_RIVAL holds `{packages, url, work, settings}`.
 * @param {(given: {load: (name: string) => Promise<any>, url: string, work: 'chain' | 'fanout', settings: 'guide' | 'best' | 'installed'}) => Promise<any>} start gives `chain`, `fanout` and
 *   `queue` (each adds its jobs; the first two resolve as the last handler runs), `idle` (nothing is left to complete) and `stop`
 */
export async function serve(start) {
  const { packages, url, work, settings } = JSON.parse(process.env.PENSTOCK_RIVAL ?? '{}');
  const find = createRequire(path.join(packages, 'package.json'));
  const rival = await start({ load: (name) => import(find.resolve(name)), url, work, settings });
  process.on('message', async ({ work, tasks }) => {
    const began = performance.now();
    await rival[work](tasks);
    while (!(await rival.idle())) await new Promise((resolve) => setTimeout(resolve, 1));
    process.send?.({ ms: performance.now() - began });
  });
  process.once('disconnect', async () => {
    await rival.stop();
    process.exit(0);
  });
  process.send?.('ready');
}

/** joinTable is a row that says how many leaves of the fan-out are not finished yet. */
export function joinTable() {
  let waiting = 0;
  let flushing;
  return {
    create: 'create table if not exists fanout_join (id int primary key, unfinished int not null)',
    set: 'insert into fanout_join values (1, $1) on conflict (id) do update set unfinished = excluded.unfinished',
    /** finished counts leaves down; those that finish while a statement is under way go into the next one together. */
    async finished(query, addLast, leaves = 1) {
      waiting += leaves;
      flushing ??= (async () => {
        await setImmediate();
        const done = waiting;
        waiting = 0;
        flushing = undefined;
        const { rows } = await query('update fanout_join set unfinished = unfinished - $1 where id = 1 returning unfinished', [done]);
        if (rows[0].unfinished === 0) await addLast();
      })();
      await flushing;
    },
  };
}
