'use client';

import { CircleAlert, CircleCheck, X } from 'lucide-react';
import { formatBytes } from '@/components/time';
import { Button } from '@/components/ui/button';
import { IconButton } from '@/components/ui/icon-button';
import { Progress } from '@/components/ui/progress';
import type { Upload } from './use-uploads';

/** UploadList shows how uploads go: how far each is, and why one was refused. */
export function UploadList({ uploads, onForget }: { uploads: readonly Upload[]; onForget: () => void }) {
  if (uploads.length === 0) return null;
  const open = uploads.some((u) => u.state === 'waits' || u.state === 'sends');
  return (
    <section aria-label="Uploads" aria-live="polite" className="border-b border-line bg-sunken px-4 py-2">
      <ul className="flex flex-col gap-1.5 text-12">
        {uploads.map((u) => (
          <li key={u.key} className="flex min-h-6 flex-wrap items-center gap-x-3 gap-y-1">
            {u.state === 'done' ? (
              <CircleCheck size={14} aria-hidden className="text-good" />
            ) : u.state === 'refused' ? (
              <CircleAlert size={14} aria-hidden className="text-failed" />
            ) : (
              <Progress value={u.share} label={`Upload of ${u.path}`} className="w-24" />
            )}
            <span className="mono min-w-0 truncate">{u.path}</span>
            <span className="num text-ink-3">{formatBytes(u.bytes)}</span>
            {u.state === 'sends' && (
              <>
                <span className="num text-ink-2">{Math.round(u.share * 100)} %</span>
                <IconButton size="sm" label={`Stop the upload of ${u.path}`} onClick={u.stop}>
                  <X size={14} aria-hidden />
                </IconButton>
              </>
            )}
            {u.state === 'done' && <span className="text-ink-2">uploaded</span>}
            {u.problem !== null && <span className="basis-full text-failed sm:basis-auto">{u.problem}</span>}
          </li>
        ))}
      </ul>
      {!open && (
        <Button size="sm" look="ghost" onClick={onForget} className="mt-1 -ml-2">
          Clear this list
        </Button>
      )}
    </section>
  );
}
