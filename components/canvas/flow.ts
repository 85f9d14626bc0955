/** The one door to React Flow: everything the canvas uses of it, by name. Its internal store is not among it. */
import 'reactflow/dist/base.css';

export {
  applyEdgeChanges,
  applyNodeChanges,
  Background,
  BackgroundVariant,
  BaseEdge,
  EdgeLabelRenderer,
  getSmoothStepPath,
  getStraightPath,
  Handle,
  MiniMap,
  Panel,
  Position,
  ReactFlow,
  ReactFlowProvider,
  SelectionMode,
  useReactFlow,
  useUpdateNodeInternals,
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
