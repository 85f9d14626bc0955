'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { Spec } from '@/lib/pipeline';
import { ProblemError, sentenceOf } from '@/components/api/request';
import { slugOf } from '@/components/shell/slug';
import { useWorkspace } from '@/components/shell/workspace';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';

type Props = { template: { key: string; name: string; tags: readonly string[]; spec: Spec }; taken: boolean };

/** UseTemplate makes a pipeline of one's own from a template and opens it in the editor. */
export function UseTemplate({ template, taken }: Props) {
  const router = useRouter();
  const { call, href } = useWorkspace();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState(taken ? `${template.name} 2` : template.name);
  const [ownSlug, setOwnSlug] = useState<string | null>(taken ? null : template.key);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const slug = ownSlug ?? slugOf(name);
  const at = (path: string) => (error instanceof ProblemError ? error.issueAt(path) : null);
  const create = async () => {
    setBusy(true);
    setError(null);
    try {
      await call('/pipelines', {
        body: { slug, name: name.trim(), tags: template.tags, spec: template.spec },
      });
      router.push(href(`/pipelines/${slug}/edit`));
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={`Start from ${template.name}`}
      description="You get a draft of your own. Look at it, try it, then publish it."
      width="sm"
      open={open}
      onOpenChange={setOpen}
      trigger={<Button>Use this template</Button>}
      footer={
        <>
          <Button onClick={() => setOpen(false)}>Cancel</Button>
          <Button
            look="primary"
            busy={busy}
            disabled={name.trim() === '' || slug === ''}
            onClick={() => void create()}
          >
            Create pipeline
          </Button>
        </>
      }
    >
      <Field label="Name" error={at('name')}>
        <Input value={name} onChange={(e) => setName(e.target.value)} />
      </Field>
      <Field label="Address" error={at('slug')}>
        <Input
          className="mono"
          value={slug}
          onChange={(e) => setOwnSlug(e.target.value)}
          spellCheck={false}
        />
      </Field>
      {error !== null && at('name') === null && at('slug') === null && (
        <Banner tone="error" title={sentenceOf(error)} />
      )}
    </Dialog>
  );
}
