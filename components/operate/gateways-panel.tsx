import { Waypoints } from 'lucide-react';
import { Time } from '@/components/time';
import { CountPill } from '@/components/ui/chip';
import { EmptyState } from '@/components/ui/empty-state';
import { Panel, PanelHead } from '@/components/ui/panel';
import { Table, Td, Th } from '@/components/ui/table';
import type { ClusterView } from '@/lib/dispatch';
import type { Plain } from './plain';
import { HeartbeatAge } from './workers-panel';

/** GatewaysPanel lists the processes that answer for models. */
export function GatewaysPanel({ gateways }: { gateways: Plain<ClusterView['gateways'][number]>[] }) {
  return (
    <Panel>
      <PanelHead title="Model gateways" count={<CountPill>{gateways.length}</CountPill>} />
      {gateways.length === 0 ? (
        <EmptyState icon={<Waypoints size={18} aria-hidden />} title="No gateway is running">
          A gateway answers prediction requests for endpoints. <code>npm start</code> brings one; further ones join with <code>penstock gateway</code>.
        </EmptyState>
      ) : (
        <Table label="Model gateways" className="stack">
          <thead>
            <tr>
              <Th>Gateway</Th>
              <Th>State</Th>
              <Th numeric>Heard</Th>
              <Th>Version</Th>
              <Th>Up since</Th>
            </tr>
          </thead>
          <tbody>
            {gateways.map((gateway) => (
              <tr key={gateway.id}>
                <Td>
                  <span className="font-medium">
                    {gateway.host}:{gateway.port}
                  </span>{' '}
                  <span className="mono text-ink-3 max-md:hidden">{gateway.pid}</span>
                </Td>
                <Td>{gateway.lost ? <span className="text-failed">silent</span> : 'works'}</Td>
                <Td numeric>
                  <HeartbeatAge seconds={gateway.heartbeatAgeSeconds} at={gateway.heartbeatAt} />
                </Td>
                <Td className="max-md:hidden">{gateway.version}</Td>
                <Td className="max-md:hidden">
                  <Time at={gateway.startedAt} />
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Panel>
  );
}
