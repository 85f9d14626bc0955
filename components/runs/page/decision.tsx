'use client';

import { Check, UserCheck, X } from 'lucide-react';
import { useState } from 'react';
import { sentenceOf } from '@/components/api/request';
import { useWorkspace } from '@/components/shell/workspace';
import { Time } from '@/components/time';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Textarea } from '@/components/ui/input';
import { toast } from '@/components/ui/toast';

export type Decision = 'approve' | 'reject';

/** A question that waits for a decision, wherever it is shown. */
export type Question = { runId: string; taskId: string; mapIndex: number | null; name: string; message: string };

/** DecisionDialog asks for the reason of a decision; the decision itself is the button. */
export function DecisionDialog({ question, decision, onClose, onDone }: { question: Question; decision: Decision | null; onClose: () => void; onDone: () => void }) {
  const { call } = useWorkspace();
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const decide = async (what: Decision) => {
    if (reason.trim() === '') return setProblem('Say why, so that others can follow it.');
    setBusy(true);
    setProblem(null);
    try {
      await call(`/runs/${question.runId}/tasks/${encodeURIComponent(question.taskId)}/approve`, {
        body: { decision: what, reason, ...(question.mapIndex === null ? {} : { mapIndex: question.mapIndex }) },
      });
      toast(`${what === 'approve' ? 'Approved' : 'Rejected'}: ${question.name}`);
      setReason('');
      onClose();
    } catch (error) {
      setProblem(sentenceOf(error));
    } finally {
      setBusy(false);
      onDone();
    }
  };
  return (
    <Dialog
      open={decision !== null}
      onOpenChange={(open) => !open && onClose()}
      width="sm"
      title={decision === 'reject' ? `Reject ${question.name}` : `Approve ${question.name}`}
      description={question.message}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          {decision !== null && (
            <Button look={decision === 'approve' ? 'primary' : 'danger'} busy={busy} onClick={() => void decide(decision)}>
              {decision === 'approve' ? 'Approve' : 'Reject'}
            </Button>
          )}
        </>
      }
    >
      <Field label="Reason" error={problem}>
        <Textarea value={reason} maxLength={2000} autoFocus onChange={(event) => setReason(event.target.value)} />
      </Field>
    </Dialog>
  );
}

/** DecisionBanner shows on a run's page what is to be decided, and the two decisions to those who may. */
export function DecisionBanner({
  question,
  approvers,
  expiresAt,
  opened,
  onDone,
}: {
  question: Question;
  approvers: readonly string[];
  expiresAt: string | null;
  /** the page was opened by a link that asks for the decision */
  opened: boolean;
  onDone: () => void;
}) {
  const { can } = useWorkspace();
  const [decision, setDecision] = useState<Decision | null>(opened && can('approval:decide') ? 'approve' : null);
  return (
    <>
      <Banner
        title={
          <span className="flex items-center gap-2">
            <UserCheck size={16} aria-hidden /> {question.name}
            {question.mapIndex === null ? '' : ` [${question.mapIndex}]`} waits for a decision
          </span>
        }
        actions={
          can('approval:decide') && (
            <>
              <Button look="primary" onClick={() => setDecision('approve')}>
                <Check size={16} aria-hidden /> Approve
              </Button>
              <Button onClick={() => setDecision('reject')}>
                <X size={16} aria-hidden /> Reject
              </Button>
            </>
          )
        }
      >
        <p className="break-words whitespace-pre-line">{question.message}</p>
        <p className="text-12 text-ink-3">
          {approvers.length > 0 ? `For ${approvers.join(', ')}` : 'For everybody with the role approver'}
          {expiresAt !== null && (
            <>
              , until <Time at={expiresAt} />
            </>
          )}
        </p>
      </Banner>
      <DecisionDialog question={question} decision={decision} onClose={() => setDecision(null)} onDone={onDone} />
    </>
  );
}
