import type { Json } from '@/lib/core/json';
import { LANES, type Lane } from '@/lib/pipeline';

/** Kinds that run no user code: the worker process performs them itself, many at a time, without a process slot. */
const INLINE_KINDS: readonly string[] = ['empty', 'branch', 'notify', 'subpipeline'];

type Placed = { kind: string; pool: string | null; workerTags: string[] };

/** isInline tells whether a task needs no process slot. One that asks for a pool or a worker's tags queues like those that do. */
export const isInline = ({ kind, pool, workerTags }: Placed): boolean => INLINE_KINDS.includes(kind) && pool === null && workerTags.length === 0;

/** gateOf is what tells ready tasks of a pipeline apart for the claim: tasks of one gate are held up by the same limits. */
export const gateOf = ({ pool, workerTags }: Pick<Placed, 'pool' | 'workerTags'>): string =>
  pool === null && workerTags.length === 0 ? '' : [pool ?? '', ...[...workerTags].sort()].join('\n');

/** laneOrder is the number a lane is stored and sorted by (semantics §5). */
export const laneOrder = (lane: Lane): number => LANES.indexOf(lane);

/** One task taken by a worker: it holds attempt number `attempt` (also its fence) under a lease. */
export type ClaimedTask = {
  run_id: string;
  ordinal: number;
  task_id: string;
  map_index: number;
  workspace_id: string;
  pipeline_id: string;
  kind: string;
  attempt: number;
  retries: number;
  lost_count: number;
  cleared_at_attempt: number;
  run_state: string;
  /** performed by the worker process itself; the others hold a process slot */
  inline: boolean;
};

/** How an attempt ended, as the finish statement takes it. */
export type FinishItem = {
  run: string;
  ordinal: number;
  fence: number;
  task: 'succeeded' | 'skipped' | 'failed' | 'cancelled' | 'retry';
  attempt: 'succeeded' | 'skipped' | 'failed' | 'cancelled' | 'timed_out' | 'lost';
  not_before?: string | null;
  spends?: boolean;
  lost?: boolean;
  output?: Json;
  table_output?: Json;
  error?: Json;
  reason?: Json;
  exit_code?: number | null;
  resolved?: Json;
  timings?: Json;
};

/** What a finish did: which items counted, which runs need a decision in TypeScript, which ended. */
export type Finished = {
  accepted: [run: string, ordinal: number, fence: number, state: string][];
  readied: number;
  undecided: string[];
  ended: { id: string; state: string }[];
  unjudged: string[];
};

/** Who claims, and how much it can take. */
export type ClaimLimits = { workerId: string; tags: string[]; inline: number; process: number; leaseSeconds: number };
