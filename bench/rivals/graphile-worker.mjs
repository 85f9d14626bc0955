/**
 * The chain and the fan-out on graphile-worker, tuned as its performance guide says (https://worker.graphile.org/docs/performance): local
 * queue, completions and failures released in batches without delay. It keeps no graph: a link of the chain adds the next one, and the
 * leaves of the fan-out count down a row, whose last one adds the join.
 */
import { joinTable, serve } from './rival.mjs';

const BATCHES = { completeJobBatchDelay: 0, failJobBatchDelay: 0 };
const SETTINGS = {
  /** the guide's settings of its fastest run */
  guide: { concurrentJobs: 24, maxPoolSize: 25, localQueue: { size: 500 }, ...BATCHES },
  /** what measured best here: the chain one at a time, the fan-out as many at once as the local queue holds, counted down together */
  best: { chain: { concurrentJobs: 1, localQueue: { size: 2 }, ...BATCHES }, fanout: { concurrentJobs: 500, maxPoolSize: 25, localQueue: { size: 500 }, ...BATCHES } },
  /** as a newcomer has it, with as many jobs at once as the product has slots on two cores */
  installed: { concurrentJobs: 4 },
};

await serve(async ({ load, url, work, settings }) => {
  const { run, makeWorkerUtils, Logger } = await load('graphile-worker');
  const logger = new Logger(() => (level, message, meta) => level === 'error' && console.error(message, meta?.error ?? ''));
  const join = joinTable();
  let end = () => undefined;
  const ended = () => new Promise((resolve) => (end = resolve));
  const numbered = (identifier, tasks) => Array.from({ length: tasks }, (_, i) => ({ identifier, payload: { i } }));
  const utils = await makeWorkerUtils({ connectionString: url, logger });
  const query = (sql, values) => utils.withPgClient((client) => client.query(sql, values));
  await query(join.create);
  await utils.migrate();
  const runner = await run({
    preset: { worker: { connectionString: url, logger, ...(settings === 'best' ? SETTINGS.best[work] : SETTINGS[settings]) } },
    noHandleSignals: true,
    taskList: {
      link: async ({ left }, { addJob }) => void (left > 1 ? await addJob('link', { left: left - 1 }) : end()),
      first: async ({ tasks }, helpers) => {
        await helpers.query(join.set, [tasks]);
        await helpers.addJobs(numbered('leaf', tasks));
      },
      leaf: (_, helpers) => join.finished(helpers.query, () => helpers.addJob('last')),
      last: () => end(),
      spread: async ({ tasks }, { addJobs }) => void (await addJobs(numbered('alone', tasks))),
      alone: () => undefined,
    },
  });
  return {
    chain: async (tasks) => {
      const last = ended();
      await runner.addJob('link', { left: tasks });
      await last;
    },
    fanout: async (tasks) => {
      const last = ended();
      await runner.addJob('first', { tasks });
      await last;
    },
    queue: (tasks) => runner.addJob('spread', { tasks }),
    idle: async () => (await query('select not exists (select 1 from graphile_worker._private_jobs) as idle')).rows[0].idle,
    stop: async () => {
      await runner.stop();
      await utils.release();
    },
  };
});
