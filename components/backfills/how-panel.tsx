'use client';

import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Panel, PanelHead } from '@/components/ui/panel';
import { Popover } from '@/components/ui/popover';
import { Segmented } from '@/components/ui/segmented';
import { Select } from '@/components/ui/select';
import type { Reprocess } from '@/lib/scheduler';

/** How a backfill is to be done, besides its range. */
export type How = { reprocess: Reprocess; order: 'forward' | 'reverse'; maxActiveRuns: number; lane: 'backfill' | 'exploratory' | 'production' | 'interactive'; version: 'own' | 'newest'; taskIds: string[] };

/** HowPanel asks how a backfill is to be done. */
export function HowPanel({ how, onHow, tasks, newest }: { how: How; onHow: (how: How) => void; tasks: readonly { id: string; name: string }[]; newest: number }) {
  const put = (change: Partial<How>) => onHow({ ...how, ...change });
  const chosen = how.taskIds.length === 0 ? `All ${tasks.length} tasks` : how.taskIds.length === 1 ? (tasks.find((t) => t.id === how.taskIds[0])?.name ?? '1 task') : `${how.taskIds.length} of ${tasks.length} tasks`;
  return (
    <Panel>
      <PanelHead title="How" />
      <div className="flex flex-col gap-4 p-4">
        <div className="flex flex-col gap-1">
          <span className="text-12 font-medium text-ink-2">Where a run exists</span>
          <Segmented
            label="Where a run exists"
            value={how.reprocess}
            onChange={(reprocess) => put({ reprocess })}
            options={[{ value: 'none', label: 'Leave' }, { value: 'failed', label: 'Rerun failed' }, { value: 'completed', label: 'Rerun all' }]}
            className="w-full"
          />
        </div>
        <div className="grid grid-cols-2 gap-3">
          <Field label="Order">
            <Select label="Order" value={how.order} onChange={(order) => put({ order })} options={[{ value: 'forward', label: 'Oldest first' }, { value: 'reverse', label: 'Newest first' }]} />
          </Field>
          <Field label="Runs at once">
            <Input type="number" min={1} max={100} value={how.maxActiveRuns} onChange={(event) => put({ maxActiveRuns: Math.min(100, Math.max(1, Math.round(Number(event.target.value) || 1))) })} />
          </Field>
          <Field label="Lane">
            <Select
              label="Lane"
              value={how.lane}
              onChange={(lane) => put({ lane })}
              options={[{ value: 'backfill', label: 'Backfill, low' }, { value: 'exploratory', label: 'Exploratory, lowest' }, { value: 'production', label: 'Production' }, { value: 'interactive', label: 'Interactive, first' }]}
            />
          </Field>
          <Field label="Version">
            <Select label="Version" value={how.version} onChange={(version) => put({ version })} options={[{ value: 'own', label: 'Its own' }, { value: 'newest', label: `Newest, v${newest}` }]} />
          </Field>
        </div>
        <div className="flex flex-col gap-1">
          <span className="text-12 font-medium text-ink-2">Tasks</span>
          <Popover trigger={<Button className="justify-start">{chosen}</Button>} title="Which tasks">
            <div className="flex max-h-72 flex-col gap-1 overflow-y-auto">
              {tasks.map((task) => (
                <Checkbox
                  key={task.id}
                  label={task.name}
                  checked={how.taskIds.length === 0 || how.taskIds.includes(task.id)}
                  onCheckedChange={(on) => {
                    const before = how.taskIds.length === 0 ? tasks.map((t) => t.id) : how.taskIds;
                    const next = tasks.map((t) => t.id).filter((id) => (id === task.id ? on : before.includes(id)));
                    if (next.length > 0) put({ taskIds: next.length === tasks.length ? [] : next });
                  }}
                />
              ))}
            </div>
            <p className="text-12 text-ink-3">Tasks outside the choice hand over their newest result of the same interval.</p>
          </Popover>
        </div>
      </div>
    </Panel>
  );
}
