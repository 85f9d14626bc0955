'use client';

import { ChevronsDownUp, ChevronsUpDown, CircleAlert, Group, TriangleAlert } from 'lucide-react';
import { createContext, memo, useCallback, useContext, useSyncExternalStore } from 'react';
import { StateIcon, stateClass, stateColor } from '@/components/state/index';
import { worstState, type TaskState } from '@/lib/runs/index';
import { ViewportPortal, type NodeProps } from './flow';
import type { Frame } from './groups';
import type { Direction } from './layout';
import { MarksContext } from './marks';
import type { TaskNode } from './spec-to-flow';
import { useFar } from './view';
import { plural } from './words';

/** Folds and unfolds a group of the drawing that stands around. */
export const FoldContext = createContext<(name: string, folded: boolean) => void>(() => undefined);

/** GroupCard is a folded group: its name, how many nodes it holds, and the state that stands for all of them. */
export const GroupCard = memo(function GroupCard({ data, selected }: NodeProps<TaskNode>) {
  const far = useFar();
  const name = data.task.name ?? data.task.id;
  const members = data.task.config.members as string[];
  const { state, ended, errors, warnings } = useJoined(members);
  if (far) {
    const background = state !== undefined ? stateColor(state) : errors > 0 ? 'var(--st-failed-border)' : undefined;
    return (
      <>
        <Anchors direction={data.direction} />
        <div className="cv-far" data-selected={selected || undefined} style={background ? { background } : undefined} />
      </>
    );
  }
  const unfold = <UnfoldButton name={name} />;
  const count = plural(members.length, 'node');
  return (
    <>
      <Anchors direction={data.direction} />
      {data.direction === 'LR' ? (
        <div className={`cv-compact cv-stack state-card ${stateClass(state ?? 'pending')}`} data-selected={selected || undefined}>
          <StateIcon state={state ?? 'pending'} size={14} />
          <span className="cv-name">{name}</span>
          <span className="cv-under">{`${ended} of ${count}`}</span>
          {unfold}
        </div>
      ) : (
        <div className="cv-card cv-stack" data-selected={selected || undefined} data-state={state}>
          <span className="cv-kind">
            <Group size={14} strokeWidth={2} aria-hidden />
          </span>
          <span className="cv-name">{name}</span>
          <span className="cv-marks">
            {errors + warnings > 0 && (
              <span className="cv-badge" data-severity={errors > 0 ? 'error' : 'warning'} title={plural(errors + warnings, 'problem')}>
                {errors > 0 ? <CircleAlert size={12} aria-hidden /> : <TriangleAlert size={12} aria-hidden />}
                {errors + warnings}
              </span>
            )}
            {state !== undefined && <StateIcon state={state} size={14} />}
          </span>
          <span className="cv-line">
            <span className="cv-what">{count}</span>
          </span>
          {unfold}
        </div>
      )}
    </>
  );
});

const Anchors = ({ direction }: { direction: Direction }) => (
  <>
    <i className="target cv-anchor" data-handlepos={direction === 'TB' ? 'top' : 'left'} />
    <i className="source cv-anchor" data-handlepos={direction === 'TB' ? 'bottom' : 'right'} />
  </>
);

function UnfoldButton({ name }: { name: string }) {
  const setFolded = useContext(FoldContext);
  return (
    <button
      type="button"
      className="cv-fold nodrag nopan"
      aria-label={`Unfold ${name}`}
      aria-expanded={false}
      onClick={(event) => {
        event.stopPropagation();
        setFolded(name, false);
      }}
    >
      <ChevronsUpDown size={14} aria-hidden />
    </button>
  );
}

/** GroupFrames draw a line around the tasks of each unfolded group, with its name and a button that folds it. */
export const GroupFrames = memo(function GroupFrames({ frames, onChoose }: { frames: readonly Frame[]; onChoose?: (name: string) => void }) {
  const setFolded = useContext(FoldContext);
  if (frames.length === 0) return null;
  return (
    <ViewportPortal>
      {frames.map(({ name, x, y, width, height }) => (
        <div key={name} role="group" aria-label={`Group ${name}`} className="cv-frame" style={{ transform: `translate(${x}px, ${y}px)`, width, height }}>
          <span className="cv-frame-head nodrag nopan">
            {onChoose ? (
              <button type="button" className="cv-frame-name" onClick={() => onChoose(name)}>
                {name}
              </button>
            ) : (
              <span className="cv-frame-name">{name}</span>
            )}
            <button type="button" className="cv-frame-fold" aria-label={`Fold ${name}`} aria-expanded onClick={() => setFolded(name, true)}>
              <ChevronsDownUp size={14} aria-hidden />
            </button>
          </span>
        </div>
      ))}
    </ViewportPortal>
  );
});

type Joined = { state: string | undefined; ended: number; errors: number; warnings: number };

const ENDED: ReadonlySet<string> = new Set(['succeeded', 'restored', 'failed', 'skipped', 'upstream_failed', 'cancelled']);

/** useJoined reads what stands for all of these tasks; it renders again only when that changes. */
function useJoined(ids: readonly string[]): Joined {
  const marks = useContext(MarksContext);
  const subscribe = useCallback(
    (listener: () => void) => {
      const stops = ids.map((id) => marks.subscribe(id, listener));
      return () => stops.forEach((stop) => stop());
    },
    [marks, ids],
  );
  const read = () => {
    const found = ids.map((id) => marks.get(id));
    const states = found.flatMap((mark) => mark?.state ?? []);
    const joined: Joined = {
      state: states.length > 0 ? worstState(states as TaskState[]) : undefined,
      ended: states.filter((state) => ENDED.has(state)).length,
      errors: found.reduce((sum, mark) => sum + (mark?.errors ?? 0), 0),
      warnings: found.reduce((sum, mark) => sum + (mark?.warnings ?? 0), 0),
    };
    return JSON.stringify(joined);
  };
  return JSON.parse(useSyncExternalStore(subscribe, read, read)) as Joined;
}
