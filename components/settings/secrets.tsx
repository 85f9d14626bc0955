'use client';

import { Lock } from 'lucide-react';
import { useState } from 'react';
import { Field } from '@/components/ui/field';
import { Textarea } from '@/components/ui/input';
import { NamedDialog } from './named-dialog';
import { NamedList, type Named } from './named-list';

type Secret = Named & { updatedBy: string | null };

/** SecretsPanel lists the names of secrets; a value goes in and never comes out. */
export function SecretsPanel({
  workspace,
  secrets,
  mayWrite,
}: {
  workspace: string;
  secrets: Secret[];
  mayWrite: boolean;
}) {
  return (
    <NamedList
      workspace={workspace}
      path="/secrets"
      title="Secrets"
      one="secret"
      remark="encrypted; a value is never shown again"
      empty="Keep keys and passwords here and write {{ secrets.name }} in HTTP headers, shell commands and notifications. They are masked in logs and outputs."
      icon={<Lock size={18} aria-hidden />}
      items={secrets}
      columns={[{ head: 'Changed by', cell: (s) => s.updatedBy ?? '' }]}
      mayWrite={mayWrite}
      removal="Pipelines that use it fail from their next run on."
      form={(item, close) => <SecretForm workspace={workspace} item={item} onClose={close} />}
    />
  );
}

function SecretForm({
  workspace,
  item,
  onClose,
}: {
  workspace: string;
  item: Secret | null;
  onClose: () => void;
}) {
  const [value, setValue] = useState('');
  return (
    <NamedDialog
      workspace={workspace}
      path="/secrets"
      one="secret"
      name={item?.name ?? null}
      fields={['value']}
      body={() => ({ value })}
      onClose={onClose}
    >
      {(at) => (
        <Field
          label="Value"
          hint={
            item
              ? 'Replaces the stored value, which cannot be shown.'
              : 'Stored encrypted; it cannot be shown later.'
          }
          error={at('value')}
        >
          <Textarea
            value={value}
            onChange={(e) => setValue(e.target.value)}
            rows={3}
            className="mono"
            spellCheck={false}
            autoComplete="off"
          />
        </Field>
      )}
    </NamedDialog>
  );
}
