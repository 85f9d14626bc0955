'use client';

import { Ellipsis, RotateCcw, Stamp } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useWorkspace } from '@/components/shell/workspace';
import { StateIcon, stateEntry } from '@/components/state';
import { buttonStyles } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { Menu, MenuItem } from '@/components/ui/menu';
import { Panel } from '@/components/ui/panel';
import { Segmented } from '@/components/ui/segmented';
import { Select } from '@/components/ui/select';
import { TabPanel, Tabs } from '@/components/ui/tabs';
import { LogView } from '../log/log-view';
import { OutputTab } from '../output/output-tab';
import { DetailsTab } from './details-tab';
import { EventsTab } from './events-tab';
import { taskOffersOf } from './offers';
import { PaceTag } from './pace';
import { isOver, type AttemptData, type RunData, type TaskData, type WaitingData } from './run-data';
import { ClearDialog, MarkDialog } from './task-dialogs';
import { MapGrid } from './map-grid';
import { useAttempts, useMapGrid } from './use-run';
import { WhyPanel } from './why-panel';
import { whyOf, type Step } from './why';

export type TabName = 'log' | 'output' | 'details' | 'events';

const LIVE = new Set(['dispatching', 'running']);
const FINAL = new Set(['succeeded', 'failed', 'skipped', 'cancelled', 'upstream_failed', 'restored']);

type Props = {
  run: RunData;
  /** The chosen task; null shows the events of the run. */
  task: TaskData | null;
  /** Mapped parts of the same task, one when it is not mapped. */
  parts: readonly TaskData[];
  waiting: readonly WaitingData[];
  /** Tasks before this one that failed. */
  culprits: readonly string[];
  tab: TabName;
  attempt: number | null;
  nameOf: (taskId: string) => string;
  onTab: (tab: TabName) => void;
  onTry: (attempt: number | null) => void;
  onPart: (mapIndex: number | null) => void;
  onTask: (taskId: string, attempt?: number) => void;
  onChanged: () => void;
};

/** TaskPanel is everything about the chosen task: log, output, details, why; and the events of the run. */
export function TaskPanel(props: Props) {
  const { run, task, tab, nameOf } = props;
  const mapped = task !== null && props.parts.some((part) => part.mapCount !== null);
  const { data: grid } = useMapGrid(run, mapped ? task.taskId : null);
  const { data: attempts = [] } = useAttempts(run, task?.taskId ?? null, task?.mapIndex ?? null);
  const newest = Math.max(task?.attempt ?? 0, attempts.at(-1)?.number ?? 0);
  const number = props.attempt ?? (newest > 0 ? newest : null);
  const chosen = attempts.find((a) => a.number === number);
  const title =
    task === null
      ? run.pipeline
      : nameOf(task.taskId) + (task.mapIndex === null ? '' : ` [${task.mapIndex}]`);
  return (
    <Panel
      aria-label={task === null ? 'Events of the run' : `Task ${title}`}
      className="flex min-h-0 flex-[1_0_460px] flex-col max-md:flex-none"
    >
      {task !== null && grid !== undefined && grid.count > 0 && (
        <MapGrid key={task.taskId} name={nameOf(task.taskId)} grid={grid} chosen={task.mapIndex} onPart={props.onPart} />
      )}
      <Tabs
        value={task === null ? 'events' : tab}
        onChange={(next) => props.onTab(next as TabName)}
        className="min-h-0 flex-1"
        listClassName="h-11 px-4"
        tabs={
          task === null
            ? [{ value: 'events', label: 'Events' }]
            : [
                { value: 'log', label: 'Log' },
                { value: 'output', label: 'Output' },
                {
                  value: 'details',
                  label: 'Details',
                  ...(attempts.length > 1 ? { count: attempts.length } : {}),
                },
                { value: 'events', label: 'Events' },
              ]
        }
        end={
          task !== null && (
            <>
              <span className="flex items-center gap-2 max-lg:hidden">
                <StateIcon state={task.state} size={14} label={null} />
                <b className="max-w-48 truncate font-semibold">{title}</b>
                <span className="text-12 text-ink-3">
                  {task.kind}, {stateEntry(task.state).label.toLowerCase()}
                </span>
                <PaceTag pace={task.pace} />
              </span>
              <span className="flex max-md:hidden">
                <TrySwitch
                  attempts={attempts}
                  number={number}
                  onTry={(n) => props.onTry(n === newest ? null : n)}
                />
              </span>
              <TaskActs {...props} task={task} title={title} />
            </>
          )
        }
      >
        {task !== null && (
          <TaskTabs
            {...props}
            task={task}
            attempts={attempts}
            chosen={chosen}
            number={number}
            newest={newest}
          />
        )}
        <TabPanel value="events" className="flex flex-col max-md:max-h-[80dvh]">
          <EventsTab run={run} nameOf={nameOf} onOpen={props.onTask} />
        </TabPanel>
      </Tabs>
    </Panel>
  );
}

function TrySwitch({
  attempts,
  number,
  onTry,
}: {
  attempts: readonly AttemptData[];
  number: number | null;
  onTry: (n: number) => void;
}) {
  if (attempts.length < 2 || number === null) return null;
  const options = attempts.map((a) => ({ value: String(a.number), label: `Try ${a.number}` }));
  return attempts.length <= 4 ? (
    <Segmented
      label="Try"
      size="sm"
      value={String(number)}
      onChange={(value) => onTry(Number(value))}
      options={options}
    />
  ) : (
    <span className="w-24">
      <Select
        size="sm"
        label="Try"
        value={String(number)}
        onChange={(value) => onTry(Number(value))}
        options={options}
      />
    </span>
  );
}

type Dialogue = 'clear' | 'mark' | null;

function TaskActs({ run, task, title, onChanged }: Props & { task: TaskData; title: string }) {
  const { can } = useWorkspace();
  const [open, setOpen] = useState<Dialogue>(null);
  useOpenDialogue(setOpen);
  const offers = taskOffersOf(task, { state: run.state, try: run.trigger.kind === 'try' }, can('run:write'));
  if (offers.length === 0) return null;
  const about = {
    run: run.id,
    task: { taskId: task.taskId, name: title, state: task.state, mapIndex: task.mapIndex },
    onClose: () => setOpen(null),
    onDone: onChanged,
  };
  return (
    <>
      <Menu
        trigger={
          <button
            type="button"
            aria-label={`Acts on ${title}`}
            className={buttonStyles({ look: 'ghost', size: 'sm', icon: true })}
          >
            <Ellipsis size={16} aria-hidden />
          </button>
        }
      >
        {offers.includes('clear') && (
          <MenuItem
            icon={<RotateCcw size={16} aria-hidden />}
            hint="this task, and what depends on it"
            onClick={() => setOpen('clear')}
          >
            Run it again
          </MenuItem>
        )}
        {offers.includes('mark') && (
          <MenuItem
            icon={<Stamp size={16} aria-hidden />}
            hint="as succeeded, failed or skipped"
            onClick={() => setOpen('mark')}
          >
            Mark with a reason
          </MenuItem>
        )}
      </Menu>
      <ClearDialog {...about} open={open === 'clear'} />
      <MarkDialog {...about} key={`${task.taskId} ${task.state}`} open={open === 'mark'} />
    </>
  );
}

/** The panel "Why" and the menu open the same dialogs; the panel says which by this event. */
const DIALOGUE = 'penstock:task-dialogue';
const openDialogue = (which: Dialogue) => window.dispatchEvent(new CustomEvent(DIALOGUE, { detail: which }));

function useOpenDialogue(set: (which: Dialogue) => void) {
  useEffect(() => {
    const hear = (event: Event) => set((event as CustomEvent<Dialogue>).detail);
    window.addEventListener(DIALOGUE, hear);
    return () => window.removeEventListener(DIALOGUE, hear);
  }, [set]);
}

function TaskTabs({
  run,
  task,
  attempts,
  chosen,
  number,
  newest,
  waiting,
  culprits,
  nameOf,
  onTab,
  onTry,
  onTask,
}: Props & {
  task: TaskData;
  attempts: readonly AttemptData[];
  chosen: AttemptData | undefined;
  number: number | null;
  newest: number;
}) {
  const { can } = useWorkspace();
  const [jump, setJump] = useState(0);
  const wait = waiting.find((w) => w.taskId === task.taskId && w.mapIndex === task.mapIndex);
  const why = whyOf(
    { ...task, name: nameOf(task.taskId), note: task.reason?.text ?? null },
    attempts,
    wait,
    culprits,
  );
  const offers = taskOffersOf(task, { state: run.state, try: run.trigger.kind === 'try' }, can('run:write'));
  const canStep = (step: Step): boolean =>
    typeof step === 'object' || step === 'first-error'
      ? typeof step === 'object' || attempts.length > 0
      : step === 'draft'
        ? can('pipeline:write')
        : step === 'mark'
          ? offers.includes('mark')
          : offers.includes('clear');
  const step = (to: Step) => {
    if (typeof to === 'object') return onTask(to.task);
    if (to === 'mark') return openDialogue('mark');
    if (to !== 'first-error') return openDialogue('clear');
    onTry(null);
    onTab('log');
    setJump((n) => n + 1);
  };
  const growing =
    number === newest &&
    (chosen === undefined ? task.state === 'running' : LIVE.has(chosen.state)) &&
    !isOver(run.state);
  return (
    <>
      <TabPanel value="log" className="flex flex-col lg:grid lg:grid-cols-[minmax(0,1fr)_auto]">
        <div className="flex min-h-0 min-w-0 flex-1 flex-col max-md:h-[70dvh] max-md:flex-none">
          {number === null ? (
            <EmptyState title="No log">
              {FINAL.has(task.state)
                ? 'This task was not tried in this run.'
                : 'Its log stands here as soon as a worker takes it.'}
            </EmptyState>
          ) : (
            <LogView
              key={`${task.taskId} ${task.mapIndex ?? ''} ${number} ${jump}`}
              of={{ run: run.id, taskId: task.taskId, attempt: number, mapIndex: task.mapIndex ?? -1 }}
              growing={growing}
              failed={chosen?.error !== null && chosen?.error !== undefined}
            />
          )}
        </div>
        <WhyPanel
          why={why}
          attempts={attempts}
          chosen={number}
          pipeline={run.pipeline}
          task={task.taskId}
          can={canStep}
          nameOf={nameOf}
          onStep={step}
          onTry={(n) => onTry(n === newest ? null : n)}
        />
      </TabPanel>
      <TabPanel value="output" className="flex flex-col max-md:h-[80dvh]">
        <OutputTab
          key={`${task.taskId} ${task.mapIndex ?? ''}`}
          run={run.id}
          taskId={task.taskId}
          mapIndex={task.mapIndex}
          name={nameOf(task.taskId)}
          finishedAt={FINAL.has(task.state) ? task.finishedAt : task.state}
        />
      </TabPanel>
      <TabPanel value="details" className="flex flex-col max-md:max-h-none">
        <DetailsTab
          run={run}
          task={task}
          attempts={attempts}
          attempt={chosen}
          onTry={(n) => onTry(n === newest ? null : n)}
        />
      </TabPanel>
    </>
  );
}
