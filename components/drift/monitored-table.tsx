'use client';

import Link from 'next/link';
import { RowKeys } from '@/components/lists/row-keys';
import { useWorkspace } from '@/components/shell/workspace';
import { formatCount, Time } from '@/components/time';
import { Tag } from '@/components/ui/chip';
import { Table, Td, Th } from '@/components/ui/table';
import { type Monitored } from '@/lib/drift';
import { VerdictMark } from './verdict-mark';
import { psiText, shortWindow } from './words';

const WITHOUT = { none: 'no training data to compare with', waiting: 'reference is being made', failed: 'reference could not be made', ready: 'no verdict yet' };

/** MonitoredTable lists endpoints with their worst drift now. */
export function MonitoredTable({ items }: { items: readonly Monitored[] }) {
  const { href } = useWorkspace();
  return (
    <RowKeys what="endpoint">
      <Table label="Monitored endpoints" className="stack">
        <thead>
          <tr>
            <Th>Endpoint</Th>
            <Th>Model</Th>
            <Th>Worst drift now</Th>
            <Th>Feature</Th>
            <Th numeric>PSI</Th>
            <Th>Window</Th>
            <Th numeric>Predictions</Th>
            <Th>Newest</Th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.endpoint} data-link className="relative">
              <Td className="max-md:order-1">
                <Link
                  href={href(`/monitoring/${item.endpoint}`)}
                  data-row-link
                  className="text-14 font-medium after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-focus"
                >
                  {item.endpoint}
                </Link>
              </Td>
              <Td className="max-md:order-2 max-md:justify-self-end">
                <span className="inline-flex items-center gap-1.5">
                  {item.model} {item.version !== null && <Tag>v{item.version}</Tag>}
                </span>
              </Td>
              <Td className="max-md:order-3">{item.worst ? <VerdictMark verdict={item.worst.verdict} /> : <span className="text-ink-3">{WITHOUT[item.reference]}</span>}</Td>
              <Td className="max-md:order-4 max-md:justify-self-end">{item.worst?.feature ?? '–'}</Td>
              <Td numeric className="max-md:hidden">
                {psiText(item.worst?.psi ?? null)}
              </Td>
              <Td className="text-ink-2 max-md:hidden">{item.worst ? `${item.grain} ${shortWindow(item.worst.window, item.grain)}` : '–'}</Td>
              <Td numeric className="max-md:hidden">
                {formatCount(item.rows)}
              </Td>
              <Td className="text-ink-2 max-md:hidden">{item.lastAt === null ? '–' : <Time at={item.lastAt} />}</Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </RowKeys>
  );
}
