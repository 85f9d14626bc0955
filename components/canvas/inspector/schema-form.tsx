'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { CodeEditor, type CodeProblem } from '@/components/ui/code-editor';
import { Field } from '@/components/ui/field';
import { Input, Textarea } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { Switch } from '@/components/ui/switch';
import type { FormField } from '@/lib/pipeline/index';
import { ChecksField } from './checks-field';
import { useFields } from './field-context';
import { FileField } from './file-field';
import { JsonField } from './json-field';
import { CasesField, ExpressionInput, MapField, StringsField, TasksField } from './list-fields';
import { NumberInput } from './number-input';
import { Suggest } from './suggest';

type Props = {
  values: Record<string, unknown>;
  /** `undefined` takes the field away */
  onChange: (name: string, value: unknown) => void;
  /** the sentence for a path inside the object: "sql", "checks[0].column" */
  errorAt: (path: string) => string | null;
};

/** SchemaForm draws the fields that a kind's schema describes, the rare ones below "More". */
export function SchemaForm({ fields: all, ...props }: Props & { fields: readonly FormField[] }) {
  const [more, setMore] = useState(false);
  const fields = all.filter(({ name, only }) => !only || props.values[name] !== undefined || only.in.includes(String(props.values[only.field])));
  const rare = fields.filter((field) => field.advanced);
  const hidden = rare.filter((field) => props.values[field.name] === undefined && props.errorAt(field.name) === null);
  const open = more || hidden.length < rare.length;
  return (
    <>
      {fields
        .filter((field) => !field.advanced)
        .map((field) => (
          <FormRow key={field.name} field={field} {...props} />
        ))}
      {open && rare.map((field) => <FormRow key={field.name} field={field} {...props} />)}
      {!open && rare.length > 0 && (
        <Button size="sm" look="ghost" className="self-start" onClick={() => setMore(true)}>
          More: {rare.map((field) => field.label.toLowerCase()).join(', ')}
        </Button>
      )}
    </>
  );
}

/** FormRow is one field with label, hint and its problem. */
export function FormRow({ field, values, onChange, errorAt }: Props & { field: FormField }) {
  const value = values[field.name];
  const error = errorAt(field.name);
  const { readOnly } = useFields();
  const change = (next: unknown) => onChange(field.name, next);
  if (field.widget === 'toggle') {
    return (
      <div data-field={field.name}>
        <Switch label={field.label} hint={field.hint} disabled={readOnly} checked={value === true} onCheckedChange={(on: boolean) => change(on)} />
        {error !== null && <p className="pt-1 text-12 text-failed">{error}</p>}
      </div>
    );
  }
  return (
    <div data-field={field.name}>
      <Field label={field.required ? field.label : <>{field.label}</>} hint={field.hint} error={error}>
        <Control field={field} value={value} change={change} errorAt={errorAt} />
      </Field>
    </div>
  );
}

function Control({ field, value, change, errorAt }: { field: FormField; value: unknown; change: (value: unknown) => void; errorAt: Props['errorAt'] }) {
  const { names, readOnly, tables, onTry } = useFields();
  const text = typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value);
  const orNothing = (next: string) => change(next === '' && !field.required ? undefined : next);
  switch (field.widget) {
    case 'text':
      return <Input value={text} readOnly={readOnly} placeholder={field.placeholder} end={field.unit} spellCheck={false} onChange={(event) => orNothing(event.target.value)} />;
    case 'multiline':
      return <Textarea value={text} readOnly={readOnly} rows={4} placeholder={field.placeholder} onChange={(event) => orNothing(event.target.value)} />;
    case 'code':
      if (field.language === 'json') return <JsonField label={field.label} value={value} onChange={change} orText />;
      return (
        <CodeEditor
          label={field.label}
          language={field.language ?? 'text'}
          value={text}
          readOnly={readOnly}
          schema={tables}
          completions={names.map((name) => ({ label: name, type: 'variable' }))}
          placeholder={field.placeholder}
          problems={lineOf(errorAt(field.name))}
          invalid={errorAt(field.name) !== null}
          onChange={orNothing}
          onSubmit={onTry}
          minLines={5}
          maxLines={16}
        />
      );
    case 'number':
      return <NumberInput value={value} readOnly={readOnly} unit={field.unit} placeholder={field.placeholder} onChange={change} />;
    case 'select':
      return (
        <Select
          label={field.label}
          disabled={readOnly}
          value={typeof value === 'string' ? value : field.required ? null : ''}
          options={[...(field.required ? [] : [{ value: '', label: 'Default' }]), ...(field.options ?? [])]}
          onChange={(next) => change(next === '' ? undefined : next)}
        />
      );
    case 'strings':
      return <StringsField value={value} placeholder={field.placeholder} onChange={change} />;
    case 'map':
      return <MapField value={value} onChange={change} />;
    case 'json':
      return <JsonField label={field.label} value={value} onChange={change} />;
    case 'expression':
      return <ExpressionInput label={field.label} value={text} names={names} readOnly={readOnly} onChange={orNothing} />;
    case 'tasks':
      return <TasksField label={field.label} value={value} onChange={change} />;
    case 'cases':
      return <CasesField value={value} onChange={change} />;
    case 'checks':
      return <ChecksField value={value} onChange={change} errorAt={(path) => errorAt(`${field.name}${path}`)} />;
    case 'file':
      return <FileField value={text} onChange={orNothing} placeholder={field.placeholder} />;
    case 'dataset':
    case 'channel':
    case 'pipeline':
    case 'connection':
      return <Suggest kind={field.widget} value={text} onChange={orNothing} placeholder={field.placeholder} />;
    case 'toggle':
      return null;
  }
}

/** lineOf finds "line 3" in a sentence, so that the editor can underline it. */
export function lineOf(sentence: string | null): CodeProblem[] {
  const line = /\bline (\d+)/i.exec(sentence ?? '')?.[1];
  return sentence !== null && line !== undefined ? [{ line: Number(line), message: sentence }] : [];
}
