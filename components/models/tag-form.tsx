'use client';

import { Tag as TagIcon } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { sentenceOf } from '@/components/api/request';
import { useWorkspace } from '@/components/shell/workspace';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';

/** TagForm puts a tag on a version; many versions may carry one, and the newest of them is meant. */
export function TagForm({ model, version }: { model: string; version: number }) {
  const router = useRouter();
  const { call, can } = useWorkspace();
  const [open, setOpen] = useState(false);
  const [key, setKey] = useState('');
  const [value, setValue] = useState('');
  const [error, setError] = useState<unknown>(null);
  const may = can('model:write');
  const put = async () => {
    try {
      await call(`/models/${model}/versions/${version}/tags/${encodeURIComponent(key)}`, { method: 'PUT', body: { value } });
      setOpen(false);
      setError(null);
      router.refresh();
    } catch (problem) {
      setError(problem);
    }
  };
  return (
    <Dialog
      title={`Tag v${version}`}
      description="Many versions may carry a tag; the newest of them is what it means."
      open={open}
      onOpenChange={setOpen}
      width="sm"
      className="pb-4"
      trigger={
        <Button size="sm" disabled={!may} title={may ? undefined : 'This needs the role editor.'}>
          <TagIcon size={14} aria-hidden />
          Add tag
        </Button>
      }
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(e) => {
          e.preventDefault();
          void put();
        }}
      >
        <Field label="Tag">
          <Input value={key} onChange={(e) => setKey(e.target.value)} className="mono" spellCheck={false} autoComplete="off" />
        </Field>
        <Field label="Value" hint="May be empty.">
          <Input value={value} onChange={(e) => setValue(e.target.value)} className="mono" spellCheck={false} />
        </Field>
        {error !== null && <Banner tone="error" title={sentenceOf(error)} />}
        <div className="flex justify-end gap-2">
          <Button onClick={() => setOpen(false)}>Cancel</Button>
          <Button look="primary" type="submit" disabled={key === ''}>
            Tag v{version}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
