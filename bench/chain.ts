import { runEngineBench, type Work } from './engine-bench';
import { numberOption, type BenchOptions, type BenchResult } from './result';

/**
 * chain: no-op tasks one after another, trigger → succeeded over REST, every task with its own attempt row, lease and commit.
 * Floor: as many bare commits on the same database. Options: --tasks (40), --repeats (25), --pages live pages (0).
 */
export default function chain(options: BenchOptions, say: (text: string) => void): Promise<BenchResult> {
  return runEngineBench({
    ...chainOf(numberOption(options, 'tasks', 40)),
    repeats: numberOption(options, 'repeats', 25),
    warmups: 30,
    pages: numberOption(options, 'pages', 0),
    say,
  });
}

/** chainOf is the work of so many no-ops one after another. */
export function chainOf(tasks: number): Work {
  const ids = Array.from({ length: tasks }, (_, i) => `t${i}`);
  return {
    spec: {
      schemaVersion: 1,
      tasks: ids.map((id) => ({ id, kind: 'empty' })),
      edges: ids.slice(1).map((to, i) => ({ from: ids[i]!, to })),
    },
    floorMs: async (client) => {
      await client.query('create table if not exists bench_floor (id int primary key, n int) ');
      await client.query('insert into bench_floor values (1, 0) on conflict do nothing');
      const began = performance.now();
      for (let i = 0; i < tasks; i++) await client.query({ name: 'floor', text: 'update bench_floor set n = n + 1 where id = 1' });
      return performance.now() - began;
    },
    value: (ms) => ms,
    unit: 'ms',
  };
}
