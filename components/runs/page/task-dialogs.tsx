'use client';

import { useState } from 'react';
import { clear, mark } from '@/app/(workspace)/w/[workspace]/runs/[id]/actions';
import { useWorkspace } from '@/components/shell/workspace';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Textarea } from '@/components/ui/input';
import { Segmented } from '@/components/ui/segmented';
import { toast } from '@/components/ui/toast';
import { useAct } from './use-act';

type Props = {
  run: string;
  task: { taskId: string; name: string; state: string; mapIndex: number | null };
  open: boolean;
  onClose: () => void;
  onDone: () => void;
};

const SCOPES = [
  ['downstream', 'With what comes after it', 'results that depend on it are made again'],
  ['upstream', 'With what comes before it', 'its inputs are made again too'],
  ['onlyFailed', 'Only what failed', 'of the tasks above'],
  ['past', 'In earlier runs too', 'the same task in earlier runs of this pipeline'],
  ['future', 'In later runs too', 'the same task in later runs of this pipeline'],
] as const;

/** ClearDialog starts a task over, with the scopes that a person chooses. */
export function ClearDialog({ run, task, open, onClose, onDone }: Props) {
  const { slug } = useWorkspace();
  const { busy, problem, act } = useAct();
  const [scope, setScope] = useState<Record<string, boolean>>({ downstream: true });
  const start = () =>
    void act(
      () =>
        clear(slug, {
          id: run,
          taskId: task.taskId,
          request: { ...scope, ...(task.mapIndex === null ? {} : { mapIndex: task.mapIndex }) },
        }),
      () => {
        toast(`${task.name} starts over`);
        onDone();
        onClose();
      },
    );
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && onClose()}
      width="sm"
      title={`Run ${task.name} again`}
      description="It gets a new attempt. Earlier attempts keep their logs and results."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" busy={busy} onClick={start}>
            Run it again
          </Button>
        </>
      }
    >
      {problem !== null && <Banner tone="error" title={problem} />}
      <div className="flex flex-col gap-2">
        {SCOPES.map(([name, label, hint]) => (
          <Checkbox
            key={name}
            label={label}
            hint={hint}
            checked={scope[name] ?? false}
            onCheckedChange={(on) => setScope((before) => ({ ...before, [name]: on }))}
          />
        ))}
      </div>
    </Dialog>
  );
}

type Marked = 'succeeded' | 'failed' | 'skipped';

/** MarkDialog gives a task the state that a person vouches for, with a reason that everybody can read. */
export function MarkDialog({ run, task, open, onClose, onDone }: Props) {
  const { slug } = useWorkspace();
  const { busy, problem, act } = useAct();
  const [state, setState] = useState<Marked>(task.state === 'succeeded' ? 'failed' : 'succeeded');
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const start = () => {
    if (reason.trim() === '') return setMissing(true);
    void act(
      () =>
        mark(slug, {
          id: run,
          taskId: task.taskId,
          request: { state, reason, ...(task.mapIndex === null ? {} : { mapIndex: task.mapIndex }) },
        }),
      () => {
        toast(`${task.name} marked ${state}`);
        setReason('');
        onDone();
        onClose();
      },
    );
  };
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && onClose()}
      width="sm"
      title={`Mark ${task.name}`}
      description={`It is ${task.state.replaceAll('_', ' ')} now. Tasks after it are judged again by the new state; nothing is run in its place.`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" busy={busy} onClick={start}>
            Mark {state}
          </Button>
        </>
      }
    >
      {problem !== null && <Banner tone="error" title={problem} />}
      <Segmented<Marked>
        label="New state"
        value={state}
        onChange={setState}
        options={(['succeeded', 'failed', 'skipped'] as const).map((value) => ({
          value,
          label: value,
          disabled: value === task.state,
        }))}
      />
      <Field
        label="Reason"
        error={missing && reason.trim() === '' ? 'Say why, so that others can follow it.' : null}
      >
        <Textarea value={reason} maxLength={2000} onChange={(event) => setReason(event.target.value)} />
      </Field>
    </Dialog>
  );
}
