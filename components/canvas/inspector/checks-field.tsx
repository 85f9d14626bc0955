'use client';

import { Plus, X } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { CodeEditor } from '@/components/ui/code-editor';
import { Field } from '@/components/ui/field';
import { IconButton } from '@/components/ui/icon-button';
import { Input } from '@/components/ui/input';
import { Menu, MenuItem } from '@/components/ui/menu';
import { Select } from '@/components/ui/select';
import { CHECK_TYPES, type CheckType } from '@/lib/pipeline/index';
import { useFields } from './field-context';
import { NumberInput } from './number-input';
import { JsonField } from './json-field';

type DraftCheck = { type: string; severity?: string } & Record<string, unknown>;

const FRESH: Record<CheckType, DraftCheck> = {
  schema: { type: 'schema', columns: [] },
  row_count: { type: 'row_count', min: 1 },
  not_null: { type: 'not_null', column: '' },
  unique: { type: 'unique', column: '' },
  range: { type: 'range', column: '' },
  accepted_values: { type: 'accepted_values', column: '', values: [] },
  referential: { type: 'referential', column: '', references: { table: '', column: '' } },
  freshness: { type: 'freshness', column: '', maxAgeSeconds: 86_400 },
  sql: { type: 'sql', sql: '' },
};

const SEVERITIES = [
  { value: 'block', label: 'Block' },
  { value: 'warn', label: 'Warn' },
] as const;

/** ChecksField edits a list of checks, each with the fields of its type. `errorAt` gives the sentence for `[i].field`. */
export function ChecksField({ value, onChange, errorAt }: { value: unknown; onChange: (value: DraftCheck[]) => void; errorAt: (path: string) => string | null }) {
  const { readOnly } = useFields();
  const checks: DraftCheck[] = Array.isArray(value) ? (value as DraftCheck[]) : [];
  const put = (i: number, change: Record<string, unknown>) =>
    onChange(checks.map((each, j) => (j === i ? (Object.fromEntries(Object.entries({ ...each, ...change }).filter(([, v]) => v !== undefined)) as DraftCheck) : each)));
  return (
    <div className="flex flex-col gap-2">
      {checks.map((check, i) => (
        <div key={i} className="flex flex-col gap-2 rounded border border-line p-3">
          <span className="flex items-start gap-2">
            <span className="min-w-0 flex-1 text-14 font-medium">{CHECK_TYPES[check.type as CheckType] ?? check.type}</span>
            <Select label={`Severity of check ${i + 1}`} size="sm" className="w-20" disabled={readOnly} value={(check.severity as 'block' | undefined) ?? 'block'} options={SEVERITIES} onChange={(severity) => put(i, { severity })} />
            {!readOnly && (
              <IconButton label={`Remove check ${i + 1}`} size="sm" onClick={() => onChange(checks.filter((_, j) => j !== i))}>
                <X size={14} aria-hidden />
              </IconButton>
            )}
          </span>
          <CheckFields check={check} put={(change) => put(i, change)} errorAt={(field) => errorAt(`[${i}]${field === '' ? '' : `.${field}`}`)} />
        </div>
      ))}
      {!readOnly && (
        <Menu
          align="start"
          trigger={
            <Button size="sm" className="self-start">
              <Plus size={12} aria-hidden /> Add check
            </Button>
          }
        >
          {(Object.entries(CHECK_TYPES) as [CheckType, string][]).map(([type, sentence]) => (
            <MenuItem key={type} onClick={() => onChange([...checks, FRESH[type]])}>
              {sentence}
            </MenuItem>
          ))}
        </Menu>
      )}
    </div>
  );
}

function CheckFields({ check, put, errorAt }: { check: DraftCheck; put: (change: Record<string, unknown>) => void; errorAt: (field: string) => string | null }) {
  const { readOnly } = useFields();
  const text = (name: string, label: string, placeholder?: string) => (
    <Field label={label} error={errorAt(name)}>
      <ColumnInput value={typeof check[name] === 'string' || typeof check[name] === 'number' ? String(check[name]) : ''} placeholder={placeholder} onChange={(next) => put({ [name]: next })} />
    </Field>
  );
  const number = (name: string, label: string, hint?: string) => (
    <Field label={label} hint={hint} error={errorAt(name)}>
      <NumberInput value={check[name]} readOnly={readOnly} onChange={(next) => put({ [name]: next })} />
    </Field>
  );
  const pair = (...fields: React.ReactNode[]) => <div className="grid grid-cols-2 gap-2">{fields.map((field, i) => <div key={i}>{field}</div>)}</div>;
  switch (check.type as CheckType) {
    case 'row_count':
      return pair(number('min', 'At least'), number('max', 'At most'));
    case 'not_null':
      return pair(text('column', 'Column'), number('maxShare', 'Nulls allowed', 'a share, 0 to 1'));
    case 'unique':
      return (
        <Field label="Columns together" hint="Separate several with commas" error={errorAt('column') ?? errorAt('columns')}>
          <ColumnInput
            value={Array.isArray(check.columns) ? check.columns.join(', ') : String(check.column ?? '')}
            onChange={(next) => {
              const names = next.split(',').map((name) => name.trim());
              put(names.length > 1 ? { column: undefined, columns: names.filter(Boolean) } : { column: next, columns: undefined });
            }}
          />
        </Field>
      );
    case 'range':
      return (
        <>
          {text('column', 'Column')}
          {pair(number('min', 'At least'), number('max', 'At most'))}
        </>
      );
    case 'accepted_values':
      return (
        <>
          {text('column', 'Column')}
          <Field label="Values" hint="Separate with commas" error={errorAt('values')}>
            <Input
              value={Array.isArray(check.values) ? check.values.join(', ') : ''}
              readOnly={readOnly}
              onChange={(event) => put({ values: event.target.value.split(',').map((each) => each.trimStart()) })}
              onBlur={() => put({ values: (Array.isArray(check.values) ? check.values : []).map((each) => String(each).trim()).filter(Boolean) })}
            />
          </Field>
        </>
      );
    case 'referential': {
      const target = (check.references ?? {}) as { table?: string; column?: string };
      return (
        <>
          {text('column', 'Column')}
          {pair(
            <Field label="Exists in table" error={errorAt('references.table')}>
              <Input value={target.table ?? ''} readOnly={readOnly} onChange={(event) => put({ references: { ...target, table: event.target.value } })} />
            </Field>,
            <Field label="Column there" error={errorAt('references.column')}>
              <Input value={target.column ?? ''} readOnly={readOnly} onChange={(event) => put({ references: { ...target, column: event.target.value } })} />
            </Field>,
          )}
        </>
      );
    }
    case 'freshness':
      return pair(text('column', 'Time column'), number('maxAgeSeconds', 'At most this old, s'));
    case 'sql':
      return (
        <Field label="Query that returns the wrong rows" error={errorAt('sql')}>
          <CodeEditor label="Query that returns the wrong rows" language="sql" value={String(check.sql ?? '')} readOnly={readOnly} minLines={2} maxLines={8} onChange={(sql) => put({ sql })} />
        </Field>
      );
    case 'schema':
      return (
        <Field label="Expected columns" error={errorAt('columns')}>
          <JsonField label="Expected columns" value={check.columns} onChange={(columns) => put({ columns: columns ?? [] })} />
        </Field>
      );
    default:
      return <JsonField label="Check" value={check} onChange={(next) => put(next as Record<string, unknown>)} />;
  }
}

/** ColumnInput is a column's name, with the columns that arrive here offered. */
function ColumnInput({ value, onChange, placeholder }: { value: string; onChange: (value: string) => void; placeholder?: string }) {
  const { tables, readOnly } = useFields();
  const names = [...new Set(Object.values(tables).flatMap((columns) => columns.map((column) => column.name)))];
  return (
    <>
      <Input list="penstock-columns" className="mono" value={value} readOnly={readOnly} placeholder={placeholder} spellCheck={false} autoComplete="off" onChange={(event) => onChange(event.target.value)} />
      <datalist id="penstock-columns">
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}
