'use client';

import { Plus } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { ProblemError, sentenceOf } from '@/components/api/request';
import { useCommands } from '@/components/shell/commands';
import { useWorkspace } from '@/components/shell/workspace';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input, Textarea } from '@/components/ui/input';

/** NewModel is the button and form that register a model; its first version is uploaded on its page. */
export function NewModel() {
  const router = useRouter();
  const { call, can, href } = useWorkspace();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const may = can('model:write');
  useCommands('new model', may ? [{ id: 'new model', label: 'Register a model', group: 'This page', keys: 'n', words: 'new upload onnx', run: () => setOpen(true) }] : []);
  const at = error instanceof ProblemError ? error.issueAt('name') : null;

  const create = async () => {
    setBusy(true);
    setError(null);
    try {
      await call('/models', { body: { name, description } });
      router.push(href(`/models/${name}?upload=1`));
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return (
    <>
      <Button look="primary" disabled={!may} title={may ? undefined : 'This needs the role editor.'} onClick={() => setOpen(true)}>
        <Plus size={16} aria-hidden />
        Register a model
      </Button>
      <Dialog title="Register a model" description="A model is a name; versions are uploaded to it." open={open} onOpenChange={setOpen} className="pb-4">
        <form
          className="flex flex-col gap-4"
          onSubmit={(e) => {
            e.preventDefault();
            void create();
          }}
        >
          <Field label="Name" hint="Letters, digits, _ . and -" error={at}>
            <Input value={name} onChange={(e) => setName(e.target.value)} className="mono" spellCheck={false} autoComplete="off" required />
          </Field>
          <Field label="What it predicts" hint="For those who find it later.">
            <Textarea value={description} onChange={(e) => setDescription(e.target.value)} rows={2} />
          </Field>
          {error !== null && at === null && <Banner tone="error" title={sentenceOf(error)} />}
          <div className="flex justify-end gap-2">
            <Button onClick={() => setOpen(false)}>Cancel</Button>
            <Button look="primary" type="submit" busy={busy} disabled={name === ''}>
              Register {name}
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
