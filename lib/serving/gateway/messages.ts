import { type Role } from '@/lib/tenancy';
import { type MetricsSnapshot } from './metrics';
import { type ReadyReplica, type RoutingTable } from './table';

/** Who holds a token: the workspace it belongs to (null: all of the organization's) and its role; or why it is refused. */
export type Holder = { workspaceId: string | null; role: Role } | { refused: string; status: 401 | 503 };

/** What the supervisor tells a routing process. */
export type ToRouter =
  | { kind: 'start'; routerId: string; host: string; port: number; spool: string; secret: string; table: RoutingTable; replicas: ReadyReplica[] }
  | { kind: 'table'; table: RoutingTable }
  | { kind: 'replicas'; replicas: ReadyReplica[] }
  | { kind: 'holder'; id: number; holder: Holder }
  | { kind: 'spoolFull'; full: boolean }
  | { kind: 'collect'; id: number }
  | { kind: 'metrics'; id: number; text: string }
  | { kind: 'drain' };

/** What a routing process tells the supervisor. */
export type ToSupervisor =
  | { kind: 'here' }
  | { kind: 'listening'; port: number }
  | { kind: 'taken'; port: number }
  | { kind: 'holder?'; id: number; token: string }
  | { kind: 'spooled' }
  | { kind: 'collected'; id: number; metrics: MetricsSnapshot }
  | { kind: 'metrics?'; id: number };
