/**
 * The chain and the fan-out on pg-boss, tuned as its documentation says (https://pgboss.io/api/workers): workers woken by NOTIFY, fetching
 * without a pause while batches come back full. Its own graph (`flow`) is advanced by a background timer of a second or more, so a handler
 * adds what comes next here too: a link of the chain the next one, the last leaf of the fan-out the join.
 */
import { joinTable, serve } from './rival.mjs';

const SETTINGS = {
  /** what its documentation offers against delay and round trips; it names no figures, so these are what measured best here */
  guide: { chain: { localConcurrency: 2 }, fanout: { batchSize: 500, localConcurrency: 4, burstWhenBatchFull: true } },
  /** as a newcomer has it, with as many jobs at once as the product has slots on two cores; 0.5 s is the shortest polling interval */
  installed: { localConcurrency: 4, pollingIntervalSeconds: 0.5 },
};

await serve(async ({ load, url, work, settings }) => {
  const notify = settings !== 'installed';
  const { PgBoss } = await load('pg-boss');
  const boss = new PgBoss({ connectionString: url, max: 10, useListenNotify: notify, schedule: false });
  boss.on('error', (error) => console.error(error));
  const join = joinTable();
  let end = () => undefined;
  const ended = () => new Promise((resolve) => (end = resolve));
  await boss.start();
  const query = (sql, values) => boss.getDb().executeSql(sql, values);
  await query(join.create);
  const numbered = (tasks) => Array.from({ length: tasks }, (_, i) => ({ data: { i } }));
  const handlers = {
    link: async ([{ data }]) => void (data.left > 1 ? await boss.send('link', { left: data.left - 1 }) : end()),
    first: async ([{ data }]) => {
      await query(join.set, [data.tasks]);
      await boss.insert('leaf', numbered(data.tasks));
    },
    leaf: (jobs) => join.finished(query, () => boss.send('last'), jobs.length),
    last: async () => end(),
    spread: async ([{ data }]) => void (await boss.insert('alone', numbered(data.tasks))),
    alone: async () => undefined,
  };
  for (const [name, handler] of Object.entries(handlers)) {
    await boss.createQueue(name, { notify });
    await boss.work(name, notify ? SETTINGS.guide[work] : SETTINGS.installed, handler);
  }
  return {
    chain: async (tasks) => {
      const last = ended();
      await boss.send('link', { left: tasks });
      await last;
    },
    fanout: async (tasks) => {
      const last = ended();
      await boss.send('first', { tasks });
      await last;
    },
    queue: (tasks) => boss.send('spread', { tasks }),
    idle: async () => (await query(`select not exists (select 1 from pgboss.job where state < 'completed') as idle`)).rows[0].idle,
    stop: () => boss.stop({ graceful: false }),
  };
});
