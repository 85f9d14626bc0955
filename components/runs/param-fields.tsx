'use client';

import type { Param } from '@/lib/pipeline';
import { CodeEditor } from '@/components/ui/code-editor';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { Switch } from '@/components/ui/switch';
import type { ParamText } from './param-values';

const range = ({ minimum, maximum }: Param) =>
  minimum !== undefined && maximum !== undefined
    ? `${minimum} to ${maximum}`
    : minimum !== undefined
      ? `${minimum} or more`
      : maximum !== undefined
        ? `${maximum} or less`
        : null;

const hintOf = (p: Param) =>
  [p.description, range(p), p.type === 'datetime' ? 'UTC' : null]
    .filter((x) => x !== null && x !== undefined && x !== '')
    .join(', ');

function Control({
  param,
  text,
  onChange,
}: {
  param: Param;
  text: string;
  onChange: (text: string) => void;
}) {
  if (param.enum !== undefined)
    return (
      <Select
        value={text === '' ? null : text}
        onChange={onChange}
        options={param.enum.map((e) => ({ value: String(e), label: String(e) }))}
      />
    );
  if (param.type === 'json')
    return (
      <CodeEditor
        label={param.label ?? param.name}
        language="json"
        value={text}
        onChange={onChange}
        minLines={3}
        maxLines={10}
      />
    );
  const type = param.type === 'date' ? 'date' : param.type === 'datetime' ? 'datetime-local' : 'text';
  const numeric = param.type === 'integer' || param.type === 'number';
  return (
    <Input
      type={type}
      inputMode={numeric ? (param.type === 'integer' ? 'numeric' : 'decimal') : undefined}
      value={type === 'datetime-local' ? text.replace(/(:\d\d)?(\.\d+)?Z$/, '') : text}
      onChange={(e) => onChange(e.target.value)}
      autoComplete="off"
    />
  );
}

/** ParamFields is one field per declared param, of the declared type, with its limits as the hint. */
export function ParamFields({
  params,
  text,
  errors,
  onChange,
}: {
  params: readonly Param[];
  text: ParamText;
  errors: Record<string, string>;
  onChange: (name: string, text: string) => void;
}) {
  return params.map((p) =>
    p.type === 'boolean' && p.enum === undefined ? (
      <Switch
        key={p.name}
        label={p.label ?? p.name}
        hint={p.description}
        checked={text[p.name] === 'true'}
        onCheckedChange={(on) => onChange(p.name, String(on))}
      />
    ) : (
      <Field
        key={p.name}
        label={p.label ?? p.name}
        end={<span className="mono">{p.type}</span>}
        hint={hintOf(p) === '' ? undefined : hintOf(p)}
        error={errors[p.name]}
      >
        <Control param={p} text={text[p.name] ?? ''} onChange={(t) => onChange(p.name, t)} />
      </Field>
    ),
  );
}
