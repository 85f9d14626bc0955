'use client';

import { ChevronDown, ChevronUp } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, ButtonLink } from '@/components/ui/button';
import { Sheet } from '@/components/ui/dialog';
import type { Peek } from './list-table';

/** PeekSheet shows the main facts of a row beside the list; the buttons step on, Escape goes back to the list. */
export function PeekSheet<R>({ row, peek, onStep, onClose }: { row: R | null; peek: Peek<R>; onStep: (step: 1 | -1) => void; onClose: () => void }) {
  if (row === null) return null;
  return (
    <Sheet
      title={peek.title(row)}
      open
      onOpenChange={(open) => !open && onClose()}
      footer={
        <>
          <Button size="sm" onClick={() => onStep(-1)}>
            <ChevronUp size={14} aria-hidden />
            Previous
          </Button>
          <Button size="sm" onClick={() => onStep(1)}>
            <ChevronDown size={14} aria-hidden />
            Next
          </Button>
          <ButtonLink size="sm" look="primary" href={peek.href(row)} className="ml-auto">
            Open
          </ButtonLink>
        </>
      }
    >
      <div className="flex flex-col gap-4 p-4">{peek.body(row)}</div>
    </Sheet>
  );
}

/** Facts is a list of names and values. */
export const Facts = ({ facts }: { facts: readonly (readonly [string, ReactNode])[] }) => (
  <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5 [&_dt]:text-12 [&_dt]:leading-5 [&_dt]:text-ink-3">
    {facts.map(([name, value]) => (
      <div key={name} className="contents">
        <dt>{name}</dt>
        <dd className="min-w-0 break-words">{value}</dd>
      </div>
    ))}
  </dl>
);
