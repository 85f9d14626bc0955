'use client';

import { ChevronsUpDown, Plus } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { ProblemError, request, sentenceOf } from '@/components/api/request';
import { Button } from '@/components/ui/button';
import { cx } from '@/components/ui/class-names';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Menu, MenuItem, MenuLabel, MenuLink, MenuSeparator } from '@/components/ui/menu';
import { Logo } from './logo';
import { slugOf } from './slug';
import { useWorkspace } from './workspace';

/** WorkspaceSwitcher names the open workspace and leads to the others; owners make new ones here. */
export function WorkspaceSwitcher({ folded = false }: { folded?: boolean }) {
  const { name, slug, workspaces, isOwner } = useWorkspace();
  const [creating, setCreating] = useState(false);
  const trigger = (
    <button
      type="button"
      aria-label={`Workspace ${name}, switch`}
      className={cx(
        'mb-2 flex h-8 shrink-0 items-center gap-2 rounded font-semibold hover:bg-hover coarse:h-11',
        folded ? 'w-8 justify-center' : 'px-2',
      )}
    >
      <Logo />
      {!folded && <span className="truncate">{name}</span>}
      {!folded && <ChevronsUpDown size={14} aria-hidden className="ml-auto text-ink-3" />}
    </button>
  );
  return (
    <>
      <Menu trigger={trigger} align="start">
        <MenuLabel>Workspaces</MenuLabel>
        {workspaces.map((w) => (
          <MenuLink key={w.slug} href={`/w/${w.slug}`}>
            <span className={cx(w.slug === slug && 'font-medium')}>{w.name}</span>
            {w.slug === slug && <span className="ml-2 text-12 text-ink-3">open</span>}
          </MenuLink>
        ))}
        {isOwner && (
          <>
            <MenuSeparator />
            <MenuItem icon={<Plus size={16} aria-hidden />} onClick={() => setCreating(true)}>
              New workspace
            </MenuItem>
          </>
        )}
      </Menu>
      {isOwner && <NewWorkspace open={creating} onOpenChange={setCreating} />}
    </>
  );
}

function NewWorkspace({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const router = useRouter();
  const [name, setName] = useState('');
  const [ownSlug, setOwnSlug] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const slug = ownSlug ?? slugOf(name);
  const create = async () => {
    setBusy(true);
    setError(null);
    try {
      await request('/api/v1/workspaces', { body: { slug, name } });
      onOpenChange(false);
      router.push(`/w/${slug}`);
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  const at = (path: string) => (error instanceof ProblemError ? error.issueAt(path) : null);
  const general = error !== null && at('slug') === null && at('name') === null ? sentenceOf(error) : null;
  return (
    <Dialog
      title="New workspace"
      description="Its pipelines, data, members and tokens are kept apart from all others. You become its admin."
      width="sm"
      open={open}
      onOpenChange={onOpenChange}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button
            look="primary"
            disabled={name.trim() === '' || slug === ''}
            busy={busy}
            onClick={() => void create()}
          >
            Create workspace
          </Button>
        </>
      }
    >
      <Field label="Name" error={at('name')}>
        <Input value={name} onChange={(e) => setName(e.target.value)} placeholder="Operations" />
      </Field>
      <Field label="Address" hint={`/w/${slug === '' ? '…' : slug}`} error={at('slug') ?? general}>
        <Input
          value={slug}
          onChange={(e) => setOwnSlug(e.target.value)}
          className="mono"
          spellCheck={false}
        />
      </Field>
    </Dialog>
  );
}
