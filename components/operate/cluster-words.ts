import type { ClusterView } from '@/lib/dispatch';

const count = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;
const list = (parts: string[]) => (parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)!}`);

/** What the sentence is made from. */
export type ClusterFacts = {
  workers: Pick<ClusterView['workers'][number], 'name' | 'roles' | 'slots' | 'busy' | 'lost' | 'draining'>[];
  partitions: Pick<ClusterView['partitions'][number], 'workerId'>[];
  leader: ClusterView['leader'];
  queue: ClusterView['queue'];
};

/** clusterSentence says whether the machine is healthy: what is wrong first, else who works and what waits. */
export function clusterSentence({ workers, partitions, leader, queue }: ClusterFacts): string {
  const live = workers.filter((w) => !w.lost && !w.roles.includes('supervisor'));
  const executors = live.filter((w) => w.roles.includes('executor') && !w.draining);
  const lost = workers.filter((w) => w.lost).map((w) => w.name);
  const free = partitions.filter((p) => p.workerId === null).length;
  const wrong = [
    live.length === 0 ? 'No worker is running: nothing is scheduled or performed.' : '',
    live.length > 0 && executors.length === 0 && queue.ready > 0 ? `No worker takes tasks, and ${count(queue.ready, 'task')} ${queue.ready === 1 ? 'waits' : 'wait'}.` : '',
    lost.length > 0 ? `${list(lost)} fell silent; what ${lost.length === 1 ? 'it' : 'they'} held is given to others when the lease is over.` : '',
    live.length > 0 && leader === null ? 'The singleton duties have no leader yet.' : '',
    live.length > 0 && free > 0 ? `${count(free, 'partition')} of the pipelines ${free === 1 ? 'is' : 'are'} not scheduled by anybody yet.` : '',
  ].filter(Boolean);
  if (wrong.length > 0) return wrong.join(' ');
  const slots = executors.reduce((sum, w) => sum + w.slots, 0);
  const waits = queue.ready === 0 ? 'nothing waits' : `${count(queue.ready, 'task')} ${queue.ready === 1 ? 'waits' : 'wait'}`;
  return `${count(live.length, 'worker')} with ${count(slots, 'slot')}; ${queue.running === 0 ? 'nothing runs' : `${count(queue.running, 'attempt')} ${queue.running === 1 ? 'runs' : 'run'}`}, ${waits}.`;
}
