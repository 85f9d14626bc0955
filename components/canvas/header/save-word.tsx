'use client';

import { CloudAlert, CloudCheck, CloudOff, CloudUpload, GitCompareArrows } from 'lucide-react';
import { Time } from '@/components/time';
import { Button } from '@/components/ui/button';
import { useDraft } from '../editor-context';

/** SaveWord says what the server has acknowledged, never what is hoped. */
export function SaveWord({ onConflict, onRetry }: { onConflict: () => void; onRetry: () => void }) {
  const save = useDraft((state) => state.save);
  const revision = useDraft((state) => state.revision);
  const look = 'flex items-center gap-1 text-12 text-ink-3 whitespace-nowrap';
  switch (save.status) {
    case 'saved':
      return (
        <span role="status" data-save="saved" data-revision={revision} className={look}>
          <CloudCheck size={14} aria-hidden /> Saved {save.at !== null && <Time at={new Date(save.at)} />}
        </span>
      );
    case 'unsaved':
    case 'saving':
      return (
        <span role="status" data-save={save.status} className={look}>
          <CloudUpload size={14} aria-hidden /> Saving…
        </span>
      );
    case 'offline':
    case 'refused':
      return (
        <span role="status" data-save={save.status} className={`${look} text-warn`} title={save.sentence}>
          {save.status === 'offline' ? <CloudOff size={14} aria-hidden /> : <CloudAlert size={14} aria-hidden />}
          {save.status === 'offline' ? 'Offline, kept in this tab' : 'Not saved, kept in this tab'}
          <Button size="sm" look="ghost" onClick={onRetry}>Try again</Button>
        </span>
      );
    case 'conflict':
      return (
        <span role="status" data-save="conflict" className={`${look} text-warn`}>
          <Button size="sm" onClick={onConflict}>
            <GitCompareArrows size={14} aria-hidden /> Changed elsewhere
          </Button>
        </span>
      );
  }
}
