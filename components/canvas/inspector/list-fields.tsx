'use client';

import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { IconButton } from '@/components/ui/icon-button';
import { Input, Textarea } from '@/components/ui/input';
import { useFields } from './field-context';

/** StringsField edits a list of texts, one a line. */
export function StringsField({ value, onChange, placeholder }: { value: unknown; onChange: (value: string[] | undefined) => void; placeholder?: string }) {
  const list = Array.isArray(value) ? value.map(String) : [];
  const [text, setText] = useState(list.join('\n'));
  const lines = (from: string) => from.split('\n').map((line) => line.trim()).filter(Boolean);
  const { readOnly } = useFields();
  if (lines(text).join('\n') !== list.join('\n')) setText(list.join('\n'));
  return (
    <Textarea
      className="mono"
      rows={3}
      value={text}
      readOnly={readOnly}
      placeholder={placeholder}
      spellCheck={false}
      onChange={(event) => {
        setText(event.target.value);
        const next = lines(event.target.value);
        onChange(next.length > 0 ? next : undefined);
      }}
    />
  );
}

/** MapField edits names and values, a row each. */
export function MapField({ value, onChange }: { value: unknown; onChange: (value: Record<string, string> | undefined) => void }) {
  const given = value !== null && typeof value === 'object' ? Object.entries(value as Record<string, unknown>).map(([k, v]) => [k, String(v)] as const) : [];
  const [rows, setRows] = useState<(readonly [string, string])[]>(given);
  const { readOnly } = useFields();
  const full = (from: typeof rows) => from.filter(([key]) => key !== '');
  if (JSON.stringify(full(rows)) !== JSON.stringify(given)) setRows(given);
  const change = (next: typeof rows) => {
    setRows(next);
    const entries = full(next);
    onChange(entries.length > 0 ? Object.fromEntries(entries) : undefined);
  };
  return (
    <div className="flex flex-col gap-1">
      {rows.map(([key, text], i) => (
        <span key={i} className="flex items-center gap-1">
          <Input aria-label={`Name ${i + 1}`} value={key} readOnly={readOnly} placeholder="name" onChange={(event) => change(rows.map((row, j) => (j === i ? [event.target.value, text] : row)))} />
          <Input aria-label={`Value ${i + 1}`} value={text} readOnly={readOnly} placeholder="value" onChange={(event) => change(rows.map((row, j) => (j === i ? [key, event.target.value] : row)))} />
          {!readOnly && (
            <IconButton label={`Remove ${key || 'row'}`} size="sm" onClick={() => change(rows.filter((_, j) => j !== i))}>
              <X size={14} aria-hidden />
            </IconButton>
          )}
        </span>
      ))}
      {!readOnly && (
        <Button size="sm" look="ghost" className="self-start" onClick={() => setRows([...rows, ['', '']])}>
          <Plus size={12} aria-hidden /> Add
        </Button>
      )}
    </div>
  );
}

/** TasksField chooses among the tasks directly after this one. */
export function TasksField({ label, value, onChange }: { label: string; value: unknown; onChange: (value: string[]) => void }) {
  const { downstream, readOnly } = useFields();
  const chosen = Array.isArray(value) ? value.map(String) : [];
  const gone = chosen.filter((id) => !downstream.some((task) => task.id === id)).map((id) => ({ id, label: `${id} (not after this node)` }));
  if (downstream.length + gone.length === 0) return <p className="text-12 text-ink-3">Connect nodes after this one to choose among them.</p>;
  return (
    <div role="group" aria-label={label} className="flex flex-col gap-1">
      {[...downstream, ...gone].map((task) => (
        <Checkbox
          key={task.id}
          label={task.label}
          disabled={readOnly}
          checked={chosen.includes(task.id)}
          onCheckedChange={(on) => onChange(on ? [...chosen, task.id] : chosen.filter((id) => id !== task.id))}
        />
      ))}
    </div>
  );
}

type Case = { if: string; take: string[] };

/** CasesField edits a branch: each case an expression and the tasks it takes. */
export function CasesField({ value, onChange }: { value: unknown; onChange: (value: Case[]) => void }) {
  const { names, readOnly } = useFields();
  const cases: Case[] = Array.isArray(value)
    ? (value as Partial<Case>[]).map((each) => ({ if: String(each?.if ?? ''), take: Array.isArray(each?.take) ? each.take.map(String) : [] }))
    : [];
  const put = (i: number, change: Partial<Case>) => onChange(cases.map((each, j) => (j === i ? { ...each, ...change } : each)));
  return (
    <div className="flex flex-col gap-2">
      {cases.map((each, i) => (
        <div key={i} className="flex flex-col gap-2 rounded border border-line p-2">
          <span className="flex items-center gap-2">
            <span className="text-12 font-medium text-ink-2">{i === 0 ? 'If' : 'Else if'}</span>
            <ExpressionInput label={`Condition ${i + 1}`} value={each.if} names={names} readOnly={readOnly} onChange={(text) => put(i, { if: text })} />
            {!readOnly && (
              <IconButton label={`Remove case ${i + 1}`} size="sm" onClick={() => onChange(cases.filter((_, j) => j !== i))}>
                <X size={14} aria-hidden />
              </IconButton>
            )}
          </span>
          <TasksField label={`Taken in case ${i + 1}`} value={each.take} onChange={(take) => put(i, { take })} />
        </div>
      ))}
      {!readOnly && (
        <Button size="sm" className="self-start" onClick={() => onChange([...cases, { if: '', take: [] }])}>
          <Plus size={12} aria-hidden /> Add case
        </Button>
      )}
    </div>
  );
}

/** ExpressionInput is one line of CEL with the names that it may use offered. */
export function ExpressionInput({
  label,
  value,
  onChange,
  names,
  readOnly,
  placeholder = 'tasks.late.output.rows > 0',
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  names: readonly string[];
  readOnly: boolean;
  placeholder?: string;
}) {
  const id = `names-${label.replaceAll(/\W+/g, '-')}`;
  return (
    <>
      <Input aria-label={label} className="mono" list={id} value={value} readOnly={readOnly} placeholder={placeholder} spellCheck={false} autoComplete="off" onChange={(event) => onChange(event.target.value)} />
      <datalist id={id}>
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}
