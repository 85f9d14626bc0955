'use client';

import { Braces } from 'lucide-react';
import { useState } from 'react';
import { Field } from '@/components/ui/field';
import { Textarea } from '@/components/ui/input';
import { NamedDialog } from './named-dialog';
import { NamedList, type Named } from './named-list';

type Variable = Named & { value: unknown };

/** VariablesPanel lists the workspace's named values. */
export function VariablesPanel({
  workspace,
  variables,
  mayWrite,
}: {
  workspace: string;
  variables: Variable[];
  mayWrite: boolean;
}) {
  return (
    <NamedList
      workspace={workspace}
      path="/variables"
      title="Variables"
      one="variable"
      remark="named values, readable by every member"
      empty="Write {{ vars.name }} in a pipeline and change the value here, without publishing."
      icon={<Braces size={18} aria-hidden />}
      items={variables}
      columns={[
        {
          head: 'Value',
          cell: (v) => <span className="mono block max-w-[48ch] truncate">{JSON.stringify(v.value)}</span>,
        },
      ]}
      mayWrite={mayWrite}
      removal="Expressions that use it stop working."
      form={(item, close) => <VariableForm workspace={workspace} item={item} onClose={close} />}
    />
  );
}

function VariableForm({
  workspace,
  item,
  onClose,
}: {
  workspace: string;
  item: Variable | null;
  onClose: () => void;
}) {
  const [text, setText] = useState(
    item ? (typeof item.value === 'string' ? item.value : JSON.stringify(item.value, null, 2)) : '',
  );
  return (
    <NamedDialog
      workspace={workspace}
      path="/variables"
      one="variable"
      name={item?.name ?? null}
      fields={['value']}
      body={() => ({ value: read(text) })}
      onClose={onClose}
    >
      {(at) => (
        <Field label="Value" hint="A number, true or false, JSON, or else a text." error={at('value')}>
          <Textarea
            value={text}
            onChange={(e) => setText(e.target.value)}
            rows={4}
            className="mono"
            spellCheck={false}
          />
        </Field>
      )}
    </NamedDialog>
  );
}

/** What reads as JSON is JSON, everything else a text. */
function read(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
