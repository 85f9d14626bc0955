'use client';

import Link from 'next/link';
import { RowKeys } from '@/components/lists/row-keys';
import { useWorkspace } from '@/components/shell/workspace';
import { Time } from '@/components/time';
import { Tag } from '@/components/ui/chip';
import { Table, Td, Th } from '@/components/ui/table';
import { type EndpointView } from '@/lib/serving';
import { AliasTag } from './alias-tag';
import { EndpointChip } from './endpoint-chip';
import { TrafficBar } from './traffic-bar';

/** EndpointTable lists endpoints: whether they answer, by which version, and how traffic is divided. */
export function EndpointTable({ endpoints }: { endpoints: readonly EndpointView[] }) {
  const { href } = useWorkspace();
  return (
    <RowKeys what="endpoint">
      <Table label="Endpoints" className="stack">
        <thead>
          <tr>
            <Th>Endpoint</Th>
            <Th>State</Th>
            <Th>Model</Th>
            <Th>Traffic</Th>
            <Th numeric>Replicas</Th>
            <Th>Created</Th>
          </tr>
        </thead>
        <tbody>
          {endpoints.map((endpoint) => {
            const wanted = endpoint.variants.reduce((sum, variant) => sum + variant.replicas, 0);
            const ready = endpoint.variants.reduce((sum, variant) => sum + variant.ready, 0);
            return (
              <tr key={endpoint.id} data-link className="relative">
                <Td className="max-md:order-1">
                  <Link
                    href={href(`/endpoints/${endpoint.slug}`)}
                    data-row-link
                    className="mono text-14 font-medium after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-focus"
                  >
                    {endpoint.slug}
                  </Link>
                </Td>
                <Td className="max-md:order-2 max-md:justify-self-end">
                  <EndpointChip state={endpoint.state} />
                </Td>
                <Td className="max-md:order-3 max-md:text-12">
                  <span className="inline-flex items-center gap-1.5">
                    {endpoint.model}
                    {endpoint.alias !== null && <AliasTag alias={endpoint.alias} />}
                    {endpoint.variants
                      .filter((variant) => variant.weight > 0)
                      .map((variant) => (
                        <Tag key={variant.id}>v{variant.version}</Tag>
                      ))}
                  </span>
                </Td>
                <Td className="min-w-40 max-md:order-5 max-md:col-span-2">
                  <TrafficBar variants={endpoint.variants} slim />
                </Td>
                <Td numeric className="max-md:order-4">
                  {ready} of {wanted}
                </Td>
                <Td className="text-ink-2 max-md:hidden">
                  <Time at={endpoint.createdAt} show="ago" />
                </Td>
              </tr>
            );
          })}
        </tbody>
      </Table>
    </RowKeys>
  );
}
