'use client';

import { parseAsInteger, parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { DraftSpec } from '@/lib/pipeline';
import { stopRun } from '@/app/(workspace)/w/[workspace]/runs/[id]/actions';
import { useCommands } from '@/components/shell/commands';
import { SetCrumbs } from '@/components/shell/crumbs';
import { useWorkspace } from '@/components/shell/workspace';
import { plural } from '@/components/time';
import { ConfirmDialog } from '@/components/ui/dialog';
import { toast } from '@/components/ui/toast';
import type { GanttChoice } from '../gantt/gantt';
import { upstreamOf } from './ancestors';
import { CompareDialog } from './compare-dialog';
import { DecisionBanner } from './decision';
import { offersOf, type Act } from './offers';
import { RerunDialog } from './rerun-dialog';
import { tasksOf, type RunData, type TaskData } from './run-data';
import { RunHead } from './run-head';
import { PICTURES, RunPicture } from './run-picture';
import { plainSentence, runSentence } from './run-sentence';
import { TaskPanel } from './task-panel';
import { useAct } from './use-act';
import { usePart, useRun, useWaiting } from './use-run';

const TABS = ['log', 'output', 'details', 'events'] as const;
/** What a reader looks at first: what failed, then what is at work, then the last task. */
const FIRST = ['failed', 'running', 'up_for_retry'];

/** What a waiting approval asks, as its reason carries it. */
const asked = (task: TaskData) => (task.reason?.details ?? {}) as { message?: string; approvers?: string[]; expiresAt?: string };

/** RunScreen is the page of a run: what happened, the graph, and everything about the chosen task; all of it live. */
export function RunScreen({ initial, spec }: { initial: RunData; spec: DraftSpec }) {
  const { slug, can } = useWorkspace();
  const { run, refresh } = useRun(initial);
  const { data: waiting = [] } = useWaiting(run);
  const [address, setAddress] = useQueryStates({
    task: parseAsString,
    tab: parseAsStringLiteral(TABS).withDefault('log'),
    try: parseAsInteger,
    part: parseAsInteger,
    view: parseAsStringLiteral(PICTURES).withDefault('graph'),
    decide: parseAsInteger,
  });
  const names = useMemo(() => new Map(spec.tasks.map((t) => [t.id, t.name?.trim() || t.id])), [spec]);
  const nameOf = useCallback((id: string) => names.get(id) ?? id, [names]);
  const tasks = useMemo(() => tasksOf(run, nameOf), [run, nameOf]);
  const failed = tasks.filter((t) => t.state === 'failed');

  const [firstLook] = useState(
    () =>
      FIRST.map((s) => tasks.find((t) => t.state === s)).find((t) => t !== undefined)?.taskId ??
      tasks.at(-1)?.taskId ??
      null,
  );
  const wanted = address.task === '' ? null : (address.task ?? firstLook);
  const parts = run.tasks.filter((t) => t.taskId === wanted);
  const listed = parts.find((t) => t.mapIndex === address.part);
  const { data: fetched } = usePart(run, wanted, listed === undefined ? address.part : null);
  const task =
    listed ??
    (address.part === null ? undefined : fetched) ??
    parts.find((t) => FIRST.includes(t.state)) ??
    parts[0] ??
    null;
  const culprits = useMemo(() => {
    if (task?.state !== 'upstream_failed') return [];
    const before = upstreamOf(spec, task.taskId);
    return tasks
      .filter((t) => before.has(t.taskId) && (t.state === 'failed' || t.state === 'cancelled'))
      .map((t) => t.taskId);
  }, [spec, task, tasks]);

  const choose = useCallback(
    (taskId: string | null, attempt?: number | null, part?: number | null) => {
      if (window.location.hash !== '')
        window.history.replaceState(
          window.history.state,
          '',
          window.location.pathname + window.location.search,
        );
      void setAddress({
        task: taskId ?? '',
        try: attempt ?? null,
        part: part ?? null,
        ...(attempt === undefined || attempt === null ? {} : { tab: 'log' as const }),
      });
    },
    [setAddress],
  );
  const open = useCallback(
    (choice: GanttChoice | null) => choose(choice?.taskId ?? null, choice?.attempt, choice?.mapIndex),
    [choose],
  );
  const walkFailed = (step: 1 | -1) => {
    if (failed.length === 0) return;
    const at = failed.findIndex((t) => t.taskId === task?.taskId);
    choose(failed[(at + step + failed.length) % failed.length]?.taskId ?? null);
  };

  const { busy, act } = useAct();
  const [rerunFrom, setRerunFrom] = useState<'start' | 'failed' | null>(null);
  const [stopping, setStopping] = useState(false);
  const [comparing, setComparing] = useState(false);
  const offers = offersOf(
    { state: run.state, try: run.trigger.kind === 'try' },
    { run: can('run:write'), write: can('pipeline:write') },
  );
  const onAct = (what: Act) => {
    if (what === 'stop') setStopping(true);
    if (what === 'compare') setComparing(true);
    if (what === 'rerun-all') setRerunFrom('start');
    if (what === 'rerun-failed') setRerunFrom('failed');
  };
  useCommands('run', [
    { id: 'failed-next', label: 'Next failed task', group: 'This page', keys: 'f', run: () => walkFailed(1) },
    {
      id: 'failed-previous',
      label: 'Previous failed task',
      group: 'This page',
      keys: 'shift+f',
      run: () => walkFailed(-1),
    },
    {
      id: 'picture',
      label: address.view === 'graph' ? 'Show the Gantt' : 'Show the graph',
      group: 'This page',
      keys: 'v',
      run: () => void setAddress({ view: address.view === 'graph' ? 'gantt' : 'graph' }),
    },
    ...TABS.map((tab, i) => ({
      id: `tab-${tab}`,
      label: `Show ${tab}`,
      group: 'This page',
      keys: String(i + 1),
      run: () => void setAddress({ tab }),
    })),
  ]);

  const questions = run.tasks.filter((t) => t.state === 'awaiting_approval').slice(0, 5);
  const sentence = runSentence(run.state, tasks);
  const words = plainSentence(sentence);
  useEffect(() => {
    document.title = document.title.replace(/^.*?(?= · )/, `${run.pipeline}: ${words}`);
  }, [run.pipeline, words]);
  const kept = tasks.filter((t) => ['succeeded', 'restored', 'skipped'].includes(t.state)).length;
  const remark =
    offers.includes('rerun-failed') && kept < tasks.length
      ? `A rerun reuses ${plural(kept, 'result')} and runs ${plural(tasks.length - kept, 'task')}`
      : run.taskCount > run.tasks.length
        ? `first ${plural(run.tasks.length, 'task')} of ${run.taskCount.toLocaleString('en-US')}`
        : '';
  return (
    <div className="flex flex-1 flex-col">
      <SetCrumbs
        items={[
          { label: 'Pipelines', path: '/pipelines' },
          { label: run.pipeline, path: `/pipelines/${run.pipeline}` },
          { label: `Run ${run.id.slice(-6)}` },
        ]}
      />
      <RunHead
        run={run}
        sentence={sentence}
        offers={offers}
        failed={failed.length}
        busy={busy}
        onTask={choose}
        onAct={onAct}
        onFailed={walkFailed}
      />
      <div className="flex flex-1 flex-col gap-4 px-4 pb-4 sm:px-6">
        {questions.map((each) => (
          <DecisionBanner
            key={`${each.taskId} ${each.mapIndex ?? ''}`}
            question={{ runId: run.id, taskId: each.taskId, mapIndex: each.mapIndex, name: nameOf(each.taskId), message: asked(each).message ?? '' }}
            approvers={asked(each).approvers ?? []}
            expiresAt={asked(each).expiresAt ?? null}
            opened={address.decide === 1 && each.taskId === wanted && (address.part === null || address.part === each.mapIndex)}
            onDone={refresh}
          />
        ))}
        <RunPicture
          run={run}
          spec={spec}
          tasks={tasks}
          chosen={task === null ? null : { taskId: task.taskId, mapIndex: task.mapIndex, attempt: address.try }}
          remark={remark}
          view={address.view}
          nameOf={nameOf}
          onView={(view) => void setAddress({ view })}
          onOpen={open}
        />
        <TaskPanel
          run={run}
          task={task}
          parts={parts}
          waiting={waiting}
          culprits={culprits}
          tab={address.tab}
          attempt={address.try}
          nameOf={nameOf}
          onTab={(tab) => void setAddress({ tab })}
          onTry={(attempt) => void setAddress({ try: attempt })}
          onPart={(part) => void setAddress({ part, try: null })}
          onTask={choose}
          onChanged={refresh}
        />
      </div>
      <RerunDialog
        run={run.id}
        from={rerunFrom}
        nameOf={nameOf}
        onClose={() => setRerunFrom(null)}
        onDone={refresh}
      />
      <CompareDialog run={run} open={comparing} onOpenChange={setComparing} />
      <ConfirmDialog
        title="Stop this run?"
        confirm="Stop the run"
        open={stopping}
        onOpenChange={setStopping}
        onConfirm={() =>
          void act(
            () => stopRun(slug, { id: run.id }),
            () => {
              toast('Stopping');
              refresh();
            },
          )
        }
      >
        What runs is ended and what waits does not start. Results so far are kept, and the run can go on from
        there.
      </ConfirmDialog>
    </div>
  );
}
