'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { StateIcon } from '@/components/state';
import { Elapsed } from '@/components/time';
import { buttonStyles } from '@/components/ui/button';
import { cx } from '@/components/ui/class-names';
import { Popover } from '@/components/ui/popover';
import { useWorkspace } from './workspace';

type RunItem = { id: string; pipeline: string; state: string; startedAt: string | null; createdAt: string };

/** useRunning returns the runs that are at work now, renewed by live events. */
export function useRunning() {
  const { slug, call } = useWorkspace();
  return useQuery({
    queryKey: [slug, 'run', 'running'],
    queryFn: ({ signal }) =>
      call<{ items: RunItem[] }>('/runs', { query: { state: 'running', limit: 20 }, signal }),
    select: (page) => page.items,
  });
}

/** RunningNow says in the top bar how many runs are at work, and lists them. */
export function RunningNow() {
  const { href } = useWorkspace();
  const { data: runs = [] } = useRunning();
  if (runs.length === 0) return null;
  const count = runs.length === 20 ? '20+' : String(runs.length);
  return (
    <Popover
      align="end"
      title="Running now"
      trigger={
        <button type="button" className={cx(buttonStyles({ look: 'ghost' }), 'px-2')}>
          <StateIcon state="running" label={null} />
          <span className="num">{count}</span> <span className="max-lg:sr-only">running</span>
        </button>
      }
    >
      <ul className="-mx-1 flex max-h-80 flex-col overflow-y-auto">
        {runs.map((run) => (
          <li key={run.id}>
            <Link href={href(`/runs/${run.id}`)} className="float-item hover:bg-hover">
              <StateIcon state={run.state} label={null} />
              <span className="truncate font-medium">{run.pipeline}</span>
              <span className="ml-auto text-12 text-ink-3">
                <Elapsed since={run.startedAt ?? run.createdAt} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Popover>
  );
}
