'use client';

import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { DraftSpec } from '@/lib/pipeline/index';
import './canvas.css';
import { EdgeLine } from './edge-line';
import { Background, BackgroundVariant, Panel, PLAIN, ReactFlow, type ReactFlowInstance } from './flow';
import { FoldContext, GroupCard, GroupFrames } from './group-card';
import { drawnSelection, fold, foldedIn, foldPlaces, framesOf, groupOfNode } from './groups';
import { GRID, type Direction } from './layout';
import { createMarks, MarksContext, type Mark } from './marks';
import { TaskCard } from './node-card';
import { positionsOf, specToFlow, type TaskEdge, type TaskNode } from './spec-to-flow';
import { useInBrowser } from './use-in-browser';
import { createView, ViewContext } from './view';
import { ZoomControls } from './zoom-controls';

const NODE_TYPES = { task: TaskCard, group: GroupCard };
const EDGE_TYPES = { task: EdgeLine };
const FIT = { padding: 0.1, maxZoom: 1, minZoom: 0.05 } as const;
const MARKED = ['state', 'progress', 'durationMs', 'rows', 'columns', 'note', 'parts', 'pace', 'stalled'] as const;

/** What a run says about one task; the key of the map is the task's id. */
export type TaskMark = Pick<Mark, (typeof MARKED)[number]>;

/**
 * PipelineGraph draws a spec read-only with the states of a run on it. `LR` draws compact cards left to right, `TB` the
 * editor's cards at their saved places. A changed `runState` renders only the cards whose state changed.
 */
export function PipelineGraph({
  spec,
  runState,
  selected = null,
  onSelect,
  direction = 'LR',
  label = 'Graph of the pipeline',
}: {
  spec: DraftSpec;
  runState?: ReadonlyMap<string, TaskMark>;
  selected?: string | null;
  onSelect?: (taskId: string | null) => void;
  direction?: Direction;
  label?: string;
}) {
  const inBrowser = useInBrowser();
  const [view] = useState(createView);
  const [marks] = useState(createMarks);
  const instance = useRef<ReactFlowInstance<TaskNode, TaskEdge> | null>(null);
  useEffect(() => marks.replace(runState ?? new Map(), MARKED), [marks, runState]);
  const [ownFolds, setOwnFolds] = useState<ReadonlyMap<string, boolean>>(new Map());
  const setFolded = useCallback((name: string, folded: boolean) => setOwnFolds((now) => new Map(now).set(name, folded)), []);
  const { view: folds, positions, folded } = useMemo(() => {
    const names = foldedIn(spec, ownFolds);
    const drawn = fold(spec, names);
    // saved places are the editor's; a drawing of its own is laid out as it is seen
    return { view: drawn, folded: names, positions: direction === 'TB' ? foldPlaces(drawn, positionsOf(spec)) : positionsOf(drawn.spec, direction) };
  }, [spec, ownFolds, direction]);
  const flow = useMemo(
    () => specToFlow(folds.spec, positions, drawnSelection(folds, { nodes: selected === null ? [] : [selected], edge: null }), undefined, direction),
    [folds, positions, selected, direction],
  );
  const frames = useMemo(() => framesOf(spec, positions, folded, direction), [spec, positions, folded, direction]);
  return (
    <ViewContext value={view}>
      <MarksContext value={marks}>
        <FoldContext value={setFolded}>
        <div className="cv" role="group" aria-label={label}>
          {inBrowser && <ReactFlow<TaskNode, TaskEdge>
            nodes={flow.nodes}
            edges={flow.edges}
            nodeTypes={NODE_TYPES}
            edgeTypes={EDGE_TYPES}
            onInit={(made) => {
              instance.current = made;
              view.set(made.getViewport());
            }}
            onMove={(_, viewport) => view.set(viewport)}
            onNodeClick={(_, node) => groupOfNode(node.id) === null && onSelect?.(node.id)}
            onNodeDoubleClick={(_, node) => {
              const name = groupOfNode(node.id);
              if (name !== null) setFolded(name, false);
            }}
            zoomOnDoubleClick={false}
            onPaneClick={() => onSelect?.(null)}
            onlyRenderVisibleElements={spec.tasks.length > 300}
            nodesDraggable={false}
            nodesConnectable={false}
            nodesFocusable={false}
            edgesFocusable={false}
            elementsSelectable={onSelect !== undefined}
            deleteKeyCode={null}
            disableKeyboardA11y
            elevateNodesOnSelect={false}
            fitView
            fitViewOptions={FIT}
            minZoom={0.05}
            maxZoom={1.5}
            proOptions={PLAIN}
          >
            <Background variant={BackgroundVariant.Dots} gap={GRID} size={1.4} />
            <Panel position="bottom-left" style={{ margin: 12 }}>
              <ZoomControls
                onZoom={(step) => void (step > 0 ? instance.current?.zoomIn() : instance.current?.zoomOut())}
                onFit={() => void instance.current?.fitView(FIT)}
              />
            </Panel>
            <GroupFrames frames={frames} />
          </ReactFlow>}
          {onSelect && <TaskList spec={spec} runState={runState} selected={selected} onSelect={onSelect} />}
        </div>
        </FoldContext>
      </MarksContext>
    </ViewContext>
  );
}

/** TaskList is the same choice for the keyboard and screen readers: it shows itself while it has the focus. */
function TaskList({
  spec,
  runState,
  selected,
  onSelect,
}: {
  spec: DraftSpec;
  runState: ReadonlyMap<string, TaskMark> | undefined;
  selected: string | null;
  onSelect: (taskId: string | null) => void;
}) {
  return (
    <label className="sr-only focus-within:not-sr-only focus-within:absolute focus-within:top-3 focus-within:left-3 focus-within:z-10">
      <span className="sr-only">Task</span>
      <select
        value={selected ?? ''}
        onChange={(event) => onSelect(event.target.value || null)}
        className="h-8 rounded border border-line-strong bg-surface px-2 text-14"
      >
        <option value="">No task chosen</option>
        {spec.tasks.map((task) => (
          <option key={task.id} value={task.id}>
            {`${task.name ?? task.id}${runState?.get(task.id)?.state ? ` (${runState.get(task.id)?.state?.replaceAll('_', ' ')})` : ''}`}
          </option>
        ))}
      </select>
    </label>
  );
}
