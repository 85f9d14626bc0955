'use client';

import { useCallback, useEffect, useImperativeHandle, useMemo, useRef, useState, type DragEvent, type ReactNode, type Ref } from 'react';
import type { DraftSpec } from '@/lib/pipeline/index';
import './canvas.css';
import { EdgeLine } from './edge-line';
import {
  applyNodeChanges,
  Background,
  BackgroundVariant,
  Panel,
  PLAIN,
  ReactFlow,
  SelectionMode,
  type Connection,
  type EdgeChange,
  type FinalConnectionState,
  type NodeChange,
  type ReactFlowInstance,
} from './flow';
import type { Point } from './graph';
import { GroupCard } from './group-card';
import { GRID, NODE, snap } from './layout';
import { Minimap } from './minimap';
import { TaskCard } from './node-card';
import { specToFlow, type Flow, type Selection, type TaskEdge, type TaskNode } from './spec-to-flow';
import { createView, ViewContext } from './view';
import { ZoomControls } from './zoom-controls';

const NODE_TYPES = { task: TaskCard, group: GroupCard };
const EDGE_TYPES = { task: EdgeLine };
const FIT = { padding: 0.12, maxZoom: 1, minZoom: 0.05 } as const;
const MULTI = ['Meta', 'Control', 'Shift'];
const CULL_ABOVE = 300;
/** The kind of node that a drag out of the palette carries. */
export const DRAG_TYPE = 'application/x-penstock-node';

export type CanvasHandle = {
  fit: () => void;
  /** look centres a node, keeping the zoom where the card can be read. */
  look: (id: string) => void;
  zoom: (step: 1 | -1) => void;
  /** middle is the drawing's point at the middle of what is seen, px. */
  middle: () => Point;
};

/**
 * Canvas draws a spec and reports what the mouse did to it; it changes nothing itself. While a card is dragged its place lives
 * here only and is reported once at the end.
 */
export function Canvas({
  ref,
  spec,
  positions,
  selection,
  readOnly,
  onSelect,
  onMove,
  onConnect,
  refuse,
  onRefused,
  onConnectToNothing,
  onDropKind,
  onDropNode,
  onOpen,
  onTidy,
  onNote,
  children,
}: {
  ref?: Ref<CanvasHandle>;
  spec: DraftSpec;
  positions: ReadonlyMap<string, Point>;
  selection: Selection;
  readOnly: boolean;
  onSelect: (selection: Selection) => void;
  onMove: (moved: Map<string, Point>) => void;
  onConnect: (from: string, to: string) => void;
  /** why an edge cannot be drawn, null when it can */
  refuse: (from: string, to: string) => string | null;
  onRefused: (sentence: string) => void;
  /** an edge was dropped on empty ground: offer a node there */
  onConnectToNothing: (from: string, at: Point, screen: Point) => void;
  onDropKind: (kind: string, at: Point, edge: string | null) => void;
  /** an unconnected card was dropped onto an edge */
  onDropNode: (id: string, edge: string) => void;
  onOpen: (id: string) => void;
  onTidy?: (() => void) | undefined;
  onNote?: (() => void) | undefined;
  children?: ReactNode;
}) {
  const [view] = useState(() => createView(spec.tasks.length > CULL_ABOVE ? FIT.minZoom : 1));
  const [flow, setFlow] = useState<Flow>(() => specToFlow(spec, positions, selection));
  // An empty drawing is not fitted later: its first card stays where it was dropped.
  const [fitFirst] = useState(spec.tasks.length > 0);
  const [dropEdge, setDropEdge] = useState<string | null>(null);
  const instance = useRef<ReactFlowInstance<TaskNode, TaskEdge> | null>(null);
  const box = useRef<HTMLDivElement>(null);

  // The projection follows the document while it renders: no frame shows an old drawing.
  const [shown, setShown] = useState({ spec, positions, selection });
  if (shown.spec !== spec || shown.positions !== positions || shown.selection !== selection) {
    setShown({ spec, positions, selection });
    setFlow(specToFlow(spec, positions, selection, flow));
  }

  const live = useRef({ selection, onSelect, flow });
  useEffect(() => {
    live.current = { selection, onSelect, flow };
  });

  const fit = useCallback(() => void instance.current?.fitView(FIT), []);
  const size = useCallback(() => ({ width: box.current?.clientWidth ?? 0, height: box.current?.clientHeight ?? 0 }), []);
  const centre = useCallback((point: Point, zoom?: number) => {
    void instance.current?.setCenter(point.x, point.y, { zoom: zoom ?? instance.current.getZoom(), duration: 0 });
  }, []);

  useImperativeHandle(
    ref,
    () => ({
      fit,
      look(id) {
        const place = instance.current?.getNode(id)?.position;
        if (place) centre({ x: place.x + NODE.width / 2, y: place.y + NODE.height / 2 }, Math.max(0.75, instance.current?.getZoom() ?? 1));
      },
      zoom: (step) => void (step > 0 ? instance.current?.zoomIn() : instance.current?.zoomOut()),
      middle() {
        const { x, y, zoom } = view.get();
        const { width, height } = size();
        return { x: (width / 2 - x) / zoom - NODE.width / 2, y: (height / 3 - y) / zoom };
      },
    }),
    [fit, centre, view, size],
  );

  const onNodesChange = useCallback((changes: NodeChange<TaskNode>[]) => {
    const places = changes.filter((change) => change.type === 'position' || change.type === 'select');
    if (places.length === 0) return;
    setFlow((now) => ({ nodes: applyNodeChanges(places, now.nodes), edges: now.edges }));
    const chosen = new Map<string, boolean>();
    for (const change of places) if (change.type === 'select') chosen.set(change.id, change.selected);
    if (chosen.size === 0) return;
    const before = live.current.selection;
    const nodes = [...before.nodes.filter((id) => chosen.get(id) !== false), ...[...chosen].filter(([id, on]) => on && !before.nodes.includes(id)).map(([id]) => id)];
    const next = { nodes, edge: nodes.length > 0 ? null : before.edge };
    live.current.selection = next;
    live.current.onSelect(next);
  }, []);

  const onEdgesChange = useCallback((changes: EdgeChange<TaskEdge>[]) => {
    for (const change of changes) {
      if (change.type !== 'select') continue;
      const before = live.current.selection;
      if (change.selected) live.current.selection = { nodes: [], edge: change.id };
      else if (before.edge === change.id) live.current.selection = { ...before, edge: null };
      else continue;
      live.current.onSelect(live.current.selection);
    }
  }, []);

  const stop = (_: unknown, node: TaskNode, dragged: TaskNode[]) => {
    const moved = new Map(dragged.map((each) => [each.id, { x: snap(each.position.x), y: snap(each.position.y) }]));
    onMove(moved);
    const at = moved.get(node.id);
    if (dragged.length !== 1 || !at || spec.edges.some((edge) => edge.from === node.id || edge.to === node.id)) return;
    const edge = edgeUnder(instance.current?.flowToScreenPosition({ x: at.x + NODE.width / 2, y: at.y + NODE.height / 2 }));
    if (edge) onDropNode(node.id, edge);
  };

  const connect = useCallback((made: Connection) => onConnect(made.source, made.target), [onConnect]);
  const valid = useCallback((made: Connection | TaskEdge) => refuse(made.source, made.target) === null, [refuse]);
  const connectEnd = (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
    if (state.isValid === true || !state.fromNode) return;
    const [from, to] = state.fromHandle?.type === 'target' ? [state.toNode?.id, state.fromNode.id] : [state.fromNode.id, state.toNode?.id];
    const touch = 'changedTouches' in event ? event.changedTouches[0] : event;
    const screen = { x: touch?.clientX ?? 0, y: touch?.clientY ?? 0 };
    // Dropped on a card beside its port: take it as the port.
    const card = document.elementFromPoint(screen.x, screen.y)?.closest('.react-flow__node')?.getAttribute('data-id');
    const [source, target] = [from ?? card, to ?? card];
    if (source && target) {
      const sentence = refuse(source, target);
      if (sentence === null) onConnect(source, target);
      else onRefused(sentence);
    } else if (source && instance.current) {
      onConnectToNothing(source, instance.current.screenToFlowPosition(screen), screen);
    }
  };

  const over = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes(DRAG_TYPE)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    setDropEdge(edgeUnder({ x: event.clientX, y: event.clientY }));
  };
  const drop = (event: DragEvent) => {
    const kind = event.dataTransfer.getData(DRAG_TYPE);
    setDropEdge(null);
    if (kind === '' || !instance.current) return;
    event.preventDefault();
    const at = instance.current.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    onDropKind(kind, { x: snap(at.x - NODE.width / 2), y: snap(at.y - NODE.height / 2) }, edgeUnder({ x: event.clientX, y: event.clientY }));
  };

  const edges = useMemo(
    () => (dropEdge === null ? flow.edges : flow.edges.map((edge) => (edge.id === dropEdge ? { ...edge, className: `${edge.className ?? ''} cv-edge-drop` } : edge))),
    [flow.edges, dropEdge],
  );

  return (
    <ViewContext value={view}>
      <div ref={box} className="h-full w-full" onDragOver={over} onDragLeave={() => setDropEdge(null)} onDrop={drop}>
        <ReactFlow<TaskNode, TaskEdge>
          nodes={flow.nodes}
          edges={edges}
          nodeTypes={NODE_TYPES}
          edgeTypes={EDGE_TYPES}
          onInit={(made) => {
            instance.current = made;
            view.set(made.getViewport());
          }}
          onMove={(_, viewport) => view.set(viewport)}
          onNodesChange={onNodesChange}
          onEdgesChange={onEdgesChange}
          onNodeDragStop={stop}
          onSelectionDragStop={(event, dragged) => dragged[0] && stop(event, dragged[0], dragged)}
          onNodeDoubleClick={(_, node) => onOpen(node.id)}
          onConnect={connect}
          onConnectEnd={connectEnd}
          isValidConnection={valid}
          onlyRenderVisibleElements={spec.tasks.length > CULL_ABOVE}
          fitView={fitFirst}
          fitViewOptions={FIT}
          minZoom={0.05}
          maxZoom={2}
          nodesDraggable={!readOnly}
          nodesConnectable={!readOnly}
          connectionRadius={24}
          deleteKeyCode={null}
          multiSelectionKeyCode={MULTI}
          selectionMode={SelectionMode.Partial}
          nodesFocusable={false}
          edgesFocusable={false}
          disableKeyboardA11y
          elevateNodesOnSelect={false}
          zoomOnDoubleClick={false}
          proOptions={PLAIN}
        >
          <Background variant={BackgroundVariant.Dots} gap={GRID} size={1.4} />
          <Panel position="bottom-left" style={{ margin: 16 }}>
            <ZoomControls onZoom={(step) => void (step > 0 ? instance.current?.zoomIn() : instance.current?.zoomOut())} onFit={fit} {...(onTidy ? { onTidy } : {})} {...(onNote ? { onNote } : {})} />
          </Panel>
          {spec.tasks.length > 3 && (
            <Panel position="bottom-right" style={{ margin: '16px 16px 24px' }} className="max-md:hidden">
              <Minimap positions={positions} selected={selection.nodes} size={size} onLook={centre} />
            </Panel>
          )}
          {children}
        </ReactFlow>
      </div>
    </ViewContext>
  );
}

/** edgeUnder finds the edge that is drawn at a point of the screen (px), within the width that the pointer may miss it by. */
function edgeUnder(point: Point | undefined): string | null {
  if (!point) return null;
  for (const element of document.elementsFromPoint(point.x, point.y)) {
    const id = element.closest('.react-flow__edge')?.getAttribute('data-id');
    if (id) return id;
  }
  return null;
}

/** nodesOf is the selection that holds exactly these nodes. */
export const nodesOf = (...nodes: string[]): Selection => ({ nodes, edge: null });
