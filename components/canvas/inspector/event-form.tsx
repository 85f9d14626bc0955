'use client';

import { Plus, X } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { Field } from '@/components/ui/field';
import { IconButton } from '@/components/ui/icon-button';
import { Input } from '@/components/ui/input';
import { Segmented } from '@/components/ui/segmented';
import { Switch } from '@/components/ui/switch';
import { globPattern } from '@/lib/pipeline/index';
import { useFields } from './field-context';
import { Suggest, useNames } from './suggest';

type Item = Record<string, unknown>;
type Given = { trigger: Item; put: (change: Item) => void; errorAt: (field: string) => string | null };
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const strings = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

const FORMS: Record<string, (given: Given) => React.ReactNode> = { dataset: DatasetForm, webhook: WebhookForm, file: FileForm, run: RunForm };

/** EventForm edits a trigger that waits for something to happen. @returns null for a kind that has no form */
export function EventForm(given: Given) {
  const Form = FORMS[text(given.trigger.kind)];
  return Form ? <Form {...given} /> : null;
}

function DatasetForm({ trigger, put, errorAt }: Given) {
  const { readOnly } = useFields();
  const by = trigger.expression !== undefined ? 'expression' : trigger.all !== undefined ? 'all' : 'any';
  const names = strings(trigger[by]);
  const choose = (next: string) => {
    if (readOnly || next === by) return;
    const kept = by === 'expression' ? [] : names;
    const joined = kept.map((name) => (/^[A-Za-z_]\w*$/.test(name) ? name : `"${name}"`)).join(' && ');
    put({ any: undefined, all: undefined, expression: undefined, [next]: next === 'expression' ? joined || 'orders && customers' : kept });
  };
  return (
    <>
      <Segmented
        label="Waits for"
        value={by}
        onChange={choose}
        options={[{ value: 'any', label: 'Any' }, { value: 'all', label: 'All' }, { value: 'expression', label: 'Expression' }]}
        className="self-start"
      />
      {by === 'expression' ? (
        <Field label="Expression" hint="Names joined by && and ||, with brackets." error={errorAt('expression')}>
          <Input className="mono" value={text(trigger.expression)} spellCheck={false} readOnly={readOnly} placeholder={'orders && (customers || "old-customers")'} onChange={(event) => put({ expression: event.target.value })} />
        </Field>
      ) : (
        <div className="flex flex-col gap-1.5">
          <p className="text-12 text-ink-3">{by === 'any' ? 'A run at each new good version of one of these.' : 'A run when each of these has a new good version.'}</p>
          {names.map((name, i) => (
            <Field key={i} label={`Dataset ${i + 1}`} error={errorAt(`${by}[${i}]`)}>
              <span className="flex items-center gap-1">
                <Suggest kind="dataset" value={name} onChange={(next) => put({ [by]: names.map((each, j) => (j === i ? next : each)) })} />
                {!readOnly && (
                  <IconButton label={`Remove dataset ${name || i + 1}`} size="sm" onClick={() => put({ [by]: names.filter((_, j) => j !== i) })}>
                    <X size={14} aria-hidden />
                  </IconButton>
                )}
              </span>
            </Field>
          ))}
          {errorAt(by) !== null && <p className="text-12 text-failed">{errorAt(by)}</p>}
          {!readOnly && (
            <Button size="sm" className="self-start" onClick={() => put({ [by]: [...names, ''] })}>
              <Plus size={14} aria-hidden /> Add dataset
            </Button>
          )}
        </div>
      )}
      <Segmented
        label="Starts at"
        size="sm"
        value={trigger.on === 'schema' ? 'schema' : 'version'}
        onChange={(on) => !readOnly && put({ on: on === 'schema' ? 'schema' : undefined })}
        options={[{ value: 'version', label: 'Every version' }, { value: 'schema', label: 'Changed columns' }]}
        className="self-start"
      />
      <Switch label="Versions of backfills too" hint="Else a backfill of the writer starts nothing here." disabled={readOnly} checked={trigger.onBackfill === true} onCheckedChange={(on: boolean) => put({ onBackfill: on ? true : undefined })} />
    </>
  );
}

function WebhookForm({ trigger, put, errorAt }: Given) {
  const { readOnly } = useFields();
  const auth = (typeof trigger.auth === 'object' && trigger.auth !== null ? trigger.auth : { type: trigger.auth ?? 'token' }) as { type?: string; secret?: string };
  const type = auth.type === 'hmac' ? 'hmac' : 'token';
  const set = (next: { type: string; secret?: string | undefined }) => put({ auth: next.secret ? { type: next.type, secret: next.secret } : next.type === 'token' ? undefined : next.type });
  return (
    <>
      <Segmented
        label="Callers are known by"
        value={type}
        onChange={(next) => !readOnly && set({ type: next, secret: auth.secret })}
        options={[{ value: 'token', label: 'The address' }, { value: 'hmac', label: 'A signature' }]}
        className="self-start"
      />
      <Field
        label={type === 'hmac' ? 'Secret to sign with' : 'Secret to show besides'}
        hint={type === 'hmac' ? 'A secret of this workspace. Without one the page of the pipeline shows what to sign with.' : 'A secret of this workspace that callers send as Authorization: Bearer. Optional.'}
        error={errorAt('auth.secret') ?? errorAt('auth')}
      >
        <Suggest kind="secret" value={auth.secret ?? ''} onChange={(secret) => set({ type, secret })} />
      </Field>
      <p className="text-12 text-ink-3">Once it is published, its address stands on the page of the pipeline. Fields of the body fill params of the same name.</p>
    </>
  );
}

function FileForm({ trigger, put, errorAt }: Given) {
  const { readOnly } = useFields();
  const glob = text(trigger.glob);
  const files = useNames('file');
  const fitting = glob === '' ? [] : files.filter((path) => globPattern(glob).test(path));
  return (
    <Field
      label="Files"
      hint={
        glob === '' || files.length === 0
          ? '* is any part of a name, ** folders too. A param named path gets the path.'
          : `${fitting.length} of ${files.length} files here now fit${fitting[0] === undefined ? '' : `, for example ${fitting[0]}`}.`
      }
      error={errorAt('glob')}
    >
      <Input className="mono" value={glob} placeholder="incoming/*.csv" spellCheck={false} readOnly={readOnly} onChange={(event) => put({ glob: event.target.value })} />
    </Field>
  );
}

const ENDS = ['succeeded', 'failed', 'cancelled'] as const;

function RunForm({ trigger, put, errorAt }: Given) {
  const { readOnly } = useFields();
  const states = trigger.states === undefined ? ['succeeded'] : strings(trigger.states);
  return (
    <>
      <Field label="Pipeline" error={errorAt('pipeline')}>
        <Suggest kind="pipeline" value={text(trigger.pipeline)} onChange={(pipeline) => put({ pipeline })} />
      </Field>
      <fieldset className="flex flex-col gap-1.5">
        <legend className="mb-1 text-12 font-medium text-ink-2">When its run has ended as</legend>
        {ENDS.map((state) => (
          <Checkbox
            key={state}
            label={state}
            disabled={readOnly}
            checked={states.includes(state)}
            onCheckedChange={(on: boolean) => {
              const next = ENDS.filter((each) => (each === state ? on : states.includes(each)));
              put({ states: next.length === 1 && next[0] === 'succeeded' ? undefined : next });
            }}
          />
        ))}
        {errorAt('states') !== null && <p className="text-12 text-failed">{errorAt('states')}</p>}
      </fieldset>
    </>
  );
}
