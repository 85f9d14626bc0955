'use client';

import { useState, type ReactNode } from 'react';
import { request, workspaceUrl } from '@/components/api/request';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { useCall, type Call } from './use-call';

/**
 * NamedDialog is the form of one named thing; it saves by PUT under its name.
 * @param body what is sent; may throw a sentence (Error) when the form cannot be read
 */
export function NamedDialog<A>({
  workspace,
  path,
  one,
  name: given,
  description,
  fields,
  body,
  onSaved,
  onClose,
  children,
}: {
  workspace: string;
  path: string;
  one: string;
  name: string | null;
  description?: string;
  fields: readonly string[];
  body: () => unknown;
  onSaved?: (answer: A) => void;
  onClose: () => void;
  children: (at: Call['at']) => ReactNode;
}) {
  const [name, setName] = useState(given ?? '');
  const call = useCall(['name', ...fields]);
  const save = () =>
    call.run(
      () =>
        Promise.resolve().then(() =>
          request<A>(workspaceUrl(workspace, `${path}/${encodeURIComponent(name)}`), {
            method: 'PUT',
            body: body(),
          }),
        ),
      (answer) => {
        onSaved?.(answer);
        onClose();
      },
    );
  return (
    <Dialog
      title={given === null ? `New ${one}` : `Change ${given}`}
      {...(description === undefined ? {} : { description })}
      open
      onOpenChange={(open) => !open && onClose()}
      footer={
        <Button look="primary" busy={call.busy} disabled={name.trim() === ''} onClick={() => void save()}>
          Save {one}
        </Button>
      }
    >
      {call.error !== null && <Banner tone="error" title={call.error} />}
      {given === null && (
        <Field label="Name" hint="Letters, digits, _ and -." error={call.at('name')}>
          <Input
            value={name}
            onChange={(e) => setName(e.target.value)}
            className="mono"
            spellCheck={false}
            autoFocus
          />
        </Field>
      )}
      {children(call.at)}
    </Dialog>
  );
}
