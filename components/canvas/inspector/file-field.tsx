'use client';

import { useQueryClient } from '@tanstack/react-query';
import { Upload } from 'lucide-react';
import { useRef, useState } from 'react';
import { workspaceUrl } from '@/components/api/request';
import { Button } from '@/components/ui/button';
import { toast } from '@/components/ui/toast';
import { useFields } from './field-context';
import { Suggest } from './suggest';

/** FileField chooses one of the workspace's files or uploads one. */
export function FileField({ value, onChange, placeholder }: { value: string; onChange: (value: string) => void; placeholder?: string }) {
  const { workspace, readOnly } = useFields();
  const queries = useQueryClient();
  const input = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);

  const upload = async (file: File) => {
    setBusy(true);
    try {
      const path = `uploads/${file.name}`;
      const response = await fetch(workspaceUrl(workspace, '/files', { path }), {
        method: 'POST',
        body: file,
        headers: { 'content-type': 'application/octet-stream' },
      });
      const answer = (await response.json().catch(() => ({}))) as { path?: string; detail?: string };
      if (!response.ok) throw new Error(answer.detail ?? `The server answered ${response.status}.`);
      onChange(answer.path ?? path);
      toast(`Uploaded ${file.name}`);
      await queries.invalidateQueries({ queryKey: [workspace, 'names-file'] });
    } catch (error) {
      toast.error(`${file.name} was not uploaded`, { description: error instanceof Error ? error.message : undefined });
    } finally {
      setBusy(false);
    }
  };

  return (
    <span className="flex gap-2">
      <span className="min-w-0 flex-1">
        <Suggest kind="file" value={value} onChange={onChange} placeholder={placeholder} />
      </span>
      {!readOnly && (
        <>
          <input
            ref={input}
            type="file"
            hidden
            accept=".csv,.json,.ndjson,.jsonl,.parquet,.tsv,.txt,.gz"
            onChange={(event) => {
              const file = event.target.files?.[0];
              event.target.value = '';
              if (file) void upload(file);
            }}
          />
          <Button busy={busy} onClick={() => input.current?.click()}>
            <Upload size={14} aria-hidden />
            {busy ? 'Uploading' : 'Upload'}
          </Button>
        </>
      )}
    </span>
  );
}
