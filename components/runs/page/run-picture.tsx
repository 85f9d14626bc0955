'use client';

import { useCallback } from 'react';
import type { DraftSpec } from '@/lib/pipeline';
import { SkeletonRows } from '@/components/ui/empty-state';
import { Panel } from '@/components/ui/panel';
import { Segmented } from '@/components/ui/segmented';
import type { GanttChoice } from '../gantt/gantt';
import { GanttFrame } from '../gantt/gantt-frame';
import type { RunData, TaskFacts } from './run-data';
import { RunGraph } from './run-graph';
import { useTimeline } from './use-run';

export const PICTURES = ['graph', 'gantt'] as const;
export type Picture = (typeof PICTURES)[number];

/** RunPicture shows a run as a graph or in time. */
export function RunPicture({
  run,
  spec,
  tasks,
  chosen,
  remark,
  view,
  nameOf,
  onView,
  onOpen,
}: {
  run: RunData;
  spec: DraftSpec;
  tasks: readonly TaskFacts[];
  chosen: GanttChoice | null;
  remark: string;
  view: Picture;
  nameOf: (taskId: string) => string;
  onView: (view: Picture) => void;
  /** null takes the choice back */
  onOpen: (choice: GanttChoice | null) => void;
}) {
  const { data: timeline } = useTimeline(run.id, view === 'gantt');
  const select = useCallback(
    (taskId: string | null) => onOpen(taskId === null ? null : { taskId, mapIndex: null, attempt: null }),
    [onOpen],
  );
  const tools = (
    <Segmented
      label="Show the run as"
      size="sm"
      value={view}
      onChange={onView}
      options={[
        { value: 'graph', label: 'Graph' },
        { value: 'gantt', label: 'Gantt' },
      ]}
    />
  );
  return (
    <Panel aria-label="Tasks of the run" className="shrink-0">
      {view === 'graph' ? (
        <RunGraph spec={spec} tasks={tasks} selected={chosen?.taskId ?? null} remark={remark} tools={tools} onSelect={select} />
      ) : timeline === undefined ? (
        <SkeletonRows rows={Math.min(10, tasks.length)} label="Reading the times of the run" />
      ) : (
        <GanttFrame timeline={timeline} pipeline={run.pipeline} nameOf={nameOf} chosen={chosen} onOpen={onOpen} tools={tools} />
      )}
    </Panel>
  );
}
