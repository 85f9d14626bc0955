'use client';

import { Upload } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useRef, useState, type DragEvent } from 'react';
import { sentenceOf, workspaceUrl } from '@/components/api/request';
import { useCommands } from '@/components/shell/commands';
import { useWorkspace } from '@/components/shell/workspace';
import { formatBytes, plural } from '@/components/time/format';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { cx } from '@/components/ui/class-names';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input, Textarea } from '@/components/ui/input';
import { Progress } from '@/components/ui/progress';
import { type ModelVersionView } from '@/lib/registry';
import { sendForm } from './send-form';

/** UploadVersion is the button and form that upload a model's next version, by choosing or dropping files. */
export function UploadVersion({ model, open: first = false }: { model: string; open?: boolean }) {
  const { can } = useWorkspace();
  const [open, setOpen] = useState(first && can('model:write'));
  const may = can('model:write');
  useCommands('upload version', may ? [{ id: 'upload version', label: 'Upload a version', group: 'This page', keys: 'n', words: 'new onnx', run: () => setOpen(true) }] : []);
  return (
    <>
      <Button look="primary" disabled={!may} title={may ? undefined : 'This needs the role editor.'} onClick={() => setOpen(true)}>
        <Upload size={16} aria-hidden />
        Upload a version
      </Button>
      <Dialog title={`Upload a version of ${model}`} description="An ONNX file, an MLflow folder, or a zip of one. What is not ONNX is kept, with the reason why it is not served." open={open} onOpenChange={setOpen} className="pb-4">
        <UploadForm model={model} close={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

const pathOf = (file: File): string => (file.webkitRelativePath === '' ? file.name : file.webkitRelativePath);

function UploadForm({ model, close }: { model: string; close: () => void }) {
  const router = useRouter();
  const { slug, href } = useWorkspace();
  const picker = useRef<HTMLInputElement>(null);
  const [files, setFiles] = useState<File[]>([]);
  const [over, setOver] = useState(false);
  const [columns, setColumns] = useState('');
  const [training, setTraining] = useState('');
  const [sent, setSent] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);
  const bytes = files.reduce((sum, file) => sum + file.size, 0);

  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    setFiles([...event.dataTransfer.files]);
  };
  const upload = async () => {
    setError(null);
    setSent(0);
    const form = new FormData();
    const names = columns.split(/[\s,]+/).filter(Boolean);
    if (names.length > 0) form.set('signature', JSON.stringify(names));
    if (training.trim() !== '') form.set('training', JSON.stringify(training.includes('/') ? { file: training.trim() } : { dataset: training.trim() }));
    for (const file of files) form.append('file', file, pathOf(file));
    try {
      const made = await sendForm<ModelVersionView>(workspaceUrl(slug, `/models/${model}/versions`), form, setSent);
      close();
      router.push(href(`/models/${model}/versions/${made.version}`));
      router.refresh();
    } catch (problem) {
      setError(problem);
      setSent(null);
    }
  };
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(e) => {
        e.preventDefault();
        void upload();
      }}
    >
      <div
        onDragOver={(e) => {
          e.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        className={cx('flex flex-col items-center gap-2 rounded border border-dashed px-4 py-6 text-center', over ? 'border-accent bg-accent-soft' : 'border-line-strong bg-sunken')}
      >
        <p className="font-medium">{files.length === 0 ? 'Drop files here' : files.length === 1 && files[0] ? pathOf(files[0]) : plural(files.length, 'file')}</p>
        <p className="text-12 text-ink-2">{files.length === 0 ? 'or choose them' : formatBytes(bytes)}</p>
        <input ref={picker} type="file" multiple hidden aria-label="Model files" onChange={(e) => setFiles([...(e.target.files ?? [])])} />
        <Button size="sm" onClick={() => picker.current?.click()}>
          Choose files
        </Button>
      </div>
      <Field label="Names of its columns" hint="Only where the file does not name them: in the order of the input tensor, separated by commas.">
        <Textarea className="mono" rows={2} value={columns} onChange={(e) => setColumns(e.target.value)} spellCheck={false} />
      </Field>
      <Field label="Training data" hint="A dataset, or a file of this workspace like demo/train.parquet; drift is measured against it.">
        <Input className="mono" value={training} onChange={(e) => setTraining(e.target.value)} spellCheck={false} />
      </Field>
      {sent !== null && (
        <div className="flex flex-col gap-1">
          <Progress value={sent} label="Upload" />
          <p className="text-12 text-ink-2">{sent < 1 ? `${formatBytes(bytes * sent)} of ${formatBytes(bytes)} sent` : 'Sent. The model is loaded to see what it takes and gives …'}</p>
        </div>
      )}
      {error !== null && <Banner tone="error" title={sentenceOf(error)} />}
      <div className="flex justify-end gap-2">
        <Button onClick={close}>Cancel</Button>
        <Button look="primary" type="submit" busy={sent !== null} disabled={files.length === 0}>
          Upload {files.length > 1 ? `${files.length} files` : ''}
        </Button>
      </div>
    </form>
  );
}
