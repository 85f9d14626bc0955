import { cx } from '@/components/ui/class-names';
import { Panel, PanelHead } from '@/components/ui/panel';
import type { ClusterView } from '@/lib/dispatch';

/** Holders are told apart by tint and by number; further ones share the last tint. */
const TINTS = ['bg-accent-soft border-accent-border', 'bg-running-fill border-running-line', 'bg-good-fill border-good-line', 'bg-warn-fill border-warn-line', 'bg-sunken border-line-2'];

/** PartitionsPanel draws the 64 partitions of the pipelines as tiles, each with the number of the worker that schedules it. */
export function PartitionsPanel({ partitions, leader }: { partitions: ClusterView['partitions']; leader: ClusterView['leader'] }) {
  const holders = [...new Map(partitions.flatMap((one) => (one.workerId === null ? [] : [[one.workerId, one.name ?? 'a worker'] as const])))];
  const numberOf = new Map(holders.map(([id], i) => [id, i + 1]));
  const tint = (number: number | undefined) => (number === undefined ? 'border-dashed border-failed-line' : TINTS[Math.min(number - 1, TINTS.length - 1)]);
  return (
    <Panel>
      <PanelHead title="Partitions of the pipelines" remark={leader === null ? 'no leader' : `singleton duties: ${leader.name}`} />
      <div className="flex flex-col gap-3 p-4">
        <ul className="flex flex-wrap gap-x-4 gap-y-1 text-ink-2">
          {holders.map(([id, name], i) => (
            <li key={id} className="inline-flex items-center gap-2">
              <span aria-hidden className={cx('num inline-flex size-5 items-center justify-center rounded-tile border text-12', tint(i + 1))}>
                {i + 1}
              </span>
              {name}: {partitions.filter((one) => one.workerId === id).length} of {partitions.length}
            </li>
          ))}
          {holders.length === 0 && <li>Nobody schedules pipelines now.</li>}
        </ul>
        <div role="img" aria-label={`Partitions by worker: ${holders.map(([id, name]) => `${name} ${partitions.filter((s) => s.workerId === id).length}`).join(', ') || 'none'}`} className="flex flex-wrap gap-1">
          {partitions.map(({ partition, workerId, name }) => {
            const number = workerId === null ? undefined : numberOf.get(workerId);
            return (
              <span
                key={partition}
                title={`Partition ${partition}: ${name ?? 'nobody'}`}
                className={cx('num inline-flex size-5 items-center justify-center rounded-tile border text-12 text-ink-2', tint(number))}
              >
                {number ?? ''}
              </span>
            );
          })}
        </div>
        <p className="max-w-[70ch] text-12 text-ink-3">
          Each pipeline belongs to one partition. The live schedulers divide the partitions evenly; those of one that stops move at once, those of one that is killed within a lease.
        </p>
      </div>
    </Panel>
  );
}
