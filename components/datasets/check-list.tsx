'use client';

import Link from 'next/link';
import type { CheckResultView } from '@/lib/datasets';
import { useWorkspace } from '@/components/shell/workspace';
import { StateIcon } from '@/components/state';
import { Time } from '@/components/time';
import { Tag } from '@/components/ui/chip';
import { Table, Td, Th } from '@/components/ui/table';

const WHERE = {
  task: 'on the task',
  edge: 'on an edge',
  dataset: 'on the dataset',
  node: 'check task',
} as const;

/** CheckList shows what the checks found, newest first. A failed one that only warns is amber, one that blocks is red. */
export function CheckList({ results }: { results: readonly CheckResultView[] }) {
  const { href } = useWorkspace();
  return (
    <Table label="Check results">
      <thead>
        <tr>
          <Th>Check</Th>
          <Th>Found</Th>
          <Th>Stands</Th>
          <Th>Version</Th>
          <Th>When</Th>
        </tr>
      </thead>
      <tbody>
        {results.map((r) => (
          <tr key={r.id}>
            <Td>
              <span className="flex items-center gap-2">
                <StateIcon
                  state={r.passed ? 'succeeded' : r.severity === 'block' ? 'failed' : 'up_for_retry'}
                  label={r.passed ? 'passed' : r.severity === 'block' ? 'failed, blocks' : 'failed, warns'}
                />
                <span className="mono">{r.type}</span>
                {r.severity === 'warn' && <Tag>warns</Tag>}
              </span>
            </Td>
            <Td className="max-w-[50ch] truncate">{r.message}</Td>
            <Td className="text-ink-2">{WHERE[r.stands]}</Td>
            <Td>{r.version === null ? '–' : `v${r.version}`}</Td>
            <Td className="text-ink-2">
              {r.runId === null ? (
                <Time at={r.at} />
              ) : (
                <Link href={href(`/runs/${r.runId}`)} className="hover:underline">
                  <Time at={r.at} />
                </Link>
              )}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
