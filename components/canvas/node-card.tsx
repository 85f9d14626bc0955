'use client';

import { TriangleAlert, CircleAlert } from 'lucide-react';
import { memo } from 'react';
import { StateIcon, stateClass, stateColor, stateEntry } from '@/components/state/index';
import { nodeDefinition } from '@/lib/pipeline/index';
import { Handle, Position, type NodeProps } from './flow';
import type { Direction } from './layout';
import { useMark, type Mark } from './marks';
import { lookOf } from './nodes/table';
import { labelOf, type TaskNode } from './spec-to-flow';
import { useFar } from './view';
import { count, duration, plural } from './words';

/** TaskCard is one node: icon, name, what it does, sizes after a trial, problems, state. It renders again for itself alone. */
export const TaskCard = memo(function TaskCard({ id, data, selected, isConnectable }: NodeProps<TaskNode>) {
  const far = useFar();
  const mark = useMark(id);
  if (far) {
    return (
      <>
        <Anchors direction={data.direction} />
        <FarCard mark={mark} selected={selected} />
      </>
    );
  }
  if (data.direction === 'LR' || !isConnectable) {
    const Card = data.direction === 'LR' ? CompactCard : FullCard;
    return (
      <>
        <Anchors direction={data.direction} />
        <Card task={data.task} mark={mark} selected={selected} />
      </>
    );
  }
  return (
    <>
      <Handle type="target" position={Position.Top} className="cv-port" />
      <FullCard task={data.task} mark={mark} selected={selected} />
      <Handle type="source" position={Position.Bottom} className="cv-port" />
    </>
  );
});

/** Anchors mark where edges meet a card that cannot be connected; React Flow measures them as it does its handles. */
const Anchors = ({ direction }: { direction: Direction }) => (
  <>
    <i className="target cv-anchor" data-handlepos={direction === 'TB' ? 'top' : 'left'} />
    <i className="source cv-anchor" data-handlepos={direction === 'TB' ? 'bottom' : 'right'} />
  </>
);

type CardProps = { task: TaskNode['data']['task']; mark: Mark | undefined; selected: boolean };

function FullCard({ task, mark, selected }: CardProps) {
  const look = lookOf(task.kind);
  const Icon = look.icon(task.config);
  const definition = nodeDefinition(task.kind);
  const problems = (mark?.errors ?? 0) + (mark?.warnings ?? 0);
  const line = look.line?.(task.config) || (definition?.summary(task.config) ?? `Unknown kind “${task.kind}”`);
  const facts = mark?.rows === undefined ? (look.chips(task)[0] ?? '') : mark.columns === undefined ? count(mark.rows) : `${count(mark.rows)} × ${mark.columns}`;
  return (
    <div className="cv-card" data-selected={selected || undefined} data-state={mark?.state}>
      <span className="cv-kind">
        <Icon size={14} strokeWidth={2} aria-hidden />
      </span>
      <span className="cv-name">{labelOf(task)}</span>
      <span className="cv-marks">
        {problems > 0 && (
          <span className="cv-badge" data-severity={mark?.errors ? 'error' : 'warning'} title={plural(problems, 'problem')}>
            {mark?.errors ? <CircleAlert size={12} aria-hidden /> : <TriangleAlert size={12} aria-hidden />}
            {problems}
          </span>
        )}
        {mark?.pace !== undefined && (
          <span className="cv-badge" title={mark.note}>
            {mark.pace}
          </span>
        )}
        {mark?.state !== undefined && <StateIcon state={mark.state} size={14} />}
      </span>
      <span className="cv-line">
        <span className={look.code ? 'cv-what cv-code' : 'cv-what'}>{line}</span>
        {facts !== '' && <span className="cv-facts">{facts}</span>}
      </span>
      {mark?.state === 'running' && <Progress value={mark.progress} />}
    </div>
  );
}

function CompactCard({ task, mark, selected }: CardProps) {
  const state = mark?.state ?? 'pending';
  // the icon and the outline say the state; rows stand on the edge
  const under = mark?.durationMs === undefined ? (mark?.pace ? capital(mark.pace) : stateEntry(state).label) : duration(mark.durationMs);
  return (
    <div className={`cv-compact state-card ${stateClass(state)}`} data-selected={selected || undefined} title={mark?.note}>
      <StateIcon state={state} size={14} label={null} />
      <span className="cv-name">{labelOf(task)}</span>
      <span className="cv-under" data-stalled={mark?.stalled || undefined}>
        {mark?.stalled && <TriangleAlert size={12} aria-hidden />}
        {mark?.parts === undefined ? under : `${under} · ${plural(mark.parts, 'part')}`}
      </span>
      {mark?.state === 'running' && <Progress value={mark.progress} />}
    </div>
  );
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** FarCard is all that can be read from far away: a box in the state's colour. */
function FarCard({ mark, selected }: { mark: Mark | undefined; selected: boolean }) {
  const background = mark?.state !== undefined ? stateColor(mark.state) : mark?.errors ? 'var(--st-failed-border)' : undefined;
  return <div className="cv-far" data-selected={selected || undefined} style={background ? { background } : undefined} />;
}

const Progress = ({ value }: { value: number | undefined }) =>
  value === undefined ? null : (
    <span className="cv-progress">
      <span style={{ width: `${Math.round(Math.min(1, Math.max(0, value)) * 100)}%` }} />
    </span>
  );
