import { spawn, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { childBundle } from '@/lib/core/child-bundle';
import { newId } from '@/lib/core/ids';
import { log } from '@/lib/core/log';
import { store } from '@/lib/datasets/server';
import { type Load, type Loaded } from '../replica/protocol';
import { type ReadyReplica, type RoutingTable, type TableVariant } from './table';

const CHILD = { source: 'lib/serving/replica/child.ts', bundle: 'replica-child.mjs' };
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 60_000;
/** A replica that lived this long starts with the shortest delay again. */
const STEADY_MS = 10_000;
/** Calls on the way to a replica that is not wanted any more get this long. */
const LAST_CALLS_MS = 3_000;
const START_MS = 120_000;
const BATCH_ROWS = 64;

/** What the process may see of the environment: enough to load, nothing secret. */
const cleanEnv = (): NodeJS.ProcessEnv => ({ NODE_ENV: 'production', PATH: process.env.PATH ?? '', TMPDIR: process.env.TMPDIR ?? '/tmp', LANG: 'C.UTF-8' });

/** How a variant stands on this machine. */
export type Standing = { ready: number; problem: string | null; failed: boolean };

type Slot = { variantId: string; child: ChildProcess | null; replica: ReadyReplica | null; problem: string | null; failed: boolean; delayMs: number; timer: NodeJS.Timeout | null; wanted: boolean };

/** The replicas of this machine: as many processes for each variant as are wanted, started again when they end. */
export class Fleet {
  private readonly slots = new Map<string, Slot[]>();
  private stopped = false;

  /**
   * @param sockets folder of the replicas' sockets
   * @param changed called when a replica became ready or ended
   */
  constructor(
    private readonly sockets: string,
    private readonly changed: () => void,
  ) {}

  /** follow starts and ends replicas until there are as many as the table wants. */
  follow(table: RoutingTable): void {
    if (this.stopped) return;
    const wanted = new Map(table.endpoints.flatMap((endpoint) => endpoint.variants.map((variant) => [variant.id, { variant, maxRows: endpoint.batching.maxRows ?? BATCH_ROWS }] as const)));
    for (const [variantId, slots] of this.slots) {
      const count = wanted.get(variantId)?.variant.replicas ?? 0;
      for (const slot of slots.slice(count)) this.dismiss(slot);
      if (slots.length > count) this.slots.set(variantId, slots.slice(0, count));
      if (count === 0) this.slots.delete(variantId);
    }
    for (const [variantId, { variant, maxRows }] of wanted) {
      const slots = this.slots.get(variantId) ?? [];
      this.slots.set(variantId, slots);
      while (slots.length < variant.replicas) {
        const slot: Slot = { variantId, child: null, replica: null, problem: null, failed: false, delayMs: FIRST_DELAY_MS, timer: null, wanted: true };
        slots.push(slot);
        void this.start(slot, variant, maxRows);
      }
    }
  }

  /** ready lists the replicas that can be called. */
  ready(): ReadyReplica[] {
    return [...this.slots.values()].flat().flatMap((slot) => slot.replica ?? []);
  }

  /** standing says how many replicas of a variant are ready, and why others are not. */
  standing(variantId: string): Standing {
    const slots = this.slots.get(variantId) ?? [];
    const troubled = slots.find((slot) => slot.problem !== null && !slot.replica);
    return { ready: slots.filter((slot) => slot.replica).length, problem: troubled?.problem ?? null, failed: troubled?.failed ?? false };
  }

  private async start(slot: Slot, variant: TableVariant, maxRows: number): Promise<void> {
    slot.timer = null;
    const id = newId();
    const socket = process.platform === 'win32' ? `\\\\.\\pipe\\penstock-${id}` : path.join(this.sockets, `${id.slice(-12)}.sock`);
    const startedAt = Date.now();
    const again = (problem: string, failed: boolean) => {
      if (process.platform !== 'win32') rmSync(socket, { force: true });
      slot.child = null;
      slot.replica = null;
      if (!slot.wanted || this.stopped) return;
      slot.problem = problem;
      slot.failed = failed;
      if (Date.now() - startedAt > STEADY_MS) slot.delayMs = FIRST_DELAY_MS;
      slot.timer = setTimeout(() => void this.start(slot, variant, maxRows), slot.delayMs);
      slot.delayMs = Math.min(slot.delayMs * 2, LONGEST_DELAY_MS);
      this.changed();
    };
    try {
      const load: Load = { file: await store().get(variant.fileKey), socket, outputs: variant.signature.outputs.map((output) => output.name), maxRows, threads: 1 };
      const child = spawn(process.execPath, [await childBundle(CHILD)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], serialization: 'advanced', env: cleanEnv() });
      slot.child = child;
      this.watch(slot, variant, child, { id, variantId: variant.id, socket }, again);
      child.send(load);
      if (!slot.wanted) this.dismiss(slot);
    } catch (error) {
      again(`A replica of version ${variant.version} cannot be started: ${error instanceof Error ? error.message : String(error)}`, true);
    }
  }

  private watch(slot: Slot, variant: TableVariant, child: ChildProcess, replica: ReadyReplica, again: (problem: string, failed: boolean) => void): void {
    let said: string | null = null;
    let over = false;
    const late = setTimeout(() => {
      said = `Version ${variant.version} was not loaded within ${START_MS / 1000} seconds.`;
      child.kill('SIGKILL');
    }, START_MS);
    const end = (problem: string, failed: boolean) => {
      if (over) return;
      over = true;
      clearTimeout(late);
      again(problem, failed);
    };
    child.on('message', (message: Loaded) => {
      clearTimeout(late);
      if ('failed' in message) {
        said = `Version ${variant.version} cannot be loaded: ${message.failed}`;
        return;
      }
      if (!slot.wanted) return;
      slot.replica = replica;
      slot.problem = null;
      slot.failed = false;
      log.info({ variant: variant.id, version: variant.version, pid: child.pid, loadMs: message.loadMs }, 'a replica is ready');
      this.changed();
    });
    child.on('error', (error) => end(`A replica of version ${variant.version} cannot be started: ${error.message}`, true));
    child.on('exit', (code, signal) => {
      const how = signal ? `signal ${signal}` : `exit code ${code ?? 0}`;
      if (slot.wanted && !this.stopped) log.warn({ variant: variant.id, how }, 'a replica ended and is started again');
      end(said ?? `A replica of version ${variant.version} ended by itself (${how}) and is started again.`, said !== null);
    });
  }

  private dismiss(slot: Slot): void {
    slot.wanted = false;
    slot.replica = null;
    if (slot.timer) clearTimeout(slot.timer);
    const { child } = slot;
    if (!child) return;
    setTimeout(() => child.kill('SIGTERM'), LAST_CALLS_MS).unref();
    setTimeout(() => child.kill('SIGKILL'), LAST_CALLS_MS * 4).unref();
  }

  /** stop ends all replicas at once; nobody calls them any more. */
  stop(): void {
    this.stopped = true;
    for (const slot of [...this.slots.values()].flat()) {
      slot.wanted = false;
      if (slot.timer) clearTimeout(slot.timer);
      slot.child?.kill('SIGKILL');
    }
  }
}
