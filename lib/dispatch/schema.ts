import { z } from 'zod';
import type { Json } from '@/lib/core/json';
import { LANES, type Lane } from '@/lib/pipeline';

/** Kinds that run no user code: the worker process performs them itself, many at a time, without a process slot. */
const INLINE_KINDS: readonly string[] = ['empty', 'branch', 'notify', 'subpipeline', 'sensor', 'approval', 'map'];

type Placed = { kind: string; pool: string | null; workerTags: string[] };

/** isInline tells whether a task needs no process slot. One that asks for a pool or a worker's tags queues like those that do. */
export const isInline = ({ kind, pool, workerTags }: Placed): boolean => INLINE_KINDS.includes(kind) && pool === null && workerTags.length === 0;

/** The kind that does nothing: how such a task ends is known before it begins. */
export const ENDS_AT_ONCE = 'empty';

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
  /** performed by the worker process itself; the others hold a process slot */
  inline: boolean;
  /** ordinal of its successor when it has exactly one */
  next?: number | null;
  /** true: it is known to have no successor */
  last?: boolean;
  /** true: its run is still queued, and its end is to say that the run is running */
  begins?: boolean;
  /** of a parked attempt that is taken up again: what it waited for until now */
  waits?: string | null;
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
  /** the task as it was claimed, when its end may hand its one successor over in one statement */
  passes?: PassingTask;
};

/** A claimed task with exactly one successor. */
export type PassingTask = ClaimedTask & { next: number };

/** What a finish did: which items counted, which runs need a decision in TypeScript, which ended. */
export type Finished = {
  accepted: [run: string, ordinal: number, fence: number, state: string][];
  readied: number;
  undecided: string[];
  ended: { id: string; state: string }[];
  unjudged: string[];
};

/**
 * What a worker can take. look: there may be work that the ends recorded in the same step do not make ready themselves; without it the
 * queue is not asked when they hand their successors over.
 */
export type ClaimLimits = { workerId: string; tags: string[]; inline: number; process: number; leaseSeconds: number; look?: boolean };

export const poolNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/, 'A pool is called by letters, digits, ".", "_" and "-", 63 at most, like gpu or warehouse.');

export const putPoolSchema = z.strictObject({ slots: z.number().int().min(0).max(100_000) });
export type PutPool = z.infer<typeof putPoolSchema>;

export const poolSchema = z.object({
  name: z.string(),
  slots: z.number().int(),
  /** slots taken by running tasks */
  used: z.number().int(),
  /** ready tasks that name it */
  waiting: z.number().int(),
});
export type PoolView = z.infer<typeof poolSchema>;

export const laneViewSchema = z.object({
  /** 0 interactive, 1 production, 2 backfill, 3 exploratory */
  lane: z.number().int(),
  running: z.number().int(),
  ready: z.number().int(),
  /** share of the slot-seconds of the last minutes in which lanes competed; null when none did */
  recentShare: z.number().nullable(),
});
export type LaneView = z.infer<typeof laneViewSchema>;

export const workspaceShareSchema = z.object({
  slug: z.string(),
  name: z.string(),
  weight: z.number().int(),
  maxActiveTasks: z.number().int().nullable(),
  running: z.number().int(),
  ready: z.number().int(),
});
export type WorkspaceShare = z.infer<typeof workspaceShareSchema>;

export const queueSampleSchema = z.object({ at: z.date(), workspace: z.string(), lane: z.number().int(), running: z.number().int(), ready: z.number().int() });
export type QueueSample = z.infer<typeof queueSampleSchema>;

export const waitingRunSchema = z.object({
  id: z.string(),
  pipeline: z.string(),
  lane: z.string(),
  /** ready tasks that wait for a slot */
  ready: z.number().int(),
  /** the highest priority among them */
  priority: z.number().int(),
  since: z.date(),
});
export type WaitingRun = z.infer<typeof waitingRunSchema>;

export const queueSchema = z.object({
  /** processes the live workers run at once */
  slots: z.number().int(),
  /** what backfill and exploratory may hold together, and hold */
  lowLanes: z.object({ cap: z.number().int(), used: z.number().int() }),
  lanes: z.array(laneViewSchema),
  workspaces: z.array(workspaceShareSchema),
  pools: z.array(poolSchema),
  /** this workspace's runs with tasks that wait for a slot, longest waiting first, 50 at most */
  waitingRuns: z.array(waitingRunSchema),
  samples: z.array(queueSampleSchema),
});
export type QueueView = z.infer<typeof queueSchema>;
