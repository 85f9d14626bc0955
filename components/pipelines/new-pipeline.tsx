'use client';

import { Plus, Upload } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useRef, useState } from 'react';
import { parse } from 'yaml';
import { ProblemError, sentenceOf } from '@/components/api/request';
import { useCommands } from '@/components/shell/commands';
import { slugOf } from '@/components/shell/slug';
import { useWorkspace } from '@/components/shell/workspace';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { CodeEditor } from '@/components/ui/code-editor';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Segmented } from '@/components/ui/segmented';

type Start = 'empty' | 'import';

/** NewPipeline is the button and dialog that make a pipeline: with an empty canvas, or from a spec in a file. */
export function NewPipeline() {
  const { can } = useWorkspace();
  const [open, setOpen] = useState(false);
  const allowed = can('pipeline:write');
  useCommands(
    'new pipeline',
    allowed
      ? [
          {
            id: 'new pipeline',
            label: 'New pipeline',
            group: 'This page',
            keys: 'n',
            words: 'create add import',
            run: () => setOpen(true),
          },
        ]
      : [],
  );
  if (!allowed) return null;
  return (
    <>
      <Button look="primary" onClick={() => setOpen(true)}>
        <Plus size={16} aria-hidden />
        New pipeline
      </Button>
      <Dialog
        title="New pipeline"
        description="It opens in the editor. Nothing runs before you publish it."
        open={open}
        onOpenChange={setOpen}
        className="pb-4"
      >
        <CreateForm close={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

/** readSpec reads YAML or JSON; what the spec says is judged by the server. An export's `{slug, name, spec}` is unwrapped. */
function readSpec(text: string): { spec: unknown } | { problem: string } {
  try {
    const value: unknown = parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return { problem: 'This is no spec. Expected YAML or JSON with "tasks" and "edges".' };
    return { spec: 'spec' in value ? value.spec : value };
  } catch (error) {
    return {
      problem:
        error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'This is neither YAML nor JSON.',
    };
  }
}

function CreateForm({ close }: { close: () => void }) {
  const router = useRouter();
  const { call, href } = useWorkspace();
  const [name, setName] = useState('');
  const [ownSlug, setOwnSlug] = useState<string | null>(null);
  const [start, setStart] = useState<Start>('empty');
  const [text, setText] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [textProblem, setTextProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const file = useRef<HTMLInputElement>(null);
  const slug = ownSlug ?? slugOf(name);
  const at = (path: string) => (error instanceof ProblemError ? error.issueAt(path) : null);
  const placed = at('slug') !== null || at('name') !== null;

  const create = async () => {
    setError(null);
    setTextProblem(null);
    const read = start === 'import' ? readSpec(text) : null;
    if (read !== null && 'problem' in read) return setTextProblem(read.problem);
    setBusy(true);
    try {
      await call('/pipelines', { body: { slug, name: name.trim(), ...read } });
      close();
      router.push(href(`/pipelines/${slug}/edit`));
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  const load = async (chosen: File | undefined) => {
    if (chosen === undefined) return;
    setText(await chosen.text());
    if (name === '') setName(chosen.name.replace(/\.(ya?ml|json)$/i, ''));
  };

  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(e) => {
        e.preventDefault();
        void create();
      }}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Name" error={at('name')}>
          <Input
            value={name}
            onChange={(e) => setName(e.target.value)}
            placeholder="Late flights"
            autoFocus
            required
          />
        </Field>
        <Field label="Address" hint="Used in links, the API and the command line." error={at('slug')}>
          <Input
            className="mono"
            value={slug}
            onChange={(e) => setOwnSlug(e.target.value)}
            placeholder="late-flights"
            spellCheck={false}
            required
          />
        </Field>
      </div>
      <div className="flex items-center justify-between gap-2">
        <Segmented<Start>
          label="Start from"
          value={start}
          onChange={setStart}
          options={[
            { value: 'empty', label: 'Empty canvas' },
            { value: 'import', label: 'Import a spec' },
          ]}
        />
        {start === 'import' && (
          <Button onClick={() => file.current?.click()}>
            <Upload size={16} aria-hidden />
            Choose file
          </Button>
        )}
        <input
          ref={file}
          type="file"
          accept=".yaml,.yml,.json"
          aria-label="Spec file"
          className="sr-only"
          tabIndex={-1}
          onChange={(e) => void load(e.target.files?.[0])}
        />
      </div>
      {start === 'import' && (
        <div className="flex flex-col gap-1">
          <CodeEditor
            label="Spec, YAML or JSON"
            language="yaml"
            value={text}
            onChange={setText}
            placeholder="Paste a spec, YAML or JSON"
            minLines={6}
            maxLines={12}
            invalid={textProblem !== null}
          />
          {textProblem !== null && (
            <p role="alert" className="text-12 text-failed">
              {textProblem}
            </p>
          )}
        </div>
      )}
      {error !== null && !placed && <Banner tone="error" title={sentenceOf(error)} />}
      <div className="flex justify-end gap-2">
        <Button onClick={close}>Cancel</Button>
        <Button look="primary" type="submit" busy={busy} disabled={name.trim() === '' || slug === ''}>
          Create pipeline
        </Button>
      </div>
    </form>
  );
}
