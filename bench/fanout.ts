import { runEngineBench, type Work } from './engine-bench';
import { numberOption, type BenchOptions, type BenchResult } from './result';

/** Tasks per statement of the floor. */
const BATCH = 100;

/**
 * fanout: 1 → n → 1 no-op tasks, trigger → succeeded over REST. Floor: the same number of rows claimed and finished by sets of 100
 * in bare statements on the same database. Options: --tasks (1000), --repeats (5), --pages live pages (0), --claimers worker
 * processes (1; each claims over two connections in a flood).
 */
export default function fanout(options: BenchOptions, say: (text: string) => void): Promise<BenchResult> {
  return runEngineBench({
    ...fanoutOf(numberOption(options, 'tasks', 1000)),
    repeats: numberOption(options, 'repeats', 5),
    pages: numberOption(options, 'pages', 0),
    claimers: numberOption(options, 'claimers', 1),
    say,
  });
}

/** fanoutOf is the work of one no-op, then so many side by side, then one. */
export function fanoutOf(tasks: number): Work {
  const ids = Array.from({ length: tasks }, (_, i) => `t${i}`);
  return {
    spec: {
      schemaVersion: 1,
      tasks: ['first', ...ids, 'last'].map((id) => ({ id, kind: 'empty' })),
      edges: ids.flatMap((id) => [{ from: 'first', to: id }, { from: id, to: 'last' }]),
    },
    floorMs: async (client) => {
      await client.query('drop table if exists bench_queue');
      await client.query('create table bench_queue (id int primary key, state text not null, worker int)');
      await client.query(`create index bench_queue_ready on bench_queue (id) where state = 'ready'`);
      await client.query(`insert into bench_queue select i, 'ready', null from generate_series(1, $1::int) i`, [tasks]);
      const began = performance.now();
      for (;;) {
        const claimed = await client.query<{ id: number }>({
          name: 'floor-claim',
          text: `update bench_queue q set state = 'running', worker = 1 from (select id from bench_queue where state = 'ready'
                 order by id limit ${BATCH} for update skip locked) c where q.id = c.id returning q.id`,
        });
        if (claimed.rows.length === 0) break;
        await client.query({
          name: 'floor-finish',
          text: `update bench_queue set state = 'succeeded' where id = any($1::int[])`,
          values: [claimed.rows.map((r) => r.id)],
        });
      }
      return performance.now() - began;
    },
    value: (ms) => (tasks / ms) * 1000,
    unit: 'tasks/s',
  };
}
