import { connect, type Socket } from 'node:net';
import { type RunAnswer, type RunRequest } from '../replica/protocol';
import { frame, frameReader } from '../replica/wire';
import { Refusal } from './refusal';
import { type ReadyReplica } from './table';
import { type FilledTensor } from './tensor-data';

/** How long a call waits for a replica that is being started again, in milliseconds. */
const WAIT_MS = 3_000;
/** How long a model may take for one run, in milliseconds. */
const RUN_MS = 30_000;

class ReplicaGone extends Error {}

type Waiting = { resolve: (outputs: FilledTensor[]) => void; reject: (error: Error) => void; timer: NodeJS.Timeout };

/** One connection to one replica; many calls are under way on it at a time. */
class Connection {
  private readonly waiting = new Map<number, Waiting>();
  private next = 1;
  private corked = false;
  gone = false;

  constructor(
    readonly replica: ReadyReplica,
    private readonly socket: Socket,
    onGone: () => void,
  ) {
    socket.on('data', frameReader((id, answer) => this.settle(id, answer as RunAnswer)));
    const end = () => {
      if (this.gone) return;
      this.gone = true;
      for (const { reject, timer } of this.waiting.values()) {
        clearTimeout(timer);
        reject(new ReplicaGone('The replica ended.'));
      }
      this.waiting.clear();
      onGone();
    };
    socket.on('close', end);
    socket.on('error', () => socket.destroy());
  }

  get load(): number {
    return this.waiting.size;
  }

  run(request: RunRequest): Promise<FilledTensor[]> {
    const id = this.next;
    this.next = this.next === 0xffffffff ? 1 : this.next + 1;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(id);
        reject(new Refusal(504, `The model did not answer within ${RUN_MS / 1000} seconds.`, 1));
      }, RUN_MS);
      this.waiting.set(id, { resolve, reject, timer });
      if (!this.corked) {
        this.corked = true;
        this.socket.cork();
        setImmediate(() => {
          this.corked = false;
          this.socket.uncork();
        });
      }
      this.socket.write(frame(id, request));
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private settle(id: number, answer: RunAnswer): void {
    const call = this.waiting.get(id);
    if (!call) return;
    this.waiting.delete(id);
    clearTimeout(call.timer);
    if ('failed' in answer) call.reject(new Refusal(500, `The model failed on this input: ${answer.failed}`));
    else call.resolve(answer.outputs);
  }
}

/** The replicas that one routing process can call, by variant. */
export class ReplicaPool {
  private readonly connections = new Map<string, Connection>();
  private wanted = new Set<string>();
  private waiters: (() => void)[] = [];

  /** follow connects to replicas that are new and lets go of those that are gone. */
  follow(replicas: ReadyReplica[]): void {
    this.wanted = new Set(replicas.map((replica) => replica.id));
    for (const [id, connection] of this.connections) if (!this.wanted.has(id) && connection.load === 0) connection.close();
    for (const replica of replicas) if (!this.connections.has(replica.id)) this.open(replica);
  }

  private open(replica: ReadyReplica): void {
    const socket = connect(replica.socket);
    socket.on('error', () => socket.destroy());
    socket.on('connect', () => {
      const connection = new Connection(replica, socket, () => this.connections.delete(replica.id));
      this.connections.set(replica.id, connection);
      for (const wake of this.waiters.splice(0)) wake();
    });
  }

  private of(variantId: string): Connection[] {
    return [...this.connections.values()].filter((each) => each.replica.variantId === variantId && !each.gone && this.wanted.has(each.replica.id));
  }

  /** has tells whether a variant can be called now. */
  has(variantId: string): boolean {
    return this.of(variantId).length > 0;
  }

  /**
   * run lets the least busy replica of a variant compute. A call whose replica is killed is given to another one, or waits a moment
   * for it to be started again.
   * @param maxQueue calls that may wait at one replica
   * @param why the reason to tell when there is none, as a sentence
   * @throws Refusal 429 when all queues are full, 503 without a replica, 500 when the model fails, 504 when it is too slow
   */
  async run(variantId: string, request: RunRequest, maxQueue: number, why: () => string): Promise<FilledTensor[]> {
    const until = Date.now() + WAIT_MS;
    for (;;) {
      const connection = this.least(variantId) ?? (await this.wait(variantId, until));
      if (!connection) throw new Refusal(503, why(), 1);
      if (connection.load >= maxQueue) throw new Refusal(429, `${maxQueue} calls wait for this model already.`, 1);
      try {
        return await connection.run(request);
      } catch (error) {
        if (!(error instanceof ReplicaGone)) throw error;
      }
    }
  }

  private least(variantId: string): Connection | undefined {
    let found: Connection | undefined;
    for (const each of this.of(variantId)) if (!found || each.load < found.load) found = each;
    return found;
  }

  private async wait(variantId: string, until: number): Promise<Connection | undefined> {
    for (;;) {
      const left = until - Date.now();
      if (left <= 0) return undefined;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.waiters.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
      const found = this.least(variantId);
      if (found) return found;
    }
  }
}
