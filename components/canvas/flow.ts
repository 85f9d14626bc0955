/** The one door to React Flow: everything the canvas uses of it, by name. Its internal store is not among it. */
import 'reactflow/dist/base.css';

export {
  applyNodeChanges,
  Background,
  BackgroundVariant,
  getSmoothStepPath,
  getStraightPath,
  Handle,
  Panel,
  Position,
  ReactFlow,
  SelectionMode,
  ViewportPortal,
} from 'reactflow';
export type {
  Connection,
  Edge as FlowEdgeOf,
  EdgeChange,
  EdgeProps,
  FinalConnectionState,
  Node as FlowNodeOf,
  NodeChange,
  NodeProps,
  OnConnectEnd,
  ReactFlowInstance,
  Viewport,
} from 'reactflow';

/** PLAIN leaves the library's name out of the drawing (its licence allows that): the link is too small and too pale to be used. */
export const PLAIN = { hideAttribution: true };
