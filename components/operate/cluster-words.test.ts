import { expect, it } from 'vitest';
import { clusterSentence, type ClusterFacts } from './cluster-words';

const worker = (name: string, more: Partial<ClusterFacts['workers'][number]> = {}) => ({ name, roles: ['executor', 'scheduler'], slots: 4, busy: 0, lost: false, draining: false, ...more });
const facts = (more: Partial<ClusterFacts> = {}): ClusterFacts => ({
  workers: [worker('a')],
  partitions: Array.from({ length: 64 }, () => ({ workerId: 'a' })),
  leader: { workerId: 'a', name: 'a' },
  queue: { ready: 0, running: 0, oldestSeconds: null },
  ...more,
});

it.each([
  ['healthy and idle', facts(), '1 worker with 4 slots; nothing runs, nothing waits.'],
  ['healthy and busy', facts({ workers: [worker('a'), worker('b')], queue: { ready: 1, running: 3, oldestSeconds: 2 } }), '2 workers with 8 slots; 3 attempts run, 1 task waits.'],
  ['nobody', facts({ workers: [] }), 'No worker is running: nothing is scheduled or performed.'],
  ['one is lost', facts({ workers: [worker('a'), worker('b', { lost: true })] }), 'b fell silent; what it held is given to others when the lease is over.'],
  ['none takes tasks', facts({ workers: [worker('a', { roles: ['scheduler'] })], queue: { ready: 2, running: 0, oldestSeconds: 9 } }), 'No worker takes tasks, and 2 tasks wait.'],
  ['no leader', facts({ leader: null }), 'The singleton duties have no leader yet.'],
  ['free partitions', facts({ partitions: [{ workerId: null }] }), '1 partition of the pipelines is not scheduled by anybody yet.'],
])('%s', (_what, given, sentence) => {
  expect(clusterSentence(given)).toBe(sentence);
});
