'use client';

import { useQuery } from '@tanstack/react-query';
import { ChevronDown, ChevronUp, CircleAlert, Maximize2, Minimize2, TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { sentenceOf } from '@/components/api/request';
import { IconButton } from '@/components/ui/icon-button';
import { TabPanel, Tabs } from '@/components/ui/tabs';
import type { DrawerTab } from '../canvas-store';
import { useDraft, useEditor } from '../editor-context';
import { taskOfProblem } from '../problems';
import { readLog, type TrySession } from '../try-session';
import { duration } from '../words';
import { PreviewTab, previewSentence } from './preview';

/** Drawer stands below the canvas: the preview of the last trial, the problems, the log of the trial. */
export function Drawer({ session }: { session: TrySession | null }) {
  const { store, acts } = useEditor();
  const tab = useDraft((state) => state.drawer);
  const problems = useDraft((state) => state.problems);
  const [tall, setTall] = useState(false);
  const open = tab !== null;
  return (
    <section aria-label="Preview, problems and log" className="flex shrink-0 flex-col border-t border-line-2 bg-surface" style={{ height: open ? (tall ? '60%' : 'var(--drawer)') : 36 }}>
      <Tabs
        value={tab ?? ''}
        onChange={(next) => store.setState({ drawer: next as DrawerTab })}
        className="min-h-0 flex-1"
        listClassName="px-4"
        tabs={[
          { value: 'preview', label: 'Preview' },
          { value: 'problems', label: 'Problems', ...(problems.length > 0 ? { count: problems.length } : {}) },
          { value: 'log', label: 'Log' },
        ]}
        end={
          <>
            <span className="truncate text-12 text-ink-3 max-lg:hidden">{tab === 'preview' ? previewSentence(session, acts.label, duration) : ''}</span>
            {open && (
              <IconButton label={tall ? 'Make smaller' : 'Make larger'} size="sm" onClick={() => setTall(!tall)}>
                {tall ? <Minimize2 size={14} aria-hidden /> : <Maximize2 size={14} aria-hidden />}
              </IconButton>
            )}
            <IconButton label={open ? 'Close the drawer' : 'Open the drawer'} size="sm" onClick={() => store.setState({ drawer: open ? null : problems.length > 0 ? 'problems' : 'preview' })}>
              {open ? <ChevronDown size={16} aria-hidden /> : <ChevronUp size={16} aria-hidden />}
            </IconButton>
          </>
        }
      >
        <TabPanel value="preview" className="min-h-0 overflow-auto">
          <PreviewTab session={session} label={acts.label} />
        </TabPanel>
        <TabPanel value="problems" className="overflow-y-auto">
          <Problems />
        </TabPanel>
        <TabPanel value="log" className="overflow-auto">
          <Log session={session} />
        </TabPanel>
      </Tabs>
    </section>
  );
}

/** Problems lists what is wrong; each line jumps to the field that solves it. */
function Problems() {
  const { acts } = useEditor();
  const spec = useDraft((state) => state.spec);
  const problems = useDraft((state) => state.problems);
  if (problems.length === 0) return <p className="p-4 text-12 text-ink-3">No problems. This draft can be published.</p>;
  const sorted = [...problems].sort((a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning'));
  return (
    <ul className="p-1">
      {sorted.map((problem, i) => {
        const task = taskOfProblem(spec, problem);
        const Icon = problem.severity === 'error' ? CircleAlert : TriangleAlert;
        return (
          <li key={i}>
            <button type="button" onClick={() => acts.jump(problem)} className="flex min-h-8 w-full items-start gap-2 rounded-dense px-3 py-1.5 text-left hover:bg-hover">
              <Icon size={14} aria-label={problem.severity === 'error' ? 'Error' : 'Warning'} className={`mt-0.5 shrink-0 ${problem.severity === 'error' ? 'text-failed' : 'text-warn'}`} />
              <span className="flex-1">
                {task !== null && <b className="font-medium">{acts.label(task)}: </b>}
                {problem.message}
              </span>
              <span className="mono shrink-0 text-ink-3 max-md:hidden">{problem.path}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function Log({ session }: { session: TrySession | null }) {
  const { workspace } = useEditor();
  const run = session?.run;
  const failed = run?.tasks.find((task) => task.state === 'failed')?.taskId;
  const taskId = failed ?? session?.taskId ?? '';
  const { data, error } = useQuery({
    queryKey: [workspace, 'log', run?.id, taskId, session?.busy],
    enabled: run !== undefined && run !== null,
    queryFn: () => readLog(workspace, run?.id ?? '', taskId),
  });
  if (!session || !run) return <p className="p-4 text-12 text-ink-3">The log of the last trial stands here.</p>;
  return (
    <div className="p-2">
      {session.error !== null && <p className="px-2 pb-2 text-failed">{session.error}</p>}
      {error !== null && <p className="px-2 text-12 text-ink-3">{sentenceOf(error)}</p>}
      {data?.items.length === 0 && session.error === null && <p className="px-2 text-12 text-ink-3">It wrote nothing.</p>}
      <ol className="mono">
        {data?.items.map((line) => (
          <li key={line.n} className={`flex gap-3 px-2 leading-[22px] ${line.stream === 'stderr' ? 'text-warn' : ''}`}>
            <span className="w-8 shrink-0 text-right text-ink-3 select-none">{line.n}</span>
            <span className="break-all whitespace-pre-wrap">{line.text}</span>
          </li>
        ))}
      </ol>
      <Link href={`/w/${workspace}/runs/${run.id}`} className="inline-block px-2 pt-2 text-12 text-accent-text hover:underline">
        Open the trial run
      </Link>
    </div>
  );
}
