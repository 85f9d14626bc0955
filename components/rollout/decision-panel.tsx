'use client';

import { Pause, Undo2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useRef, useState } from 'react';
import { sentenceOf } from '@/components/api/request';
import { useWorkspace } from '@/components/shell/workspace';
import { Time } from '@/components/time';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Textarea } from '@/components/ui/input';
import { Panel, PanelHead } from '@/components/ui/panel';
import { toast } from '@/components/ui/toast';
import { isFinished, type RolloutView, type Verb } from '@/lib/rollout';
import { nextShare, ROLLOUT_LOOK } from './words';

type Shown = Pick<RolloutView, 'id' | 'state' | 'step' | 'steps' | 'revision' | 'candidate' | 'baseline' | 'weights' | 'unit' | 'approval' | 'evidenceHash' | 'may' | 'reason' | 'finishedAt' | 'ready'>;
const DONE: Record<Verb, string> = { approve: 'Approved', hold: 'Held', resume: 'Resumed', promote: 'Promotion begun', abort: 'Rolled back' };

/** DecisionPanel is where a person decides: one reason, what each button will do, and why a button may not be used. */
export function DecisionPanel({ rollout }: { rollout: Shown }) {
  const router = useRouter();
  const { call } = useWorkspace();
  const field = useRef<HTMLTextAreaElement>(null);
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState<Verb | null>(null);
  const { state, may, approval, candidate, baseline } = rollout;
  if (isFinished(state)) return <Ended rollout={rollout} />;

  const decide = async (verb: Verb) => {
    if (reason.trim() === '') {
      setProblem('Give a reason; it stands in the ledger.');
      field.current?.focus();
      return;
    }
    setBusy(verb);
    setProblem(null);
    try {
      const seen = verb === 'approve' && rollout.evidenceHash !== null ? { evidenceHash: rollout.evidenceHash } : {};
      await call(`/rollouts/${rollout.id}/${verb}`, { body: { reason, ...(verb === 'abort' ? {} : { revision: rollout.revision }), ...seen } });
      setReason('');
      toast(DONE[verb]);
    } catch (error) {
      setProblem(sentenceOf(error));
    } finally {
      setBusy(null);
      router.refresh();
    }
  };
  const share = nextShare(rollout.steps, rollout.step);
  const primary: { verb: Verb; label: string } =
    state === 'awaiting_approval' ? { verb: 'approve', label: share === null ? 'Approve' : `Approve to ${share} %` } : state === 'paused' && may.resume !== null && rollout.step + 1 >= rollout.steps.length ? { verb: 'promote', label: `Promote v${candidate.version}` } : { verb: 'resume', label: 'Resume' };
  const button = (verb: Verb) => ({ disabled: may[verb] !== null, title: may[verb] ?? undefined, busy: busy === verb, onClick: () => void decide(verb) });
  const shown: Verb[] = [...(state === 'running' || state === 'promoting' ? [] : [primary.verb]), 'hold', ...(primary.verb === 'promote' ? [] : (['promote'] as const)), 'abort'];
  const refused = [...new Set(shown.filter((verb) => may[verb] !== null && !(verb === 'hold' && state === 'held')).map((verb) => may[verb]))];
  return (
    <Panel>
      <PanelHead title="Your decision" remark={approval ? undefined : ROLLOUT_LOOK[state].label.toLowerCase()}>
        {approval && (
          <span className="text-12 text-ink-3">
            expires <Time at={approval.expiresAt} />
          </span>
        )}
      </PanelHead>
      <div className="flex flex-col gap-3 px-4 py-3">
        <Field label="Reason" error={problem}>
          <Textarea ref={field} rows={3} value={reason} onChange={(e) => setReason(e.target.value)} placeholder="What you saw, and why you decide so" />
        </Field>
        {shown.includes(primary.verb) && primary.verb !== 'hold' && (
          <Button look="primary" {...button(primary.verb)}>
            {primary.label}
          </Button>
        )}
        <div className="grid grid-cols-2 gap-2">
          <Button {...button('hold')}>
            <Pause size={16} aria-hidden />
            Hold
          </Button>
          <Button look="danger" {...button('abort')}>
            <Undo2 size={16} aria-hidden />
            Roll back to v{baseline.version}
          </Button>
        </div>
        {primary.verb !== 'promote' && (
          <Button look="ghost" size="sm" className="self-start" {...button('promote')}>
            Promote v{candidate.version} now
          </Button>
        )}
        {refused.length > 0 && (
          <ul className="flex flex-col gap-1 text-12 text-warn">
            {refused.map((why) => (
              <li key={why}>{why}</li>
            ))}
          </ul>
        )}
        <What rollout={rollout} share={share} />
      </div>
    </Panel>
  );
}

/** What says what each button will do. */
function What({ rollout, share }: { rollout: Shown; share: number | null }) {
  const { state, candidate, baseline, approval, unit, ready } = rollout;
  const given = approval?.approvals ?? [];
  return (
    <div className="flex flex-col gap-1.5 rounded bg-sunken px-3 py-2.5 text-12 text-ink-2">
      {ready && ready.ready === 0 && <p>v{candidate.version} has no replica that is ready, so it gets no traffic. {ready.problem}</p>}
      {approval && (
        <p>
          {given.length} of {approval.minApprovers} approved{given.length > 0 && `: ${given.map(({ by }) => by).join(', ')}`}. An approval lapses when the evidence says something else.
        </p>
      )}
      {state === 'awaiting_approval' && share !== null && (
        <p>
          Approving sends <b className="font-semibold text-ink">{share} %</b> of units ({unit}) to v{candidate.version}. Those that have it keep it.
        </p>
      )}
      {state === 'paused' && rollout.step + 1 < rollout.steps.length && <p>Resuming ends the pause now.</p>}
      {state === 'held' && <p>Resuming carries out the step again from its start.</p>}
      <p>
        Rolling back sends everything to v{baseline.version} within a second and ends the rollout. Holding leaves traffic as it is. A failed guard rolls back by itself.
      </p>
    </div>
  );
}

function Ended({ rollout }: { rollout: Shown }) {
  const { state, reason, finishedAt, candidate, baseline } = rollout;
  return (
    <Panel>
      <PanelHead title={ROLLOUT_LOOK[state].label}>
        <Time at={finishedAt} className="text-12 text-ink-3" />
      </PanelHead>
      <div className="flex flex-col gap-2 px-4 py-3">
        <p>{state === 'completed' ? `v${candidate.version} answers everything.` : `v${baseline.version} answers everything, v${candidate.version} nothing.`}</p>
        {reason !== '' && <p className="text-ink-2">{reason}</p>}
      </div>
    </Panel>
  );
}

