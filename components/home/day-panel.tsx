'use client';

import { parseAsInteger, useQueryState } from 'nuqs';
import { DayLanes, type LaneRun } from '@/components/charts/day-lanes';
import { useWorkspace } from '@/components/shell/workspace';
import { Panel, PanelHead } from '@/components/ui/panel';
import { Segmented } from '@/components/ui/segmented';

const TITLE: Record<string, string> = { '6': 'Last 6 hours', '24': 'Last 24 hours', '168': 'Last 7 days' };

/** DayPanel draws the runs of the last hours in lanes; how far back stands in the address. */
export function DayPanel({
  runs,
  hours,
  hidden,
}: {
  runs: readonly LaneRun[];
  hours: number;
  hidden: number;
}) {
  const { href } = useWorkspace();
  const [, setHours] = useQueryState('hours', parseAsInteger.withDefault(24).withOptions({ shallow: false }));
  return (
    <Panel>
      <PanelHead
        title={TITLE[hours] ?? 'Last hours'}
        remark={
          hidden > 0
            ? `the busiest pipelines; ${hidden} more have runs`
            : 'each bar a run, its width the duration'
        }
      >
        <Segmented
          label="How far back"
          size="sm"
          value={String(hours)}
          onChange={(h) => void setHours(Number(h))}
          options={[
            { value: '6', label: '6 h' },
            { value: '24', label: '24 h' },
            { value: '168', label: '7 d' },
          ]}
        />
      </PanelHead>
      {runs.length === 0 ? (
        <p className="px-4 py-5 text-ink-2">
          Nothing ran. Runs appear here as they start, one lane a pipeline.
        </p>
      ) : (
        <DayLanes runs={runs} hours={hours} runHref={(id) => href(`/runs/${id}`)} />
      )}
    </Panel>
  );
}
