'use client';

import { useQuery } from '@tanstack/react-query';
import { CircleCheck, RotateCw } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { rerun } from '@/app/(workspace)/w/[workspace]/runs/[id]/actions';
import { sentenceOf } from '@/components/api/request';
import { useWorkspace } from '@/components/shell/workspace';
import { plural } from '@/components/time';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { SkeletonRows } from '@/components/ui/empty-state';
import { toast } from '@/components/ui/toast';
import { useAct } from './use-act';

type Item = { taskId: string; action: 'run' | 'reuse'; reason: string };

/** RerunDialog shows what a rerun will run and what it keeps, and why, before it starts. */
export function RerunDialog({
  run,
  from,
  nameOf,
  onClose,
  onDone,
}: {
  run: string;
  from: 'start' | 'failed' | null;
  nameOf: (taskId: string) => string;
  onClose: () => void;
  onDone: () => void;
}) {
  const { slug, call, href } = useWorkspace();
  const router = useRouter();
  const { busy, problem, act } = useAct();
  const plan = useQuery({
    queryKey: [slug, 'run-page', run, 'plan', from],
    enabled: from !== null,
    queryFn: async ({ signal }) =>
      (await call<{ items: Item[] }>(`/runs/${run}/rerun-plan`, { query: { from }, signal })).items,
  });
  const again = plan.data?.filter(({ action }) => action === 'run').length ?? 0;
  const kept = (plan.data?.length ?? 0) - again;
  const start = () =>
    void act(
      () => rerun(slug, { id: run, request: { from: from ?? 'failed' } }),
      ({ id }) => {
        toast('Running again');
        onDone();
        onClose();
        if (id !== run) router.push(href(`/runs/${id}`));
      },
    );
  return (
    <Dialog
      open={from !== null}
      onOpenChange={(open) => !open && onClose()}
      title={from === 'start' ? 'Rerun all' : 'Rerun from failed'}
      description={
        plan.data === undefined
          ? undefined
          : `Runs ${plural(again, 'task')} again and keeps ${plural(kept, 'result')}. Earlier tries keep their logs.`
      }
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" busy={busy} disabled={again === 0} onClick={start}>
            <RotateCw size={16} aria-hidden />
            Run {plural(again, 'task')}
          </Button>
        </>
      }
    >
      {problem !== null && <Banner tone="error" title={problem} />}
      {plan.isError && <Banner tone="error" title={sentenceOf(plan.error)} />}
      {plan.isPending && <SkeletonRows rows={4} label="Loading the plan" />}
      {plan.data !== undefined && (
        <ul className="flex flex-col">
          {plan.data.map((item) => (
            <li
              key={item.taskId}
              className="flex min-h-8 items-center gap-2 border-b border-line py-1 last:border-0"
            >
              {item.action === 'run' ? (
                <RotateCw size={14} aria-hidden className="shrink-0 text-accent-text" />
              ) : (
                <CircleCheck size={14} aria-hidden className="shrink-0 text-good" />
              )}
              <span className="font-medium">{nameOf(item.taskId)}</span>
              <span className="text-12 text-ink-2">{item.action === 'run' ? 'runs' : 'kept'}</span>
              <span className="ml-auto text-right text-12 text-ink-3">{item.reason}</span>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}
