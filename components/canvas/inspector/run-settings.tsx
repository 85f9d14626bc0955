'use client';

import { Field } from '@/components/ui/field';
import { Select } from '@/components/ui/select';
import { Switch } from '@/components/ui/switch';
import { Input } from '@/components/ui/input';
import { STALLED_AFTER_SECONDS, TRIGGER_RULES, type DraftTask, type TriggerRule } from '@/lib/pipeline/index';
import { useEditor } from '../editor-context';
import { useFields } from './field-context';
import { ExpressionInput, StringsField } from './list-fields';
import { NumberInput } from './number-input';
import { RuleCases } from './rule-cases';

const RULES: Record<TriggerRule, string> = {
  all_success: 'All inputs succeeded',
  all_failed: 'All inputs failed',
  all_done: 'All inputs have ended',
  all_done_min_one_success: 'All have ended, at least one succeeded',
  all_skipped: 'All inputs were skipped',
  one_success: 'One input succeeded',
  one_failed: 'One input failed',
  one_done: 'One input succeeded or failed',
  none_failed: 'No input failed',
  none_failed_min_one_success: 'No input failed, at least one succeeded',
  none_skipped: 'No input was skipped',
  always: 'Always, without waiting',
};

/** RunSettings are how a task is run: when it starts, tries, limits, where. Empty fields keep the defaults. */
export function RunSettings({ task, errorAt }: { task: DraftTask; errorAt: (path: string) => string | null }) {
  const { acts, readOnly } = useEditor();
  const { names } = useFields();
  const put = (name: string, value: unknown) => acts.setTask(task.id, { [name]: value });
  const retry = (task.retry ?? {}) as Record<string, unknown>;
  const stalled = (task.stalled ?? {}) as Record<string, unknown>;
  const putIn = (field: string, whole: Record<string, unknown>) => (name: string, value: unknown) => {
    const next = Object.fromEntries(Object.entries({ ...whole, [name]: value }).filter(([, each]) => each !== undefined));
    put(field, Object.keys(next).length > 0 ? next : undefined);
  };
  const setRetry = putIn('retry', retry);
  const setStalled = putIn('stalled', stalled);
  const map = (task.map ?? {}) as { over?: string; maxParallel?: number };
  const text = (name: string) => (typeof task[name] === 'string' ? task[name] : '');
  const number = (name: string, label: string, unit?: string) => (
    <div data-field={name}>
      <Field label={label} error={errorAt(name)}>
        <NumberInput value={task[name]} readOnly={readOnly} unit={unit} onChange={(value) => put(name, value)} />
      </Field>
    </div>
  );
  const toggle = (name: string, label: string, hint: string) => (
    <Switch label={label} hint={hint} disabled={readOnly} checked={task[name] === true} onCheckedChange={(on: boolean) => put(name, on ? true : undefined)} />
  );
  return (
    <div className="flex flex-col gap-4">
      <div data-field="triggerRule">
        <Field label="Runs when" hint={<span className="mono">{text('triggerRule') || 'all_success'}</span>} error={errorAt('triggerRule')}>
          <Select
            label="Runs when"
            disabled={readOnly}
            value={(text('triggerRule') || 'all_success') as TriggerRule}
            options={TRIGGER_RULES.map((value) => ({ value, label: RULES[value] }))}
            onChange={(value) => put('triggerRule', value === 'all_success' ? undefined : value)}
          />
        </Field>
      </div>
      {text('when') === '' && <RuleCases rule={(text('triggerRule') || 'all_success') as TriggerRule} />}
      <div data-field="when">
        <Field label="Only when" hint="An expression instead of the rule above." error={errorAt('when')}>
          <ExpressionInput label="Only when" value={text('when')} names={names} readOnly={readOnly} onChange={(value) => put('when', value || undefined)} />
        </Field>
      </div>
      <div className="grid grid-cols-3 gap-3" data-field="retry">
        <Field label="Retries" error={errorAt('retry.count')}>
          <NumberInput value={retry.count} readOnly={readOnly} placeholder="0" onChange={(value) => setRetry('count', value)} />
        </Field>
        <Field label="Wait" error={errorAt('retry.delaySeconds')}>
          <NumberInput value={retry.delaySeconds} readOnly={readOnly} unit="s" onChange={(value) => setRetry('delaySeconds', value)} />
        </Field>
        <Field label="Then times" error={errorAt('retry.factor')}>
          <NumberInput value={retry.factor} readOnly={readOnly} placeholder="1" onChange={(value) => setRetry('factor', value)} />
        </Field>
      </div>
      <div className="grid grid-cols-2 gap-3">
        {number('timeoutSeconds', 'Time limit', 's')}
        {number('memoryMb', 'Memory limit', 'MB')}
      </div>
      <div className="grid grid-cols-2 gap-3" data-field="stalled">
        <Field label="Stalled after" error={errorAt('stalled.afterSeconds') ?? errorAt('stalled')}>
          <NumberInput value={stalled.afterSeconds} readOnly={readOnly} unit="s" placeholder={String(STALLED_AFTER_SECONDS)} onChange={(value) => setStalled('afterSeconds', value)} />
        </Field>
        <Field label="Then" error={errorAt('stalled.then')}>
          <Select
            label="Then"
            disabled={readOnly}
            value={stalled.then === 'retry' ? 'retry' : 'alert'}
            options={[
              { value: 'alert', label: 'Tell' },
              { value: 'retry', label: 'End and retry' },
            ]}
            onChange={(value) => setStalled('then', value === 'alert' ? undefined : value)}
          />
        </Field>
        <p className="col-span-2 -mt-1 text-12 text-ink-3">Without CPU, output or progress for so long.</p>
      </div>
      {toggle('reuse', 'Reuse an earlier result', 'When query, params and inputs are the same.')}
      {toggle('failureAllowed', 'May fail', 'A failure here does not fail the run.')}
      {toggle('handlesFailures', 'Handles failures', 'Failures before it count as dealt with.')}
      {toggle('latestOnly', 'Newest interval only', 'Skipped in runs for older intervals.')}
      <div data-field="map">
        <Field label="For each of" hint="A list (tasks.a.output) or rows (tasks.a.rows): one part for each, read as item." error={errorAt('map') ?? errorAt('map.over')}>
          <ExpressionInput label="For each of" value={map.over ?? ''} names={names} readOnly={readOnly} placeholder="params.months" onChange={(over) => put('map', over === '' ? undefined : { ...map, over })} />
        </Field>
      </div>
      {map.over !== undefined && (
        <div data-field="map.maxParallel">
          <Field label="Parts at once" error={errorAt('map.maxParallel')}>
            <NumberInput value={map.maxParallel} readOnly={readOnly} placeholder="any number" onChange={(maxParallel) => put('map', { over: map.over, ...(maxParallel === undefined ? {} : { maxParallel }) })} />
          </Field>
        </div>
      )}
      <div className="grid grid-cols-2 gap-3">
        <div data-field="pool">
          <Field label="Pool" error={errorAt('pool')}>
            <Input value={text('pool')} readOnly={readOnly} placeholder="default" onChange={(event) => put('pool', event.target.value || undefined)} />
          </Field>
        </div>
        {number('poolSlots', 'Slots')}
        {number('priority', 'Priority')}
        {number('queueTimeoutSeconds', 'Waits at most', 's')}
      </div>
      <div data-field="workerTags">
        <Field label="Worker tags" hint="One a line; only workers with all of them take it." error={errorAt('workerTags')}>
          <StringsField value={task.workerTags} onChange={(value) => put('workerTags', value)} />
        </Field>
      </div>
      <div data-field="group">
        <Field label="Group" error={errorAt('group')}>
          <Input value={text('group')} readOnly={readOnly} onChange={(event) => put('group', event.target.value || undefined)} />
        </Field>
      </div>
    </div>
  );
}
