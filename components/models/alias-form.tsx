'use client';

import { AtSign } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { ProblemError, sentenceOf } from '@/components/api/request';
import { useWorkspace } from '@/components/shell/workspace';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input, Textarea } from '@/components/ui/input';
import { toast } from '@/components/ui/toast';

/** AliasForm points an alias at this version, with the reason. @param followed endpoints that follow each alias */
export function AliasForm({ model, version, followed }: { model: string; version: number; followed: Record<string, string[]> }) {
  const router = useRouter();
  const { call, can } = useWorkspace();
  const [open, setOpen] = useState(false);
  const [alias, setAlias] = useState('');
  const [reason, setReason] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const may = can('model:write');
  const at = (path: string) => (error instanceof ProblemError ? error.issueAt(path) : null);
  const endpoints = followed[alias] ?? [];

  const put = async () => {
    setBusy(true);
    setError(null);
    try {
      const { pending } = await call<{ pending: string[] }>(`/models/${model}/aliases/${encodeURIComponent(alias)}`, { method: 'PUT', body: { version, reason } });
      toast(pending.length === 0 ? `@${alias} points at v${version}` : `@${alias} moves to v${version} when ${pending.join(', ')} ${pending.length === 1 ? 'has' : 'have'} started it`);
      setOpen(false);
      router.refresh();
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={`Point an alias at v${version}`}
      description="An alias points at exactly one version; one that points elsewhere moves here."
      open={open}
      onOpenChange={setOpen}
      className="pb-4"
      trigger={
        <Button size="sm" disabled={!may} title={may ? undefined : 'This needs the role editor.'}>
          <AtSign size={14} aria-hidden />
          Set alias
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
        <Field label="Alias" hint="For example champion or challenger." error={at('alias')}>
          <Input value={alias} onChange={(e) => setAlias(e.target.value)} className="mono" list="aliases" spellCheck={false} autoComplete="off" />
        </Field>
        <datalist id="aliases">
          {Object.keys(followed).map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <Field label="Reason" error={at('reason')}>
          <Textarea value={reason} onChange={(e) => setReason(e.target.value)} rows={2} />
        </Field>
        {endpoints.length > 0 && <Banner title={`${endpoints.join(', ')} ${endpoints.length === 1 ? 'follows' : 'follow'} this alias`}>Replicas of v{version} are started beside those that answer now; traffic moves when they are ready.</Banner>}
        {error !== null && at('alias') === null && at('reason') === null && <Banner tone="error" title={sentenceOf(error)} />}
        <div className="flex justify-end gap-2">
          <Button onClick={() => setOpen(false)}>Cancel</Button>
          <Button look="primary" type="submit" busy={busy} disabled={alias === '' || reason.trim() === ''}>
            Point @{alias} at v{version}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
