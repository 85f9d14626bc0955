'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useRef, useState } from 'react';
import { sentenceOf } from '@/components/api/request';
import { RowKeys } from '@/components/lists/row-keys';
import { useCommands } from '@/components/shell/commands';
import { useWorkspace } from '@/components/shell/workspace';
import { StateTile } from '@/components/state';
import { Time } from '@/components/time';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Kbd } from '@/components/ui/kbd';
import { toast } from '@/components/ui/toast';
import { type Waiting } from '@/lib/rollout';

/** WaitingList lists what waits for an approval; j and k walk it, a opens the reason of the focused one, Enter approves. */
export function WaitingList({ waiting }: { waiting: readonly Waiting[] }) {
  const host = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<string | null>(null);
  useCommands('approvals', [
    {
      id: 'approve focused',
      label: 'Approve the focused one',
      group: 'This page',
      keys: 'a',
      run: () => {
        const rows = [...(host.current?.querySelectorAll<HTMLElement>('[data-waits]') ?? [])];
        const row = rows.find((each) => each.contains(document.activeElement)) ?? rows[0];
        if (row?.dataset.may === 'yes') setOpen(row.dataset.waits ?? null);
      },
    },
  ]);
  return (
    <RowKeys what="approval">
      <div ref={host}>
        <ul>
          {waiting.map((each) => (
            <Row key={each.id} waiting={each} open={open === each.id} setOpen={(on) => setOpen(on ? each.id : null)} />
          ))}
        </ul>
      </div>
    </RowKeys>
  );
}

function Row({ waiting, open, setOpen }: { waiting: Waiting; open: boolean; setOpen: (open: boolean) => void }) {
  const { href } = useWorkspace();
  const { id, endpoint, baseline, candidate, weights, next, lead, rest, approval, whyNot, createdBy, askedAt } = waiting;
  return (
    <li data-waits={id} data-may={whyNot === null ? 'yes' : 'no'} className="flex flex-col gap-2 border-b border-line px-4 py-3 last:border-0">
      <div className="flex flex-wrap items-start gap-x-3 gap-y-2">
        <StateTile state="awaiting_approval" className="mt-0.5" />
        <div className="min-w-[min(100%,240px)] flex-1">
          <p>
            <Link href={href(`/rollouts/${id}`)} data-row-link className="rounded-tile font-medium hover:underline">
              {endpoint ?? 'deleted endpoint'}: v{candidate.version} replaces v{baseline.version}
            </Link>{' '}
            <span className="num text-ink-2">
              {weights.candidate} %{next !== null && ` to ${next} %`}
            </span>
          </p>
          <p className="text-12 text-ink-2">
            <b className="font-medium text-ink">{lead}</b> {rest}
          </p>
          <p className="text-12 text-ink-3">
            by {createdBy}, asked <Time at={askedAt} />, expires <Time at={approval.expiresAt} />
            {approval.minApprovers > 1 && `, ${approval.approvals.length} of ${approval.minApprovers} approved`}
          </p>
        </div>
        {whyNot === null ? (
          !open && (
            <Button onClick={() => setOpen(true)}>
              Approve <Kbd>a</Kbd>
            </Button>
          )
        ) : (
          <p className="max-w-64 text-12 text-warn">{whyNot}</p>
        )}
      </div>
      {open && whyNot === null && <ApproveForm waiting={waiting} close={() => setOpen(false)} />}
    </li>
  );
}

function ApproveForm({ waiting, close }: { waiting: Waiting; close: () => void }) {
  const router = useRouter();
  const { call, href } = useWorkspace();
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const approve = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await call(`/rollouts/${waiting.id}/approve`, { body: { reason, evidenceHash: waiting.approval.evidenceHash } });
      toast(`Approved ${waiting.endpoint ?? ''} v${waiting.candidate.version}`);
      close();
    } catch (error) {
      setProblem(sentenceOf(error));
    } finally {
      setBusy(false);
      router.refresh();
    }
  };
  return (
    <form
      className="flex flex-wrap items-end gap-2 sm:pl-8"
      onSubmit={(e) => {
        e.preventDefault();
        void approve();
      }}
      onKeyDown={(e) => {
        if (e.key === 'Escape') close();
      }}
    >
      <Field label="Reason" error={problem} className="min-w-[min(100%,280px)] flex-1">
        <Input value={reason} onChange={(e) => setReason(e.target.value)} autoFocus required placeholder="What you saw, and why it may go on" />
      </Field>
      <Button look="primary" type="submit" busy={busy} disabled={reason.trim() === ''}>
        Approve{waiting.next === null ? '' : ` to ${waiting.next} %`}
      </Button>
      <Link href={href(`/rollouts/${waiting.id}`)} className="inline-flex h-8 items-center rounded-tile text-12 text-ink-2 hover:underline">
        See the evidence
      </Link>
    </form>
  );
}
