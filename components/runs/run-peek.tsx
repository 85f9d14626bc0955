'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import type { RunSummary } from '@/lib/runs';
import { Facts } from '@/components/lists/peek-sheet';
import { useWorkspace } from '@/components/shell/workspace';
import { StateChip, StateTile } from '@/components/state';
import { Elapsed, Time } from '@/components/time';
import { SkeletonRows } from '@/components/ui/empty-state';
import type { RunData } from './page/run-data';
import { plainSentence, runSentence } from './page/run-sentence';
import { paramWords, triggerWord } from './words';

/** A glance shows this many tasks. */
const TASKS = 30;

/** RunPeek is a glance at a run: its sentence, its main facts, and its tasks. */
export function RunPeek({ run }: { run: RunSummary }) {
  const { slug, call, href } = useWorkspace();
  const { data } = useQuery({
    queryKey: [slug, 'run', run.id, 'peek'],
    queryFn: ({ signal }) => call<RunData>(`/runs/${run.id}`, { signal }),
  });
  const tasks = (data?.tasks ?? []).map((task) => ({ ...task, name: task.taskId }));
  return (
    <>
      <p className="flex items-center gap-2">
        <StateChip state={run.state} />
        {data !== undefined && <b className="font-semibold">{plainSentence(runSentence(data.state, tasks))}</b>}
      </p>
      <Facts
        facts={[
          ['Started', <Time key="at" at={run.startedAt ?? run.createdAt} />],
          ['Took', <Elapsed key="took" since={run.startedAt} until={run.finishedAt} />],
          ['Trigger', `${triggerWord(run.trigger.kind)}${run.createdBy === null ? '' : `, ${run.createdBy}`}`],
          ['Version', run.version === null ? 'draft' : `v${run.version}`],
          ['Params', paramWords(run.params) || 'none'],
          ...(run.note === null || run.note === '' ? [] : [['Note', run.note] as const]),
        ]}
      />
      {data === undefined ? (
        <SkeletonRows rows={4} label="Reading the run" />
      ) : (
        <ul className="flex flex-col">
          {tasks.slice(0, TASKS).map((task) => (
            <li key={`${task.taskId} ${task.mapIndex ?? ''}`}>
              <Link href={href(`/runs/${run.id}?task=${encodeURIComponent(task.taskId)}`)} className="flex min-h-8 items-center gap-2 rounded-dense px-1 hover:bg-hover coarse:min-h-11">
                <StateTile state={task.state} />
                <span className="min-w-0 flex-1 truncate">{task.name}</span>
                <span className="text-12 text-ink-2">{task.startedAt !== null && <Elapsed since={task.startedAt} until={task.finishedAt} />}</span>
              </Link>
            </li>
          ))}
          {(data.taskCount > TASKS) && <li className="px-1 pt-1 text-12 text-ink-3">and {data.taskCount - TASKS} more</li>}
        </ul>
      )}
    </>
  );
}
