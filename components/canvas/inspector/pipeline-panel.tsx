'use client';

import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { IconButton } from '@/components/ui/icon-button';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { Switch } from '@/components/ui/switch';
import { TabPanel, Tabs } from '@/components/ui/tabs';
import { LANES, PARAM_TYPES, type DraftSpec } from '@/lib/pipeline/index';
import { useDraft, useEditor } from '../editor-context';
import { errorLookup } from '../problems';
import { EventForm } from './event-form';
import { FieldsContext } from './field-context';
import { JsonField } from './json-field';
import { NumberInput } from './number-input';
import { ScheduleForm } from './schedule-form';
import { Suggest } from './suggest';

type Item = Record<string, unknown>;
const clean = (item: Item): Item => Object.fromEntries(Object.entries(item).filter(([name, value]) => value !== undefined && (value !== '' || NEEDED.has(name))));
/** What a trigger cannot be without stays, though empty, so that its problem says what to fill in. */
const NEEDED = new Set(['expression', 'glob', 'pipeline']);

/** PipelinePanel shows, when nothing is selected, what belongs to the whole pipeline: params, triggers, settings. */
export function PipelinePanel({ tab, onTab }: { tab: string; onTab: (tab: string) => void }) {
  const { workspace, readOnly } = useEditor();
  const spec = useDraft((state) => state.spec);
  return (
    <FieldsContext value={{ workspace, tables: {}, names: [], downstream: [], readOnly }}>
      <header className="py-2.5 pr-3 pl-4">
        <h2 className="text-14 font-semibold">Pipeline</h2>
        <p className="text-12 text-ink-3">Select a node to configure it.</p>
      </header>
      <Tabs
        value={tab}
        onChange={onTab}
        className="min-h-0 flex-1"
        listClassName="px-4"
        tabs={[
          { value: 'params', label: 'Params', ...(spec.params.length > 0 ? { count: spec.params.length } : {}) },
          { value: 'triggers', label: 'Triggers', ...(spec.triggers.length > 0 ? { count: spec.triggers.length } : {}) },
          { value: 'settings', label: 'Settings' },
        ]}
      >
        <TabPanel value="params" className="overflow-y-auto p-4"><Params spec={spec} /></TabPanel>
        <TabPanel value="triggers" className="overflow-y-auto p-4"><Triggers spec={spec} /></TabPanel>
        <TabPanel value="settings" className="overflow-y-auto p-4"><PipelineSettings spec={spec} /></TabPanel>
      </Tabs>
    </FieldsContext>
  );
}

function useList(key: 'params' | 'triggers') {
  const { acts } = useEditor();
  const spec = useDraft((state) => state.spec);
  const list = spec[key] as Item[];
  const set = (next: Item[]) => acts.setPipeline({ [key]: next });
  return {
    list,
    put: (i: number, change: Item) => set(list.map((each, j) => (j === i ? clean({ ...each, ...change }) : each))),
    add: (item: Item) => set([...list, item]),
    remove: (i: number) => set(list.filter((_, j) => j !== i)),
  };
}

function Params({ spec }: { spec: DraftSpec }) {
  const { readOnly } = useEditor();
  const problems = useDraft((state) => state.problems);
  const { list, put, add, remove } = useList('params');
  return (
    <div className="flex flex-col gap-3">
      <p className="text-12 text-ink-3">Values that a run is started with. Read them as <code className="mono">{'{{ params.month }}'}</code>.</p>
      {list.map((param, i) => {
        const errorAt = errorLookup(problems, `params[${i}]`);
        const numeric = param.type === 'integer' || param.type === 'number';
        return (
          <div key={i} className="flex flex-col gap-2 rounded border border-line p-3" data-field={`params[${i}]`}>
            <div className="grid grid-cols-[1fr_112px_24px] items-end gap-2">
              <Field label="Name" error={errorAt('name')}>
                <Input className="mono" value={String(param.name ?? '')} readOnly={readOnly} spellCheck={false} onChange={(event) => put(i, { name: event.target.value })} />
              </Field>
              <Field label="Type" error={errorAt('type')}>
                <Select label="Type" disabled={readOnly} value={(param.type as 'string') ?? null} options={PARAM_TYPES.map((value) => ({ value, label: value }))} onChange={(type) => put(i, { type, default: undefined })} />
              </Field>
              {!readOnly && (
                <IconButton label={`Remove param ${String(param.name)}`} size="sm" className="mb-1" onClick={() => remove(i)}>
                  <X size={14} aria-hidden />
                </IconButton>
              )}
            </div>
            <Field label="Default" hint="Without one, starting a run asks for it." error={errorAt('default')}>
              {numeric ? (
                <NumberInput value={param.default} readOnly={readOnly} onChange={(value) => put(i, { default: value })} />
              ) : param.type === 'boolean' ? (
                <Select
                  label="Default"
                  disabled={readOnly}
                  value={param.default === undefined ? '' : String(param.default)}
                  options={[{ value: '', label: 'None' }, { value: 'true', label: 'true' }, { value: 'false', label: 'false' }]}
                  onChange={(value) => put(i, { default: value === '' ? undefined : value === 'true' })}
                />
              ) : param.type === 'json' ? (
                <JsonField label="Default" value={param.default} onChange={(value) => put(i, { default: value })} />
              ) : (
                <Input value={String(param.default ?? '')} readOnly={readOnly} onChange={(event) => put(i, { default: event.target.value })} />
              )}
            </Field>
            {numeric && (
              <div className="grid grid-cols-2 gap-2">
                <Field label="At least" error={errorAt('minimum')}>
                  <NumberInput value={param.minimum} readOnly={readOnly} onChange={(value) => put(i, { minimum: value })} />
                </Field>
                <Field label="At most" error={errorAt('maximum')}>
                  <NumberInput value={param.maximum} readOnly={readOnly} onChange={(value) => put(i, { maximum: value })} />
                </Field>
              </div>
            )}
            <Field label="Description">
              <Input value={String(param.description ?? '')} readOnly={readOnly} onChange={(event) => put(i, { description: event.target.value })} />
            </Field>
          </div>
        );
      })}
      {!readOnly && (
        <Button className="self-start" onClick={() => add({ name: `param_${spec.params.length + 1}`, type: 'string' })}>
          <Plus size={14} aria-hidden /> Add param
        </Button>
      )}
    </div>
  );
}

function Triggers({ spec }: { spec: DraftSpec }) {
  const { readOnly } = useEditor();
  const problems = useDraft((state) => state.problems);
  const { list, put, add, remove } = useList('triggers');
  const [raw, setRaw] = useState<number | null>(null);
  return (
    <div className="flex flex-col gap-3">
      {spec.triggers.length === 0 && <p className="text-12 text-ink-3">Without a trigger this pipeline runs when somebody starts it.</p>}
      {list.map((trigger, i) => {
        const errorAt = errorLookup(problems, `triggers[${i}]`);
        const form = raw !== i && ['schedule', 'dataset', 'webhook', 'file', 'run'].includes(String(trigger.kind));
        return (
          <div key={i} className="flex flex-col gap-2 rounded border border-line p-3" data-field={`triggers[${i}]`}>
            <span className="flex items-center gap-2">
              <span className="flex-1 font-medium capitalize">{String(trigger.kind)}</span>
              <Switch aria-label="Enabled" disabled={readOnly} checked={trigger.enabled !== false} onCheckedChange={(on: boolean) => put(i, { enabled: on ? undefined : false })} />
              {!readOnly && (
                <IconButton label={`Remove ${String(trigger.kind)}`} size="sm" onClick={() => remove(i)}>
                  <X size={14} aria-hidden />
                </IconButton>
              )}
            </span>
            {form ? (
              <>
                {trigger.kind === 'schedule' ? (
                  <ScheduleForm trigger={trigger} put={(change) => put(i, change)} errorAt={errorAt} />
                ) : (
                  <EventForm trigger={trigger} put={(change) => put(i, change)} errorAt={errorAt} />
                )}
                {!readOnly && <Button size="sm" look="ghost" className="self-start" onClick={() => setRaw(i)}>All fields</Button>}
              </>
            ) : (
              <JsonField label={`Trigger ${i + 1}`} value={trigger} onChange={(next) => next !== undefined && put(i, next as Item)} />
            )}
            {errorAt('') !== null && <p className="text-12 text-failed">{errorAt('')}</p>}
          </div>
        );
      })}
      {!readOnly && (
        <div className="flex flex-wrap gap-2">
          <Button onClick={() => add({ kind: 'schedule', cron: '0 6 * * *' })}><Plus size={14} aria-hidden /> Schedule</Button>
          <Button onClick={() => add({ kind: 'dataset', any: [] })}><Plus size={14} aria-hidden /> Dataset</Button>
          <Button onClick={() => add({ kind: 'webhook' })}><Plus size={14} aria-hidden /> Webhook</Button>
          <Button onClick={() => add({ kind: 'file', glob: '' })}><Plus size={14} aria-hidden /> File</Button>
          <Button onClick={() => add({ kind: 'run', pipeline: '' })}><Plus size={14} aria-hidden /> Run</Button>
        </div>
      )}
    </div>
  );
}

function PipelineSettings({ spec }: { spec: DraftSpec }) {
  const { acts, readOnly } = useEditor();
  const problems = useDraft((state) => state.problems);
  const errorAt = errorLookup(problems, 'settings');
  const settings = spec.settings;
  const put = (name: string, value: unknown) => acts.setPipeline({ settings: clean({ ...settings, [name]: value }) });
  const number = (name: string, label: string, unit?: string) => (
    <div data-field={`settings.${name}`}>
      <Field label={label} error={errorAt(name)}>
        <NumberInput value={settings[name]} readOnly={readOnly} unit={unit} onChange={(value) => put(name, value)} />
      </Field>
    </div>
  );
  const rules = (Array.isArray(settings.notify) ? settings.notify : []) as { on?: string[]; channel?: string }[];
  const failed = rules.findIndex((rule) => rule.on?.includes('failed'));
  return (
    <div className="flex flex-col gap-4">
      <div className="grid grid-cols-2 gap-3">
        {number('maxActiveRuns', 'Runs at once')}
        {number('maxActiveTasks', 'Tasks at once')}
      </div>
      <Field label="Lane" hint="Decides who goes first when slots are short." error={errorAt('lane')}>
        <Select label="Lane" disabled={readOnly} value={typeof settings.lane === 'string' ? settings.lane : ''} options={[{ value: '', label: 'By trigger' }, ...LANES.map((value) => ({ value, label: value }))]} onChange={(value) => put('lane', value)} />
      </Field>
      <Field label="A run has failed when" error={errorAt('runVerdict')}>
        <Select
          label="A run has failed when"
          disabled={readOnly}
          value={typeof settings.runVerdict === 'string' ? settings.runVerdict : 'handled'}
          options={[{ value: 'handled', label: 'A failure was not handled' }, { value: 'leaves', label: 'A last task failed' }]}
          onChange={(value) => put('runVerdict', value === 'handled' ? undefined : value)}
        />
      </Field>
      <Switch label="Pause after a failure" disabled={readOnly} checked={settings.pauseOnFailure === true} onCheckedChange={(on: boolean) => put('pauseOnFailure', on ? true : undefined)} />
      <Switch label="Wait for the run before" hint="A task waits for itself in the previous interval." disabled={readOnly} checked={settings.dependsOnPast === true} onCheckedChange={(on: boolean) => put('dependsOnPast', on ? true : undefined)} />
      <Field label="On failure tell" hint="A channel of this workspace." error={errorAt(`notify[${failed}].channel`)}>
        <Suggest
          kind="channel"
          value={failed >= 0 ? (rules[failed]?.channel ?? '') : ''}
          onChange={(channel) => {
            const others = rules.filter((_, i) => i !== failed);
            const next = channel === '' ? others : [...others, { on: ['failed'], channel }];
            put('notify', next.length > 0 ? next : undefined);
          }}
        />
      </Field>
      {number('retentionDays', 'Keep outputs', 'days')}
    </div>
  );
}
