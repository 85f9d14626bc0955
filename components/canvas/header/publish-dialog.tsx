'use client';

import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ProblemError, request, sentenceOf, workspaceUrl } from '@/components/api/request';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Textarea } from '@/components/ui/input';
import { toast } from '@/components/ui/toast';
import type { DraftSpec, Problem } from '@/lib/pipeline/index';
import { changesOf } from '../changes';
import { useDraft, useEditor } from '../editor-context';
import { plural } from '../words';
import { ChangeList } from './change-list';

export type Published = { version: number; spec: DraftSpec };

/** PublishDialog shows what will change, takes a message and makes the next version. Errors on the list keep it shut. */
export function PublishDialog({
  open,
  onOpenChange,
  published,
  flush,
  onPublished,
  onRun,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  published: Published | null;
  /** saves the draft; false when the server has not taken it */
  flush: () => Promise<boolean>;
  onPublished: (version: Published) => void;
  /** asks for the params of a run of what was published */
  onRun: () => void;
}) {
  const { workspace, slug, acts } = useEditor();
  const spec = useDraft((state) => state.spec);
  const errors = useDraft((state) => state.problems).filter((problem) => problem.severity === 'error');
  const [message, setMessage] = useState('');
  const changes = published ? changesOf(published.spec, spec) : null;

  const publish = useMutation({
    mutationFn: async () => {
      if (!(await flush())) throw new ProblemError(0, 'The draft is not saved yet, so it cannot be published. Wait until the header says "Saved".');
      return request<{ version: number; hash: string; unchanged: boolean }>(workspaceUrl(workspace, `/pipelines/${encodeURIComponent(slug)}/publish`), {
        body: message.trim() === '' ? {} : { message: message.trim() },
      });
    },
    onSuccess: ({ version, unchanged }) => {
      onPublished({ version, spec });
      setMessage('');
      onOpenChange(false);
      toast(unchanged ? `Nothing changed: version ${version} stays` : `Published version ${version}`, {
        action: { label: 'Run now', onClick: onRun },
      });
    },
  });
  const refused = publish.error instanceof ProblemError ? publish.error.issues : [];
  const listed: readonly Pick<Problem, 'path' | 'message'>[] = errors.length > 0 ? errors : refused;
  const next = (published?.version ?? 0) + 1;

  return (
    <Dialog
      title={`Publish version ${next}`}
      description={published ? `What changes against version ${published.version}:` : 'The first version of this pipeline. Runs use published versions only.'}
      width="lg"
      open={open}
      onOpenChange={onOpenChange}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Keep editing</Button>
          <Button look="primary" busy={publish.isPending} disabled={errors.length > 0 || changes?.length === 0} onClick={() => publish.mutate()}>
            Publish version {next}
          </Button>
        </>
      }
    >
      {listed.length > 0 && (
        <Banner tone="error" title={`${plural(listed.length, 'problem')} to solve first`}>
          <ul className="flex flex-col">
            {listed.slice(0, 8).map((problem, i) => (
              <li key={i}>
                <button
                  type="button"
                  className="text-left hover:underline"
                  onClick={() => {
                    onOpenChange(false);
                    acts.jump({ ...problem, severity: 'error' });
                  }}
                >
                  {problem.message}
                </button>
              </li>
            ))}
          </ul>
        </Banner>
      )}
      {publish.error !== null && refused.length === 0 && <Banner tone="error" title={sentenceOf(publish.error)} />}
      {changes ? <ChangeList changes={changes} /> : <p className="text-ink-2">{plural(spec.tasks.length, 'node')}, {plural(spec.edges.length, 'edge')}.</p>}
      <Field label="Message" hint="Why this change? Shown in the history of versions.">
        <Textarea rows={2} value={message} onChange={(event) => setMessage(event.target.value)} />
      </Field>
    </Dialog>
  );
}
