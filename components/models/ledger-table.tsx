'use client';

import Link from 'next/link';
import { useWorkspace } from '@/components/shell/workspace';
import { Time } from '@/components/time';
import { Table, Td, Th } from '@/components/ui/table';
import { type LedgerEntry } from '@/lib/serving';

const WORDS: Record<string, string> = { create: 'created', alias: 'alias moved', promote: 'promoted', abort: 'rolled back', complete: 'completed', start: 'rollout started' };

/** LedgerTable lists who answered with which share from when on, and who decided it. */
export function LedgerTable({ entries }: { entries: readonly LedgerEntry[] }) {
  const { href } = useWorkspace();
  return (
    <Table label="Ledger" className="stack">
      <thead>
        <tr>
          <Th>From</Th>
          <Th>What</Th>
          <Th>Shares from then on</Th>
          <Th>By</Th>
          <Th>Reason</Th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <tr key={entry.id}>
            <Td className="whitespace-nowrap text-ink-2 max-md:order-2 max-md:justify-self-end max-md:text-12">
              <Time at={entry.at} />
            </Td>
            <Td className="whitespace-nowrap max-md:order-1">
              {entry.rolloutId === null ? (
                (WORDS[entry.verb] ?? entry.verb)
              ) : (
                <Link href={href(`/rollouts/${entry.rolloutId}`)} className="rounded-tile underline decoration-line-strong underline-offset-2 hover:text-accent-text">
                  {WORDS[entry.verb] ?? entry.verb}
                </Link>
              )}
            </Td>
            <Td className="num max-md:order-3 max-md:col-span-2">{entry.weights.map((weight) => `${weight.variant} v${weight.version} ${weight.weight} %`).join(', ')}</Td>
            <Td className="whitespace-nowrap text-ink-2 max-md:order-4 max-md:text-12">{entry.actor}</Td>
            <Td className="text-ink-2 max-md:order-5 max-md:text-12">{entry.reason}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
