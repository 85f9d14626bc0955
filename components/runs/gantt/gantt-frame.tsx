'use client';

import type { ReactNode } from 'react';
import { useMemo } from 'react';
import { ChartFrame } from '@/components/charts/chart-frame';
import { drawn } from '@/components/charts/download';
import { plural, useNow, useZone } from '@/components/time';
import { Gantt, ganttScale, GanttSheet, type GanttChoice } from './gantt';
import { ganttFinding, ganttModel, ganttTable, type TimelineData } from './gantt-rows';

const Key = ({ children, mark }: { children: ReactNode; mark: ReactNode }) => (
  <span className="flex items-center gap-1.5 whitespace-nowrap">
    {mark}
    {children}
  </span>
);

/** GanttKey explains the marks of a Gantt. */
const GanttKey = ({ cut }: { cut: boolean }) => (
  <span className="flex items-center gap-3 text-12 text-ink-2 max-lg:hidden">
    <Key mark={<span className="h-0 w-5 border-t-[1.5px] border-ink" />}>critical path</Key>
    <Key mark={<span className="h-1.5 w-5 border border-dotted border-line-strong bg-sunken" />}>waiting</Key>
    {cut && <Key mark={<span aria-hidden>{'//'}</span>}>idle time cut</Key>}
  </span>
);

/** GanttFrame is the Gantt of a run with its finding, table and downloads; while the run is live it grows with the clock. */
export function GanttFrame({
  timeline,
  pipeline,
  nameOf,
  chosen,
  onOpen,
  tools,
  maxHeight,
}: {
  timeline: TimelineData;
  pipeline: string;
  nameOf: (taskId: string) => string;
  chosen: GanttChoice | null;
  onOpen: (choice: GanttChoice) => void;
  tools?: ReactNode;
  maxHeight?: number;
}) {
  const { zone } = useZone();
  const live = timeline.finishedAt === null;
  const now = useNow(1000, live).getTime();
  const model = useMemo(() => ganttModel(timeline, nameOf, now), [timeline, nameOf, now]);
  const onPath = model.rows.filter((r) => r.critical).length;
  const cut = useMemo(() => ganttScale(model, 1000).pieces.some((p) => p.cut), [model]);
  return (
    <ChartFrame
      title={ganttFinding(model)}
      remark={onPath === 0 ? undefined : `${onPath} of ${plural(model.rows.length, 'task')} on the critical path`}
      name={`${pipeline} ${timeline.runId.slice(-6)} gantt`}
      table={() => ganttTable(model)}
      svg={() => drawn(<GanttSheet model={model} zone={zone} />)}
      tools={
        <>
          <GanttKey cut={cut} />
          {tools}
        </>
      }
    >
      <Gantt model={model} chosen={chosen} onOpen={onOpen} maxHeight={maxHeight} />
    </ChartFrame>
  );
}
