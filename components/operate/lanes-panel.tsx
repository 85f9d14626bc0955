import { Panel, PanelHead } from '@/components/ui/panel';
import { Table, Td, Th } from '@/components/ui/table';
import type { QueueView } from '@/lib/dispatch';
import { LANES } from './queue-words';
import type { Plain } from './plain';

/** LanesPanel lists the lanes in their order: what each holds, what waits in it, and what is kept for it. */
export function LanesPanel({ queue }: { queue: Plain<QueueView> }) {
  const { cap, used } = queue.lowLanes;
  return (
    <Panel>
      <PanelHead title="Lanes" remark={`over all workspaces, ${queue.slots} slots`} />
      <Table label="Lanes" className="stack">
        <thead>
          <tr>
            <Th>Lane</Th>
            <Th numeric>Running</Th>
            <Th numeric>Waiting</Th>
            <Th numeric>Lately</Th>
            <Th>Kept for it</Th>
          </tr>
        </thead>
        <tbody>
          {queue.lanes.map((lane) => (
            <tr key={lane.lane}>
              <Td className="py-1.5">
                <span className="font-medium">{LANES[lane.lane]?.name}</span>
                <span className="block text-12 text-ink-3">{LANES[lane.lane]?.of}</span>
              </Td>
              <Td numeric>
                <span className="text-ink-3 md:hidden">running </span>
                {lane.running}
              </Td>
              <Td numeric>
                <span className="text-ink-3 md:hidden">waiting </span>
                {lane.ready}
              </Td>
              <Td numeric className="text-ink-2 max-md:hidden">
                {lane.recentShare === null ? '–' : `${Math.round(lane.recentShare * 100)} %`}
              </Td>
              <Td className="text-ink-2 max-md:hidden">
                {lane.lane < 2 ? 'at least a tenth of the time' : lane.lane === 2 ? `at least a tenth; with exploratory ${used} of at most ${cap} slots` : 'what the others leave'}
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}
