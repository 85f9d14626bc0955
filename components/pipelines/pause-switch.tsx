'use client';

import { useRouter } from 'next/navigation';
import { useOptimistic, useTransition } from 'react';
import { sentenceOf } from '@/components/api/request';
import { useWorkspace } from '@/components/shell/workspace';
import { Switch } from '@/components/ui/switch';
import { toast } from '@/components/ui/toast';

/** PauseSwitch turns a pipeline on or off: while off, its triggers make no runs; by hand it still runs. */
export function PauseSwitch({ slug, paused, label }: { slug: string; paused: boolean; label?: string }) {
  const router = useRouter();
  const { call, can } = useWorkspace();
  const [, start] = useTransition();
  const [off, setOff] = useOptimistic(paused);
  const change = (on: boolean) =>
    start(async () => {
      setOff(!on);
      try {
        await call(`/pipelines/${slug}`, { method: 'PATCH', body: { paused: !on } });
        router.refresh();
      } catch (error) {
        toast.error(sentenceOf(error));
      }
    });
  return (
    <Switch
      aria-label={label === undefined ? `${slug} is on` : undefined}
      label={label}
      checked={!off}
      disabled={!can('pipeline:write')}
      onCheckedChange={change}
      className="items-center"
    />
  );
}
