import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { AppError } from '@/lib/core/errors';

/** The version that integrations/temporal pins. */
const VERSION = '1.24.0';

/** One attempt inside Temporal. */
export type Handle = {
  describe(): Promise<{ status: 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELED' | 'TERMINATED' | 'TIMED_OUT' | 'PAUSED' }>;
  cancel(reason: string): Promise<void>;
  terminate(reason: string): Promise<void>;
};

/** What is asked for when an attempt is given to Temporal. */
export type Start = {
  id: string;
  taskQueue: string;
  args: unknown[];
  startToCloseTimeout: string;
  heartbeatTimeout: string;
  retry: { maximumAttempts: number };
  idReusePolicy: 'REJECT_DUPLICATE';
  idConflictPolicy: 'USE_EXISTING';
  priority: { priorityKey: number; fairnessKey: string; fairnessWeight: number };
};

export type Connection = { withDeadline<T>(deadline: number, work: () => Promise<T>): Promise<T>; close(): Promise<void> };
export type Client = { activity: { start(type: string, options: Start): Promise<Handle>; getHandle(id: string): Handle } };
export type ActivityContext = {
  heartbeat(details?: unknown): void;
  cancellationSignal: AbortSignal;
  cancellationDetails: { cancelRequested: boolean } | undefined;
};
export type ActivityWorker = { run(): Promise<void>; shutdown(): void };
export type NativeConnection = { close(): Promise<void> };

/** The parts of Temporal's SDK that are used here. Its own types would need its packages, which are installed only where they are used. */
export type Sdk = {
  client: {
    Connection: { lazy(options: { address: string }): Connection };
    Client: new (options: { connection: Connection; namespace: string }) => Client;
  };
  worker: {
    NativeConnection: { connect(options: { address: string }): Promise<NativeConnection> };
    Runtime: { install(options: unknown): unknown };
    DefaultLogger: new (level: string) => unknown;
    Worker: { create(options: Record<string, unknown>): Promise<ActivityWorker> };
  };
  activity: { Context: { current(): ActivityContext } };
  common: { ApplicationFailure: { nonRetryable(message: string, type?: string): Error } };
};

let loaded: Sdk | undefined;

/**
 * loadSdk loads Temporal's SDK from where `penstock worker --executor temporal` or the test command put it.
 * @throws AppError unavailable when it is not there
 */
export function loadSdk(): Sdk {
  if (loaded) return loaded;
  const cache = process.env.PENSTOCK_CACHE ?? path.join(os.homedir(), '.cache', 'penstock');
  const folder = path.join(cache, `temporal-sdk-${VERSION}`);
  if (!existsSync(path.join(folder, 'node_modules', '@temporalio'))) {
    throw new AppError('unavailable', `The packages of the Temporal executor are not in ${folder}. Run \`penstock install temporal\` on this machine, then start again.`);
  }
  const from = createRequire(path.join(folder, 'package.json'));
  const sdk: Sdk = {
    client: from('@temporalio/client') as Sdk['client'],
    worker: from('@temporalio/worker') as Sdk['worker'],
    activity: from('@temporalio/activity') as Sdk['activity'],
    common: from('@temporalio/common') as Sdk['common'],
  };
  // signals are this process's own; what Temporal has to say beside errors is for its own pages
  sdk.worker.Runtime.install({ shutdownSignals: [], logger: new sdk.worker.DefaultLogger('ERROR'), telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } } });
  loaded = sdk;
  return sdk;
}

/** isNotFound tells whether Temporal does not know an attempt (any more). */
export const isNotFound = (error: unknown): boolean => codeOf(error) === 5;

/** isAlreadyThere tells whether a start was refused because the attempt was started before: that counts as started. */
export const isAlreadyThere = (error: unknown): boolean => error instanceof Error && (error.name === 'ActivityExecutionAlreadyStartedError' || codeOf(error) === 6);

/** gRPC's number of what went wrong, however deep the SDK wrapped it. */
function codeOf(error: unknown): number | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth++) {
    const { code } = at as Error & { code?: unknown };
    if (typeof code === 'number') return code;
    if (/NotFoundError$/.test(at.name)) return 5;
  }
  return undefined;
}
