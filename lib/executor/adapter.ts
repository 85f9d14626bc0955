import type { Json, JsonObject } from '@/lib/core';
import type { ValueType } from '@/lib/core/expressions';
import type { TableRef } from '@/lib/datasets/server';
import type { PlacedOutcome } from '@/lib/datasets/server';
import type { Task } from '@/lib/pipeline';
import type { Pulse } from './pulse';

/** A table that reaches a task, under the name the task knows it by. */
export type NamedTable = { name: string; table: TableRef; /** the task that provides it */ from?: string };

export type { Column, TableRef } from '@/lib/datasets/server';

export type LogStream = 'stdout' | 'stderr' | 'system';

/** What went wrong, for a person: `message` is a sentence, `hint` says what to do, `detail` may hold many lines. */
export type AttemptError = { code: string; message: string; detail?: string; hint?: string };

/** A file the task wants kept; `path` is relative to the attempt's working folder until it is stored. */
export type ArtifactReport = { name: string; path: string; type: string };

/** What a task says about itself while it runs (contract §2, task protocol). */
export type Report = {
  progress?: number;
  message?: string;
  metrics?: Record<string, number>;
  output?: Json;
  checkpoint?: Json;
  external?: Json;
  artifact?: ArtifactReport;
};

/** An artifact that is in the store, as the engine records it. */
export type StoredArtifact = { name: string; type: string; key: string; bytes: number };

/** An attempt as the engine hands it over: rows only, no functions. */
export type AttemptInput = {
  workspaceId: string;
  workspaceSlug: string;
  runId: string;
  ordinal: number;
  taskId: string;
  mapIndex: number;
  attempt: number;
  pipelineSlug: string;
  task: Task;
  params: JsonObject;
  /** declared types of the params */
  paramTypes: Record<string, ValueType>;
  /** the item of a mapped task */
  item?: Json;
  run: {
    id: string;
    pipeline: string;
    version: number | null;
    logicalDate: Date | null;
    intervalStart: Date | null;
    intervalEnd: Date | null;
  };
  inputs: NamedTable[];
  reads: NamedTable[];
  upstream: Record<string, { state: string; output: Json }>;
  /** when the run was created */
  runCreatedAt: Date;
  /** since when the task waits for what is outside (sensors) */
  waitingSince: Date;
  /** what the last attempt since the last clear saved, or null */
  checkpoint: Json | null;
  external: Json | null;
  limits: { memoryMb: number; threads: number; timeoutSeconds: number };
  /** a try looks at this many rows of each input; null: all */
  sampleRows: number | null;
};

/** An attempt as its adapter sees it. */
export type AttemptContext = AttemptInput & {
  /** the attempt's own folder, removed at its end; empty text for kinds that touch no disk */
  workDir: string;
  /** private hosts that this workspace may reach beside PENSTOCK_ALLOW_HOSTS (the demo's own server in workspace `demo`) */
  allowHosts: readonly string[];
  /** the workspace's variables; read once, when first asked for */
  vars(): Promise<JsonObject>;
  log(stream: LogStream, text: string): void;
  /** resolves when the log can take more; a producer that can wait should */
  logReady: () => Promise<void>;
  report(report: Report): void;
  /** its signs of life: adapters let it follow their processes and know what they wait for */
  pulse: Pulse;
  signal: AbortSignal;
  /** @throws AttemptFailure when the workspace has no such secret. Every value is masked from then on. */
  secret(name: string): Promise<string>;
  /** says that preparation is over and the user's own code begins (ends the start timeout) */
  started(): void;
  subruns: Subruns | null;
};

/** Starting and awaiting runs of other pipelines; given by the engine, which owns runs. */
export type Subruns = {
  /** starts a run, or finds the one that an earlier try of this task started */
  start(request: { pipeline: string; params: JsonObject }): Promise<{ runId: string }>;
  /** resolves when the run has ended; rejects when the signal aborts */
  wait(runId: string, signal: AbortSignal): Promise<{ state: string; output: Json; table: TableRef | null }>;
  cancel(runId: string): Promise<void>;
  /** finds the newest ended run of a pipeline, of an interval or created after a moment when these are given */
  find(request: { pipeline: string; states: string[]; intervalStart: Date | null; after: Date | null }): Promise<{ id: string; state: string } | null>;
};

export type Outcome = 'succeeded' | 'skipped' | 'failed' | 'cancelled' | 'timed_out' | 'waiting';

/** What an attempt waits for that has nothing to do now: it gives its slot back and goes on when woken (outcome `waiting`). */
export type Wait = {
  state: 'deferred' | 'awaiting_approval';
  /** a sentence: what it waits for */
  what: string;
  /** when it is looked at again, or when it expires */
  until: Date;
  /** the event that wakes it before: `file:<path>`, `dataset:<name>`, `run:<pipeline>` */
  awaits: string | null;
  details: JsonObject;
};

export type AttemptResult = {
  outcome: Outcome;
  table?: TableRef;
  output?: Json;
  exitCode?: number;
  error?: AttemptError;
  /** the config after expressions, secrets masked */
  resolved?: Json;
  /** milliseconds by phase */
  timings?: Record<string, number>;
  /** protocol lines that could not be read; they stayed log lines */
  brokenLines?: number;
  artifacts?: StoredArtifact[];
  /** with outcome `waiting` */
  wait?: Wait;
  /** what checks found, to be recorded with the end */
  checks?: PlacedOutcome[];
};

/** What one node kind does. Kinds that run user code give it processes of its own. */
export interface Adapter {
  runsUserCode: boolean;
  /** true: it touches no disk, so it gets no working folder */
  inMemory?: boolean;
  perform(context: AttemptContext): Promise<AttemptResult>;
}

/** AttemptFailure ends an attempt as failed, with words for a person. */
export class AttemptFailure extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly more: { detail?: string; hint?: string; exitCode?: number } = {},
  ) {
    super(message);
    this.name = 'AttemptFailure';
  }

  /** toError is the failure as it is recorded. */
  toError(): AttemptError {
    const { detail, hint } = this.more;
    return { code: this.code, message: this.message, ...(detail ? { detail } : {}), ...(hint ? { hint } : {}) };
  }
}
