'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useWorkspace } from '@/components/shell/workspace';
import { StateTile } from '@/components/state';
import { Time } from '@/components/time';
import { Button } from '@/components/ui/button';
import type { WaitingApproval } from '@/lib/runs';
import { DecisionDialog, type Decision } from './page/decision';

/** TaskApprovals lists approvals of runs: the question, who asked, until when, and the decision for those who may take it. */
export function TaskApprovals({ waiting }: { waiting: readonly WaitingApproval[] }) {
  const router = useRouter();
  const { href } = useWorkspace();
  const [open, setOpen] = useState<{ at: WaitingApproval; decision: Decision } | null>(null);
  const question = open && { runId: open.at.runId, taskId: open.at.taskId, mapIndex: open.at.mapIndex, name: open.at.taskId, message: open.at.message };
  return (
    <>
      <ul>
        {waiting.map((each) => (
          <li key={`${each.runId} ${each.taskId} ${each.mapIndex ?? ''}`} className="flex flex-wrap items-start gap-x-3 gap-y-2 border-b border-line px-4 py-3 last:border-0">
            <StateTile state="awaiting_approval" className="mt-0.5" />
            <div className="min-w-[min(100%,240px)] flex-1">
              <p>
                <Link
                  href={href(`/runs/${each.runId}?task=${encodeURIComponent(each.taskId)}${each.mapIndex === null ? '' : `&part=${each.mapIndex}`}`)}
                  className="rounded-tile font-medium hover:underline"
                >
                  {each.pipeline}: {each.taskId}
                  {each.mapIndex === null ? '' : ` [${each.mapIndex}]`}
                </Link>
              </p>
              <p className="break-words whitespace-pre-line text-ink-2">{each.message}</p>
              <p className="text-12 text-ink-3">
                {each.startedBy !== null && `run started by ${each.startedBy}, `}
                {each.askedAt !== null && (
                  <>
                    asked <Time at={each.askedAt} />,{' '}
                  </>
                )}
                {each.expiresAt !== null && (
                  <>
                    expires <Time at={each.expiresAt} />
                  </>
                )}
              </p>
            </div>
            {each.refusal === null ? (
              <span className="flex gap-2">
                <Button look="primary" onClick={() => setOpen({ at: each, decision: 'approve' })}>
                  Approve
                </Button>
                <Button onClick={() => setOpen({ at: each, decision: 'reject' })}>Reject</Button>
              </span>
            ) : (
              <p className="max-w-64 text-12 text-warn">{each.refusal}</p>
            )}
          </li>
        ))}
      </ul>
      {question !== null && <DecisionDialog question={question} decision={open?.decision ?? null} onClose={() => setOpen(null)} onDone={() => router.refresh()} />}
    </>
  );
}
