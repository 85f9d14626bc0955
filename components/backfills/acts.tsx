'use client';

import { Pause, Play, RotateCw, Square } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { sentenceOf } from '@/components/api/request';
import { useWorkspace } from '@/components/shell/workspace';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/dialog';
import { toast } from '@/components/ui/toast';
import type { BackfillRow } from '@/lib/scheduler';

/** BackfillActs are the buttons that make sense for a backfill as it stands. */
export function BackfillActs({ backfill, size = 'md' }: { backfill: Pick<BackfillRow, 'id' | 'pipeline' | 'state' | 'counts'>; size?: 'md' | 'sm' }) {
  const { call, can } = useWorkspace();
  const router = useRouter();
  const [busy, setBusy] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  if (!can('run:write')) return null;
  const act = async (verb: string) => {
    setBusy(verb);
    try {
      await call(`/pipelines/${backfill.pipeline}/backfills/${backfill.id}/${verb}`, { method: 'POST' });
      router.refresh();
    } catch (error) {
      toast.error(sentenceOf(error));
    } finally {
      setBusy(null);
      setAsking(false);
    }
  };
  const unfinished = backfill.state === 'running' || backfill.state === 'paused';
  return (
    <>
      {backfill.state === 'running' && (
        <Button size={size} busy={busy === 'pause'} onClick={() => void act('pause')}>
          <Pause size={14} aria-hidden /> Pause
        </Button>
      )}
      {backfill.state === 'paused' && (
        <Button size={size} busy={busy === 'resume'} onClick={() => void act('resume')}>
          <Play size={14} aria-hidden /> Resume
        </Button>
      )}
      {backfill.counts.failed + backfill.counts.cancelled > 0 && (
        <Button size={size} busy={busy === 'resume-failed'} onClick={() => void act('resume-failed')}>
          <RotateCw size={14} aria-hidden /> Resume failed
        </Button>
      )}
      {unfinished && (
        <Button size={size} look="danger" onClick={() => setAsking(true)}>
          <Square size={12} aria-hidden /> Cancel
        </Button>
      )}
      <ConfirmDialog title="Cancel this backfill?" confirm="Cancel the backfill" open={asking} onOpenChange={setAsking} busy={busy === 'cancel'} onConfirm={() => void act('cancel')}>
        Its runs under way are stopped, and no further ones start. What has succeeded stays; the rest can be resumed later.
      </ConfirmDialog>
    </>
  );
}
