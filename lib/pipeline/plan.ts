import { type TriggerRule } from './spec';
import { type StallPolicy } from './stalled';

/** One task as the engine sees it; `ordinal` is its place in a plan's topological order. */
export type PlannedTask = {
  ordinal: number;
  taskId: string;
  kind: string;
  triggerRule: TriggerRule;
  when: string | null;
  /** skipped in a run whose interval is not the newest that has ended */
  latestOnly: boolean;
  /** settled one by one under its row's lock: `when` or `latestOnly` is set, or a direct upstream is a branch */
  decides: boolean;
  /** it runs once for each item of a list, at most so many at once (null: any number) */
  map: { maxParallel: number | null } | null;
  failureAllowed: boolean;
  handlesFailures: boolean;
  upstream: number[];
  downstream: number[];
  /** effective priority, by settings.weightRule */
  priority: number;
  pool: string | null;
  poolSlots: number;
  workerTags: string[];
  /** how long the task may wait in the queue before it fails, in seconds */
  queueTimeoutSeconds: number | null;
  /** after how much silence it is called stalled, and what happens then */
  stalled: StallPolicy;
};

/** Plan is what a spec compiles to: tasks in a stable topological order. */
export type Plan = { tasks: PlannedTask[] };
