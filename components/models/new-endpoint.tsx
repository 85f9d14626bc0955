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
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';

/** A model that can be served, with what may be chosen of it: versions newest first, and aliases that point at one of them. */
export type Servable = { model: string; versions: number[]; aliases: { alias: string; version: number }[] };

/** NewEndpoint is the button and form that serve a model. With `version` it serves exactly that one. */
export function NewEndpoint({ models, version, primary = true }: { models: readonly Servable[]; version?: number; primary?: boolean }) {
  const { can } = useWorkspace();
  const [open, setOpen] = useState(false);
  const why = !can('endpoint:write') ? 'This needs the role editor.' : models.length === 0 ? 'No model of this workspace has a version that can be served.' : null;
  useCommands('new endpoint', why === null ? [{ id: 'new endpoint', label: 'Create an endpoint', group: 'This page', keys: 'n', words: 'new serve model', run: () => setOpen(true) }] : []);
  return (
    <>
      <Button look={primary ? 'primary' : 'default'} disabled={why !== null} title={why ?? undefined} onClick={() => setOpen(true)}>
        <Plus size={16} aria-hidden />
        {version === undefined ? 'Create an endpoint' : `Serve v${version}`}
      </Button>
      <Dialog title="Create an endpoint" description="A stable address that answers with a version of a model." open={open} onOpenChange={setOpen} className="pb-4">
        <NewForm models={models} fixed={version} close={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function NewForm({ models, fixed, close }: { models: readonly Servable[]; fixed: number | undefined; close: () => void }) {
  const router = useRouter();
  const { call, href } = useWorkspace();
  const [model, setModel] = useState(models[0]?.model ?? '');
  const [slug, setSlug] = useState('');
  const [what, setWhat] = useState<string | null>(null);
  const [replicas, setReplicas] = useState('1');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const at = (path: string) => (error instanceof ProblemError ? error.issueAt(path) : null);
  const chosen = models.find((each) => each.model === model);
  const choices = [
    ...(chosen?.aliases ?? []).map(({ alias, version }) => ({ value: `@${alias}`, label: `@${alias}`, hint: `v${version} now; the endpoint follows the alias` })),
    ...(chosen?.versions ?? []).map((version) => ({ value: String(version), label: `Version ${version}` })),
  ];
  const picked = fixed !== undefined ? String(fixed) : (choices.find((each) => each.value === what)?.value ?? choices[0]?.value ?? '');

  const create = async () => {
    setBusy(true);
    setError(null);
    const source = picked.startsWith('@') ? { alias: picked.slice(1) } : { version: Number(picked) };
    try {
      await call('/endpoints', { body: { slug, model, ...source, minReplicas: Number(replicas) } });
      close();
      router.push(href(`/endpoints/${slug}`));
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  const placed = ['slug', 'model', 'version', 'alias', 'minReplicas'].some((path) => at(path) !== null);
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(e) => {
        e.preventDefault();
        void create();
      }}
    >
      <Field label="Slug" hint="Part of its address: lower-case letters, digits and dashes." error={at('slug')}>
        <Input value={slug} onChange={(e) => setSlug(e.target.value)} className="mono" spellCheck={false} autoComplete="off" required />
      </Field>
      <div className="grid gap-4 sm:grid-cols-3">
        <Field label="Model" error={at('model')}>
          <Select value={model} onChange={setModel} options={models.map((each) => ({ value: each.model, label: each.model }))} />
        </Field>
        <Field label="Serves" error={at('version') ?? at('alias')}>
          {fixed === undefined ? <Select value={picked} onChange={setWhat} options={choices} /> : <p className="flex h-8 items-center">Version {fixed}</p>}
        </Field>
        <Field label="Replicas" error={at('minReplicas')}>
          <Input type="number" min={1} max={32} value={replicas} onChange={(e) => setReplicas(e.target.value)} />
        </Field>
      </div>
      {error !== null && !placed && <Banner tone="error" title={sentenceOf(error)} />}
      <div className="flex justify-end gap-2">
        <Button onClick={close}>Cancel</Button>
        <Button look="primary" type="submit" busy={busy} disabled={slug === '' || picked === ''}>
          Create {slug}
        </Button>
      </div>
    </form>
  );
}
