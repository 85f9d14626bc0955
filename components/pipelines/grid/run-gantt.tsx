'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useLive } from '@/components/live';
import type { GanttChoice } from '@/components/runs/gantt/gantt';
import { GanttFrame } from '@/components/runs/gantt/gantt-frame';
import { useTimeline } from '@/components/runs/page/use-run';
import { useWorkspace } from '@/components/shell/workspace';
import { StateIcon } from '@/components/state';
import { Time } from '@/components/time';
import { ButtonLink } from '@/components/ui/button';
import { SkeletonRows } from '@/components/ui/empty-state';
import { Panel } from '@/components/ui/panel';
import type { GridRun } from './grid-data';

/** RunGantt is the Gantt of one run on its pipeline's page; a bar opens the run at that attempt. */
export function RunGantt({
  run,
  names,
  maxHeight,
}: {
  run: Pick<GridRun, 'id' | 'state' | 'pipeline' | 'logicalDate' | 'startedAt' | 'createdAt'>;
  names: ReadonlyMap<string, string>;
  maxHeight?: number;
}) {
  const router = useRouter();
  const queries = useQueryClient();
  const { slug, href } = useWorkspace();
  const { data: timeline } = useTimeline(run.id, true);
  useLive(['run'], (event) => {
    if (event.topic === 'reconnect' || event.id === run.id) void queries.invalidateQueries({ queryKey: [slug, 'run-page', run.id, 'timeline'] });
  });
  const open = ({ taskId, mapIndex, attempt }: GanttChoice) => {
    const at = new URLSearchParams({
      view: 'gantt',
      task: taskId,
      ...(attempt === null ? {} : { try: String(attempt) }),
      ...(mapIndex === null ? {} : { part: String(mapIndex) }),
    });
    router.push(href(`/runs/${run.id}?${at.toString()}`));
  };
  return (
    <Panel aria-label="Gantt of the chosen run">
      {timeline === undefined ? (
        <SkeletonRows rows={6} label="Reading the times of the run" />
      ) : (
        <GanttFrame
          timeline={timeline}
          pipeline={run.pipeline}
          nameOf={(id) => names.get(id) ?? id}
          chosen={null}
          onOpen={open}
          maxHeight={maxHeight}
          tools={
            <ButtonLink size="sm" href={href(`/runs/${run.id}`)}>
              <StateIcon state={run.state} size={12} label={null} />
              Open run of <Time at={run.logicalDate ?? run.startedAt ?? run.createdAt} />
            </ButtonLink>
          }
        />
      )}
    </Panel>
  );
}
