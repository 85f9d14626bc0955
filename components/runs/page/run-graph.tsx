'use client';

import { ChevronRight } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import type { DraftSpec } from '@/lib/pipeline';
import { PipelineGraph, type TaskMark } from '@/components/canvas';
import { STATES, StateIcon, StateTile, stateEntry } from '@/components/state';
import { Elapsed, formatCount } from '@/components/time';
import { cx } from '@/components/ui/class-names';
import { PaceTag } from './pace';
import { paceWord } from './pace-words';
import { msOf, type TaskFacts } from './run-data';

/** marksOf turns the tasks of a run into what the graph draws on its cards. */
export function marksOf(tasks: readonly TaskFacts[]): Map<string, TaskMark> {
  return new Map(
    tasks.map((task) => {
      const mark: TaskMark = { state: task.state };
      const took = msOf(task.startedAt, task.finishedAt);
      if (took !== null && task.state !== 'pending') mark.durationMs = took;
      if (task.rowCount !== null) mark.rows = task.rowCount;
      if (task.columnCount !== null) mark.columns = task.columnCount;
      if (task.note !== null) mark.note = task.note;
      if (task.parts) mark.parts = task.parts;
      if (task.pace !== null) {
        mark.note = task.pace.text;
        if (task.pace.state !== 'working') mark.pace = paceWord(task.pace.state);
        if (task.pace.state === 'stalled') mark.stalled = true;
        if (task.pace.vitals.progress !== null) mark.progress = task.pace.vitals.progress.value;
      }
      return [task.taskId, mark];
    }),
  );
}

/** graphHeight gives a graph the height that its widest rank needs, in pixels, within what a page can spare. */
export function graphHeight(spec: DraftSpec): number {
  const depth = new Map<string, number>();
  const wide = new Map<number, number>();
  const before = new Map<string, string[]>();
  for (const edge of spec.edges) before.set(edge.to, [...(before.get(edge.to) ?? []), edge.from]);
  const depthOf = (id: string, seen: Set<string>): number => {
    const known = depth.get(id);
    if (known !== undefined) return known;
    if (seen.has(id)) return 0;
    seen.add(id);
    const own = Math.max(-1, ...(before.get(id) ?? []).map((up) => depthOf(up, seen))) + 1;
    depth.set(id, own);
    return own;
  };
  for (const task of spec.tasks) {
    const at = depthOf(task.id, new Set());
    wide.set(at, (wide.get(at) ?? 0) + 1);
  }
  return Math.min(340, 88 + Math.max(1, ...wide.values()) * 64);
}

/** RunGraph is the pipeline with the states of the run on it; on a phone the same as a list. `tools` stand in its head. */
export function RunGraph({
  spec,
  tasks,
  selected,
  remark,
  tools,
  onSelect,
}: {
  spec: DraftSpec;
  tasks: readonly TaskFacts[];
  selected: string | null;
  remark: string;
  tools: ReactNode;
  onSelect: (taskId: string | null) => void;
}) {
  const marks = useMemo(() => marksOf(tasks), [tasks]);
  const height = useMemo(() => graphHeight(spec), [spec]);
  const counts = STATES.map((state) => ({ state, n: tasks.filter((t) => t.state === state).length })).filter(
    ({ n }) => n > 0,
  );
  return (
    <>
      <header className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-1 text-12 text-ink-2">
        {counts.map(({ state, n }) => (
          <span key={state} className="flex items-center gap-1">
            <StateIcon state={state} size={12} label={null} />
            {formatCount(n)} {stateEntry(state).label.toLowerCase()}
          </span>
        ))}
        <span className="ml-auto text-ink-3">{remark}</span>
        {tools}
      </header>
      <div className="max-md:hidden" style={{ height }}>
        <PipelineGraph
          spec={spec}
          runState={marks}
          selected={selected}
          onSelect={onSelect}
          label="Graph of the run"
        />
      </div>
      <ul className="md:hidden">
        {tasks.map((task) => (
          <li key={task.taskId} className="border-b border-line last:border-0">
            <button
              type="button"
              aria-current={task.taskId === selected ? 'true' : undefined}
              onClick={() => onSelect(task.taskId)}
              className={cx(
                'flex min-h-11 w-full items-center gap-3 px-4 text-left',
                task.taskId === selected && 'bg-selected font-medium',
              )}
            >
              <StateTile state={task.state} />
              <span className="min-w-0 flex-1 truncate">{task.name}</span>
              <PaceTag pace={task.pace} />
              <span className="num text-12 text-ink-2">
                {task.attempt > 1 && `${task.attempt} tries, `}
                {task.startedAt === null ? (
                  stateEntry(task.state).label.toLowerCase()
                ) : (
                  <Elapsed since={task.startedAt} until={task.finishedAt} />
                )}
              </span>
              <ChevronRight size={14} aria-hidden className="text-ink-3" />
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
