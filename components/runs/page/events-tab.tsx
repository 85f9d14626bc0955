'use client';

import { useQuery } from '@tanstack/react-query';
import { TriangleAlert } from 'lucide-react';
import { readStory } from '@/app/(workspace)/w/[workspace]/runs/[id]/actions';
import { useWorkspace } from '@/components/shell/workspace';
import { StateIcon } from '@/components/state';
import { formatDuration, Time } from '@/components/time';
import { Banner } from '@/components/ui/banner';
import { SkeletonRows } from '@/components/ui/empty-state';
import type { RunData } from './run-data';
import { eventsOf } from './run-events';
import type { StoryData } from './story-data';

/** EventsTab tells what happened in the run, oldest first: tries of all tasks and what people did. */
export function EventsTab({
  run,
  nameOf,
  onOpen,
}: {
  run: RunData;
  nameOf: (taskId: string) => string;
  onOpen: (taskId: string, attempt?: number) => void;
}) {
  const { slug } = useWorkspace();
  const story = useQuery({
    queryKey: [slug, 'run-page', run.id, 'story'],
    queryFn: async () => {
      const answer = await readStory(slug, { id: run.id });
      if (!answer.ok) throw new Error(answer.problem.detail ?? answer.problem.title);
      return JSON.parse(JSON.stringify(answer.data)) as StoryData;
    },
  });
  if (story.isError) return <Banner tone="error" title={story.error.message} className="m-4" />;
  if (story.data === undefined) return <SkeletonRows rows={8} label="Loading the events" />;
  const start = Date.parse(run.createdAt);
  return (
    <ol className="min-h-0 flex-1 overflow-y-auto py-1" aria-label="Events, oldest first">
      {eventsOf(run, story.data, nameOf).map((event) => (
        <li key={event.key} className="flex min-h-8 items-center gap-3 px-4 py-1">
          <Time at={event.at} className="w-24 shrink-0 text-12 text-ink-3 max-sm:hidden" />
          <span className="num w-16 shrink-0 text-right text-12 text-ink-3">
            +{formatDuration(Math.max(0, Date.parse(event.at) - start))}
          </span>
          {event.icon === 'alert' ? <TriangleAlert size={14} aria-hidden className="shrink-0 text-warn" /> : <StateIcon state={event.state} size={14} label={null} />}
          {event.taskId === undefined ? (
            <span className="min-w-0 break-words">{event.text}</span>
          ) : (
            <button
              type="button"
              onClick={() => onOpen(event.taskId ?? '', event.attempt)}
              className="min-w-0 rounded-tile text-left break-words hover:underline"
            >
              {event.text}
            </button>
          )}
        </li>
      ))}
    </ol>
  );
}
