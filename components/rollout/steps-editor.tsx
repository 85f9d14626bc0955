'use client';

import { ArrowDown, ArrowUp, Plus, Trash2 } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { IconButton } from '@/components/ui/icon-button';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { readStep, type Step, type StepBody } from '@/lib/rollout';

const NEW: Record<Step['kind'], StepBody> = {
  shadow: { shadow: { percent: 10, minRows: 1000 } },
  weight: { weight: 10 },
  pause: { pause: 3600 },
  analysis: { analysis: { metrics: [{ metric: 'error_rate' }, { metric: 'latency_p95' }] } },
  approve: { approve: { role: 'approver', minApprovers: 1, expiresSeconds: 86_400 } },
  promote: { promote: {} },
};
const KINDS: { value: Step['kind']; label: string; hint: string }[] = [
  { value: 'shadow', label: 'Shadow', hint: 'copies of calls; callers get the stable version' },
  { value: 'weight', label: 'Traffic', hint: 'a share of units to the candidate' },
  { value: 'pause', label: 'Pause', hint: 'for a time, or until a person resumes' },
  { value: 'analysis', label: 'Analysis', hint: 'goes on when the metrics are no worse' },
  { value: 'approve', label: 'Approval', hint: 'by somebody else than the author' },
  { value: 'promote', label: 'Promote', hint: 'the candidate becomes the stable version' },
];

/** Steps that a person who does not care starts with. */
export const DEFAULT_STEPS: StepBody[] = [{ weight: 5 }, NEW.approve, { weight: 25 }, NEW.pause, NEW.promote];

/** StepsEditor edits the steps of a rollout in order. */
export function StepsEditor({ steps, onChange }: { steps: readonly StepBody[]; onChange: (steps: StepBody[]) => void }) {
  const put = (i: number, step: StepBody) => onChange(steps.map((each, at) => (at === i ? step : each)));
  const swap = (i: number, j: number) => onChange(steps.map((each, at) => (at === i ? (steps[j] ?? each) : at === j ? (steps[i] ?? each) : each)));
  return (
    <div className="flex flex-col gap-2">
      <ol className="flex flex-col gap-2">
        {steps.map((body, i) => (
          <li key={i} className="flex flex-wrap items-center gap-2">
            <span className="num w-5 text-right text-12 text-ink-3">{i + 1}</span>
            <Select<Step['kind']> label={`Step ${i + 1}`} className="w-28" value={readStep(body).kind} options={KINDS} onChange={(kind) => put(i, NEW[kind])} />
            <span className="flex min-w-40 flex-1 items-center gap-2">
              <StepFields at={i + 1} body={body} onChange={(step) => put(i, step)} />
            </span>
            <span className="flex">
              <IconButton size="sm" label={`Move step ${i + 1} up`} disabled={i === 0} onClick={() => swap(i, i - 1)}>
                <ArrowUp size={14} aria-hidden />
              </IconButton>
              <IconButton size="sm" label={`Move step ${i + 1} down`} disabled={i === steps.length - 1} onClick={() => swap(i, i + 1)}>
                <ArrowDown size={14} aria-hidden />
              </IconButton>
              <IconButton size="sm" label={`Remove step ${i + 1}`} disabled={steps.length === 1} onClick={() => onChange(steps.filter((_, at) => at !== i))}>
                <Trash2 size={14} aria-hidden />
              </IconButton>
            </span>
          </li>
        ))}
      </ol>
      <Button size="sm" className="self-start" onClick={() => onChange([...steps.slice(0, -1), { weight: 50 }, ...steps.slice(-1)])}>
        <Plus size={14} aria-hidden />
        Add a step
      </Button>
    </div>
  );
}

function StepFields({ at, body, onChange }: { at: number; body: StepBody; onChange: (body: StepBody) => void }) {
  const number = (label: string, value: number | null, unit: string, put: (value: number | null) => void, placeholder?: string) => (
    <Input
      type="number"
      step="any"
      min={0}
      aria-label={`${label} of step ${at}`}
      className="num w-full"
      value={value ?? ''}
      placeholder={placeholder}
      end={<span className="pr-1">{unit}</span>}
      onChange={(e) => put(e.target.value === '' ? null : Number(e.target.value))}
    />
  );
  const step = readStep(body);
  switch (step.kind) {
    case 'weight':
      return number('Share', step.weight, '%', (weight) => onChange({ weight: weight ?? 0 }));
    case 'pause':
      return number('Minutes', step.seconds === null ? null : step.seconds / 60, 'min', (minutes) => onChange({ pause: minutes === null ? null : minutes * 60 }), 'until resumed');
    case 'shadow':
      return (
        <>
          {number('Copies', step.percent, '%', (percent) => onChange({ shadow: { percent: percent ?? 1, ...(step.minRows > 0 ? { minRows: step.minRows } : {}) } }))}
          {number('Rows', step.minRows || null, 'rows', (rows) => onChange({ shadow: { percent: step.percent, ...(rows ? { minRows: rows } : {}) } }))}
        </>
      );
    case 'approve':
      return (
        <>
          {number('People', step.minApprovers, 'people', (minApprovers) => onChange({ approve: { role: step.role, minApprovers: minApprovers ?? 1, expiresSeconds: step.expiresSeconds } }))}
          {number('Hours', step.expiresSeconds / 3600, 'h', (hours) => onChange({ approve: { role: step.role, minApprovers: step.minApprovers, expiresSeconds: Math.max(1, (hours ?? 24) * 3600) } }))}
        </>
      );
    case 'analysis':
      return <span className="text-12 text-ink-2">errors and latency no worse</span>;
    case 'promote':
      return <span className="text-12 text-ink-2">100 % to the candidate, for good</span>;
  }
}
