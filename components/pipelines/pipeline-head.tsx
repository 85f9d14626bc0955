'use client';

import { CirclePlay, Pencil } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { Param } from '@/lib/pipeline';
import { RunNow } from '@/components/runs/run-now';
import { useCommands } from '@/components/shell/commands';
import { useWorkspace } from '@/components/shell/workspace';
import { Button, ButtonLink } from '@/components/ui/button';
import { Tag } from '@/components/ui/chip';
import { PageHead } from '@/components/ui/page-head';
import { TabLinks } from '@/components/ui/tabs';
import { PauseSwitch } from './pause-switch';

export type PipelineTab =
  | 'overview'
  | 'grid'
  | 'gantt'
  | 'durations'
  | 'backfill'
  | 'runs'
  | 'versions'
  | 'settings';

export type PipelineHeadView = {
  slug: string;
  name: string;
  paused: boolean;
  archived: boolean;
  currentVersion: number | null;
  /** Params of the current version, when they are known. */
  params?: readonly Param[];
};

/** PipelineHead opens every page of a pipeline: name, sentence, switch, edit, run now, and the tabs. */
export function PipelineHead({
  pipeline,
  current,
  sentence,
}: {
  pipeline: PipelineHeadView;
  current: PipelineTab;
  sentence?: ReactNode;
}) {
  const { href, can } = useWorkspace();
  const [running, setRunning] = useState(false);
  const root = href(`/pipelines/${pipeline.slug}`);
  const mayRun = can('run:write') && !pipeline.archived;
  useCommands(
    'pipeline',
    mayRun
      ? [
          {
            id: 'run now',
            label: `Run ${pipeline.name} now`,
            group: 'This page',
            keys: 'r',
            run: () => setRunning(true),
          },
        ]
      : [],
  );
  return (
    <>
      <PageHead
        title={pipeline.name}
        badges={
          <>
            {pipeline.currentVersion === null ? <Tag>draft only</Tag> : <Tag>v{pipeline.currentVersion}</Tag>}
            {pipeline.archived && <Tag>archived</Tag>}
          </>
        }
        sentence={sentence}
        actions={
          <>
            {!pipeline.archived && (
              <PauseSwitch
                slug={pipeline.slug}
                paused={pipeline.paused}
                label={pipeline.paused ? 'Paused' : 'On'}
              />
            )}
            <ButtonLink href={`${root}/edit`}>
              <Pencil size={16} aria-hidden />
              {can('pipeline:write') ? 'Edit' : 'Open canvas'}
            </ButtonLink>
            {mayRun && (
              <Button look="primary" onClick={() => setRunning(true)}>
                <CirclePlay size={16} aria-hidden />
                Run now
              </Button>
            )}
          </>
        }
      />
      <TabLinks
        label={`Pages of ${pipeline.name}`}
        current={current}
        className="mb-4"
        tabs={[
          { value: 'overview', label: 'Overview', href: root },
          { value: 'grid', label: 'Grid', href: `${root}/grid` },
          { value: 'gantt', label: 'Gantt', href: `${root}/gantt` },
          { value: 'durations', label: 'Durations', href: `${root}/durations` },
          { value: 'runs', label: 'Runs', href: `${root}/runs` },
          { value: 'backfill', label: 'Backfill', href: `${root}/backfill` },
          {
            value: 'versions',
            label: 'Versions',
            href: `${root}/versions`,
            count: pipeline.currentVersion ?? undefined,
          },
          { value: 'settings', label: 'Settings', href: `${root}/settings` },
        ]}
      />
      <RunNow
        pipeline={pipeline.slug}
        version={pipeline.currentVersion}
        params={pipeline.params}
        open={running}
        onOpenChange={setRunning}
      />
    </>
  );
}
