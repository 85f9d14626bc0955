'use client';

import { ScrollText } from 'lucide-react';
import Link from 'next/link';
import { usePathname, useSearchParams } from 'next/navigation';
import { Fragment, useState } from 'react';
import { Time } from '@/components/time';
import { Button, ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { Panel } from '@/components/ui/panel';
import { Table, Td, Th } from '@/components/ui/table';

type Entry = {
  id: string;
  at: string;
  actor: { kind: string; id: string | null; name: string };
  verb: string;
  target: string;
  targetId: string;
  before: unknown;
  after: unknown;
  ip: string | null;
};

/** AuditList shows entries, newest first; one opens to its before and after. */
export function AuditList({ items, nextCursor }: { items: Entry[]; nextCursor: string | null }) {
  const [open, setOpen] = useState<string | null>(null);
  const href = useSearchLink();
  if (items.length === 0) {
    return (
      <Panel>
        <EmptyState icon={<ScrollText size={18} aria-hidden />} title="Nothing matches">
          No change in this workspace matches the search. Take a filter off.
        </EmptyState>
      </Panel>
    );
  }
  return (
    <>
      <Panel>
        <Table label="Audit entries" className="stack">
          <thead>
            <tr>
              <Th>When</Th>
              <Th>Who</Th>
              <Th>Did</Th>
              <Th>To</Th>
              <Th aria-label="Details" />
            </tr>
          </thead>
          <tbody>
            {items.map((e) => (
              <Fragment key={e.id}>
                <tr>
                  <Td>
                    <Time at={e.at} />
                  </Td>
                  <Td>
                    <Link href={href({ actor: e.actor.name })} className="hover:underline">
                      {e.actor.name}
                    </Link>
                    {e.actor.kind !== 'user' && (
                      <span className="ml-1 text-12 text-ink-3">{e.actor.kind}</span>
                    )}
                  </Td>
                  <Td className="mono max-md:order-first">{e.verb}</Td>
                  <Td className="max-md:order-last max-md:min-w-0 max-md:truncate">
                    <Link href={href({ target: `${e.target}:${e.targetId}` })} className="hover:underline">
                      <span className="text-ink-3">{e.target}</span> {e.targetId}
                    </Link>
                  </Td>
                  <Td className="right">
                    <Button
                      size="sm"
                      look="ghost"
                      aria-expanded={open === e.id}
                      onClick={() => setOpen(open === e.id ? null : e.id)}
                    >
                      {open === e.id ? 'Close' : 'Details'}
                    </Button>
                  </Td>
                </tr>
                {open === e.id && (
                  <tr>
                    <Td colSpan={5} className="bg-sunken py-3 whitespace-normal max-md:col-span-2">
                      <Details entry={e} />
                    </Td>
                  </tr>
                )}
              </Fragment>
            ))}
          </tbody>
        </Table>
      </Panel>
      {nextCursor !== null && (
        <div>
          <ButtonLink href={href({ cursor: nextCursor })}>Older entries</ButtonLink>
        </div>
      )}
    </>
  );
}

function Details({ entry }: { entry: Entry }) {
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Side label="Before" value={entry.before} />
      <Side label="After" value={entry.after} />
      <p className="text-12 text-ink-3">
        Entry {entry.id}
        {entry.ip !== null && `, from ${entry.ip}`}
      </p>
    </div>
  );
}

const Side = ({ label, value }: { label: string; value: unknown }) => (
  <figure className="min-w-0">
    <figcaption className="text-12 font-medium text-ink-2">{label}</figcaption>
    <pre className="mono max-h-80 overflow-auto rounded border border-line bg-surface p-2" tabIndex={0}>
      {value === null ? 'nothing noted' : JSON.stringify(value, null, 2)}
    </pre>
  </figure>
);

function useSearchLink(): (change: Record<string, string>) => string {
  const path = usePathname();
  const now = useSearchParams();
  return (change) => {
    const next = new URLSearchParams(now);
    if (!('cursor' in change)) next.delete('cursor');
    for (const [key, value] of Object.entries(change)) next.set(key, value);
    return `${path}?${next.toString()}`;
  };
}
