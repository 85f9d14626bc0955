'use client';

import Link from 'next/link';
import { RowKeys } from '@/components/lists/row-keys';
import { useWorkspace } from '@/components/shell/workspace';
import { Time } from '@/components/time';
import { Table, Td, Th } from '@/components/ui/table';
import { isFinished, type RolloutSummary } from '@/lib/rollout';
import { RolloutChip } from './rollout-chip';
import { percent, stationOf } from './words';

/** RolloutTable lists rollouts: which version replaces which, where it stands, and who started it. */
export function RolloutTable({ rollouts }: { rollouts: readonly RolloutSummary[] }) {
  const { href } = useWorkspace();
  return (
    <RowKeys what="rollout">
      <Table label="Rollouts" className="stack">
        <thead>
          <tr>
            <Th>Endpoint</Th>
            <Th>State</Th>
            <Th>Step</Th>
            <Th numeric>Candidate</Th>
            <Th>Why</Th>
            <Th>By</Th>
            <Th>Started</Th>
          </tr>
        </thead>
        <tbody>
          {rollouts.map((r) => (
            <tr key={r.id} data-link className="relative">
              <Td className="max-md:order-1">
                <Link
                  href={href(`/rollouts/${r.id}`)}
                  data-row-link
                  className="font-medium after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-focus"
                >
                  {r.endpoint ?? 'deleted endpoint'}
                  <span className="font-normal text-ink-2">
                    {' '}
                    v{r.baseline.version} to v{r.candidate.version}
                  </span>
                </Link>
              </Td>
              <Td className="max-md:order-2 max-md:justify-self-end">
                <RolloutChip state={r.state} />
              </Td>
              <Td className="whitespace-nowrap text-ink-2 max-md:order-3 max-md:text-12">
                {isFinished(r.state) ? '–' : `${r.step + 1} of ${r.steps.length}, ${stationOf(r.steps[r.step] ?? {}).name}`}
              </Td>
              <Td numeric className="max-md:order-4">
                {percent(r.weights.candidate)}
              </Td>
              <Td className="max-w-72 truncate text-ink-2 max-md:hidden">{r.reason}</Td>
              <Td className="text-ink-2 max-md:hidden">{r.createdBy}</Td>
              <Td className="text-ink-2 max-md:order-5 max-md:text-12">
                <Time at={r.createdAt} />
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </RowKeys>
  );
}
