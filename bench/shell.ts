import { execFileSync } from 'node:child_process';
import { runEngineBench } from './engine-bench';
import { numberOption, type BenchOptions, type BenchResult } from './result';

/**
 * shell: so many `true` commands of one run through the public path, each in a process group, a folder and a lease of its own.
 * Floor: `xargs -P` spawning as many shells with as many at once. Options: --tasks (1000), --slots (8), --repeats (5).
 */
export default function shell(options: BenchOptions, say: (text: string) => void): Promise<BenchResult> {
  const tasks = numberOption(options, 'tasks', 1000);
  const slots = numberOption(options, 'slots', 8);
  return runEngineBench({
    spec: { schemaVersion: 1, tasks: Array.from({ length: tasks }, (_, i) => ({ id: `t${i}`, kind: 'shell', config: { command: 'true' } })), edges: [] },
    repeats: numberOption(options, 'repeats', 5),
    // a worker's code for commands is compiled after some 5,000
    warmups: 6,
    pages: 0,
    env: { PENSTOCK_SLOTS: String(slots) },
    floorMs: () => {
      const began = performance.now();
      execFileSync('xargs', ['-P', String(slots), '-I', '{}', 'sh', '-c', 'true'], { input: Array.from({ length: tasks }, (_, i) => String(i)).join('\n') });
      return Promise.resolve(performance.now() - began);
    },
    value: (ms) => tasks / (ms / 1000),
    unit: 'tasks/s',
    say,
  });
}
