import { type Signature } from '@/lib/registry';
import { type Batching, type Routing } from '../schema';

export type TableVariant = {
  id: string;
  name: string;
  version: number;
  modelVersionId: string;
  weight: number;
  /** wanted replicas */
  replicas: number;
  /** as the database has it */
  ready: number;
  problem: string | null;
  signature: Signature;
  /** key of the ONNX file in the store */
  fileKey: string;
};

export type TableEndpoint = {
  id: string;
  workspaceId: string;
  workspace: string;
  slug: string;
  model: string;
  state: string;
  problem: string | null;
  batching: Batching;
  routing: Routing;
  variants: TableVariant[];
};

/** Where everything goes: all endpoints with their live variants. */
export type RoutingTable = { endpoints: TableEndpoint[]; /** ids by slug */ workspaces: Record<string, string> };

/** A replica that can be called. */
export type ReadyReplica = { id: string; variantId: string; socket: string };
