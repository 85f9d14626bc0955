'use client';

import { Plus, RotateCw, SkipForward } from 'lucide-react';
import { useState } from 'react';
import { StateIcon } from '@/components/state';
import { formatDuration } from '@/components/time';
import { cx } from '@/components/ui/class-names';
import { Panel, PanelHead } from '@/components/ui/panel';
import { Segmented } from '@/components/ui/segmented';
import { Table, Td, Th } from '@/components/ui/table';
import { intervalLabel } from './calendar-days';

/** A planned interval as the API answers it. */
export type PlanRow = { intervalStart: string; intervalEnd: string; action: 'create' | 'rerun' | 'skip'; reason: string; version: number | null; estimateSeconds?: number };

const ACTIONS = {
  create: { word: 'Create', Icon: Plus },
  rerun: { word: 'Rerun', Icon: RotateCw },
  skip: { word: 'Skip', Icon: SkipForward },
} as const;

/** Rows shown before "Show all". */
const SHOWN = 100;
const STATE_IN = /succeeded|failed|cancelled|in flight/;

/** PlanTable shows what will become of every interval, and why. */
export function PlanTable({ items, zone, remark }: { items: readonly PlanRow[]; zone: string; remark: string }) {
  const [only, setOnly] = useState<'all' | PlanRow['action']>('all');
  const [whole, setWhole] = useState(false);
  const count = (action: PlanRow['action']) => items.filter((item) => item.action === action).length;
  const fitting = only === 'all' ? items : items.filter((item) => item.action === only);
  const rows = whole ? fitting : fitting.slice(0, SHOWN);
  return (
    <Panel>
      <PanelHead
        title="Plan"
        count={
          <Segmented
            size="sm"
            label="Show"
            value={only}
            onChange={setOnly}
            options={[
              { value: 'all', label: `All ${items.length}` },
              ...(['create', 'rerun', 'skip'] as const).map((action) => ({ value: action, label: `${ACTIONS[action].word} ${count(action)}` })),
            ]}
          />
        }
      >
        <span className="text-12 text-ink-3 max-sm:hidden">{remark}</span>
      </PanelHead>
      <Table label="Plan of the backfill">
        <thead>
          <tr>
            <Th>Interval</Th>
            <Th>Action</Th>
            <Th className="w-[50%]">Reason</Th>
            <Th>Version</Th>
            <Th numeric>Estimate</Th>
          </tr>
        </thead>
        <tbody>
          {rows.map((item) => {
            const { word, Icon } = ACTIONS[item.action];
            const state = STATE_IN.exec(item.reason)?.[0].replace('in flight', 'running');
            return (
              <tr key={item.intervalStart} data-action={item.action} className={cx(item.action === 'skip' && 'text-ink-3')}>
                <Td>{intervalLabel(item.intervalStart, item.intervalEnd, zone)}</Td>
                <Td>
                  <span className={cx('flex items-center gap-1.5', item.action !== 'skip' && 'font-medium')}>
                    <Icon size={14} aria-hidden /> {word}
                  </span>
                </Td>
                <Td className="text-12">
                  <span className="flex items-center gap-1.5">
                    {state !== undefined && <StateIcon state={state} size={12} label={null} />}
                    {item.reason}
                  </span>
                </Td>
                <Td>{item.version === null ? '–' : `v${item.version}`}</Td>
                <Td numeric>{item.estimateSeconds === undefined ? '–' : formatDuration(item.estimateSeconds * 1000)}</Td>
              </tr>
            );
          })}
        </tbody>
      </Table>
      {fitting.length > rows.length && (
        <button type="button" onClick={() => setWhole(true)} className="w-full border-t border-line px-4 py-2 text-left text-12 text-ink-2 hover:bg-hover">
          Show all {fitting.length}
        </button>
      )}
    </Panel>
  );
}
