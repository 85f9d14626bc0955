'use client';

import { useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { ProblemError, sentenceOf } from '@/components/api/request';
import { useWorkspace } from '@/components/shell/workspace';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Panel, PanelHead } from '@/components/ui/panel';
import { Select } from '@/components/ui/select';
import { toast } from '@/components/ui/toast';

type View = { slug: string; name: string; tags: readonly string[]; owner: string | null; archived: boolean };
type Member = { userId: string; name: string; email: string };

const NOBODY = '-';

/** PipelineSettings changes name, tags and owner, and archives, brings back or deletes a pipeline. */
export function PipelineSettings({ pipeline }: { pipeline: View }) {
  const { can } = useWorkspace();
  const mayWrite = can('pipeline:write');
  return (
    <>
      {!mayWrite && (
        <Banner title="You can look at these settings">
          To change them somebody has to make you an editor of this workspace.
        </Banner>
      )}
      <NameAndOwner pipeline={pipeline} disabled={!mayWrite} />
      {mayWrite && <OutOfUse pipeline={pipeline} />}
    </>
  );
}

function NameAndOwner({ pipeline, disabled }: { pipeline: View; disabled: boolean }) {
  const router = useRouter();
  const { slug, call } = useWorkspace();
  const members = useQuery({
    queryKey: [slug, 'member', 'list'],
    queryFn: ({ signal }) => call<{ items: Member[] }>('/members', { signal }),
  });
  const [name, setName] = useState(pipeline.name);
  const [tags, setTags] = useState(pipeline.tags.join(', '));
  const [owner, setOwner] = useState(pipeline.owner ?? NOBODY);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const at = (path: string) => (error instanceof ProblemError ? error.issueAt(path) : null);
  const list = tags
    .split(',')
    .map((t) => t.trim())
    .filter((t) => t !== '');
  const changed =
    name !== pipeline.name || list.join() !== pipeline.tags.join() || owner !== (pipeline.owner ?? NOBODY);
  const save = async () => {
    setBusy(true);
    setError(null);
    try {
      await call(`/pipelines/${pipeline.slug}`, {
        method: 'PATCH',
        body: { name, tags: list, owner: owner === NOBODY ? null : owner },
      });
      toast('Settings saved');
      router.refresh();
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  const people =
    members.data?.items.map((m) => ({
      value: m.email,
      label: m.name === '' ? m.email : m.name,
      hint: m.email,
    })) ?? [];
  const known = owner === NOBODY || people.some((p) => p.value === owner);
  return (
    <Panel>
      <PanelHead title="Name and owner" />
      <form
        className="flex flex-col gap-4 p-4"
        onSubmit={(e) => {
          e.preventDefault();
          void save();
        }}
      >
        <Field label="Name" error={at('name')}>
          <Input value={name} onChange={(e) => setName(e.target.value)} disabled={disabled} required />
        </Field>
        <Field label="Tags" hint="Separated by commas, each a word or key:value." error={at('tags')}>
          <Input
            value={tags}
            onChange={(e) => setTags(e.target.value)}
            disabled={disabled}
            placeholder="transport, team:ops"
          />
        </Field>
        <Field label="Owner" hint="Who is asked when it fails." error={at('owner')}>
          <Select
            value={owner}
            onChange={setOwner}
            disabled={disabled}
            options={[
              { value: NOBODY, label: 'Nobody' },
              ...(known ? [] : [{ value: owner, label: owner }]),
              ...people,
            ]}
          />
        </Field>
        {error !== null && [at('name'), at('tags'), at('owner')].every((e) => e === null) && (
          <Banner tone="error" title={sentenceOf(error)} />
        )}
        <div className="flex justify-end">
          <Button
            type="submit"
            look="primary"
            disabled={disabled || !changed || name.trim() === ''}
            busy={busy}
          >
            Save
          </Button>
        </div>
      </form>
    </Panel>
  );
}

function OutOfUse({ pipeline }: { pipeline: View }) {
  const router = useRouter();
  const { call, href } = useWorkspace();
  const [busy, setBusy] = useState(false);
  const act = async (work: () => Promise<unknown>, done: string, then: () => void) => {
    setBusy(true);
    try {
      await work();
      toast(done);
      then();
    } catch (problem) {
      toast.error(sentenceOf(problem));
    } finally {
      setBusy(false);
    }
  };
  const archive = (archived: boolean) =>
    act(
      () => call(`/pipelines/${pipeline.slug}`, { method: 'PATCH', body: { archived } }),
      archived ? `${pipeline.name} is archived` : `${pipeline.name} is back`,
      () => router.refresh(),
    );
  return (
    <Panel>
      <PanelHead title="Out of use" />
      <div className="flex flex-col gap-4 p-4">
        <div className="flex flex-wrap items-center justify-between gap-3">
          <p className="max-w-[52ch] text-ink-2">
            {pipeline.archived
              ? 'This pipeline is archived: it does not run and stands in no list. Its runs and data are kept.'
              : 'Archiving stops its triggers and takes it out of the lists. Runs and data are kept, and it can be brought back.'}
          </p>
          <Button busy={busy} onClick={() => void archive(!pipeline.archived)}>
            {pipeline.archived ? 'Bring back' : 'Archive'}
          </Button>
        </div>
        {pipeline.archived && (
          <div className="flex flex-wrap items-center justify-between gap-3 border-t border-line pt-4">
            <p className="max-w-[52ch] text-ink-2">
              Deleting removes the draft and all versions. Its runs stay in the history, its datasets stay too.
            </p>
            <ConfirmDialog
              title={`Delete ${pipeline.name}?`}
              confirm="Delete pipeline"
              typed={pipeline.slug}
              busy={busy}
              trigger={<Button look="danger">Delete</Button>}
              onConfirm={() =>
                void act(
                  () => call(`/pipelines/${pipeline.slug}`, { method: 'DELETE' }),
                  `${pipeline.name} is deleted`,
                  () => router.push(href('/pipelines')),
                )
              }
            >
              Its draft and versions are removed for good. Its runs stay in the history, and the datasets it wrote stay too.
            </ConfirmDialog>
          </div>
        )}
      </div>
    </Panel>
  );
}
