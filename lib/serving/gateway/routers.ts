import cluster, { type Worker } from 'node:cluster';
import { newId } from '@/lib/core/ids';
import { log } from '@/lib/core/log';
import { type ToRouter, type ToSupervisor } from './messages';
import { addSnapshots, type MetricsSnapshot } from './metrics';

const COLLECT_MS = 500;
/** A routing process that ends sooner than this is started again with a delay. */
const STEADY_MS = 5_000;
const DELAY_MS = 500;

type Routing = { id: string; worker: Worker; counted: MetricsSnapshot | null; startedAt: number };

/** The routing processes: at least two, sharing the socket that this process owns; one that ends is replaced at once. */
export class Routers {
  private readonly live = new Map<string, Routing>();
  private readonly collecting = new Map<number, { left: Set<string>; done: () => void }>();
  private gone: MetricsSnapshot[] = [];
  private nextId = 1;
  private stopping = false;

  /**
   * @param file bundle of the routing process
   * @param startMessage what a fresh one is told
   * @param hear takes what one says; `reply` answers it
   */
  constructor(
    file: string,
    private readonly startMessage: (routerId: string) => ToRouter,
    private readonly hear: (message: ToSupervisor, reply: (message: ToRouter) => void) => void,
    private readonly ended: () => void,
  ) {
    cluster.setupPrimary({ exec: file, args: [], serialization: 'advanced' });
  }

  /** add starts one more. */
  add(): void {
    const worker = cluster.fork();
    const routing: Routing = { id: newId(), worker, counted: null, startedAt: Date.now() };
    this.live.set(routing.id, routing);
    worker.on('message', (message: ToSupervisor) => {
      if (message.kind === 'here') this.send(routing, this.startMessage(routing.id));
      else if (message.kind === 'collected') this.collected(routing, message);
      else this.hear(message, (answer) => this.send(routing, answer));
    });
    worker.on('error', (error) => log.warn({ err: error }, 'a routing process cannot be reached'));
    worker.on('exit', (code, signal) => {
      this.live.delete(routing.id);
      // the last counts that it told are kept, so that counters do not fall
      if (routing.counted) this.gone = [addSnapshots([...this.gone, routing.counted])];
      this.ended();
      if (this.stopping) return;
      log.warn({ pid: worker.process.pid, how: signal || code }, 'a routing process ended and is replaced');
      if (Date.now() - routing.startedAt > STEADY_MS) this.add();
      else setTimeout(() => this.stopping || this.add(), DELAY_MS);
    });
  }

  /** tell says something to all of them. */
  tell(message: ToRouter): void {
    for (const routing of this.live.values()) this.send(routing, message);
  }

  isLive(routerId: string): boolean {
    return this.live.has(routerId);
  }

  get count(): number {
    return this.live.size;
  }

  /** collect asks all for their counts; one that does not answer in half a second is counted as it was. */
  async collect(): Promise<MetricsSnapshot> {
    const id = this.nextId++;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, COLLECT_MS);
      this.collecting.set(id, {
        left: new Set(this.live.keys()),
        done: () => {
          clearTimeout(timer);
          resolve();
        },
      });
      if (this.live.size === 0) resolve();
      this.tell({ kind: 'collect', id });
    });
    this.collecting.delete(id);
    return addSnapshots([...this.gone, ...[...this.live.values()].flatMap((each) => each.counted ?? [])]);
  }

  /** stop lets all answer what they have, and resolves when they are gone. @param gentleMs then they are killed */
  async stop(gentleMs: number): Promise<void> {
    this.stopping = true;
    const ends = [...this.live.values()].map((routing) => new Promise<void>((resolve) => routing.worker.once('exit', () => resolve())));
    this.tell({ kind: 'drain' });
    const firmly = setTimeout(() => this.live.forEach((routing) => routing.worker.process.kill('SIGKILL')), gentleMs);
    await Promise.all(ends);
    clearTimeout(firmly);
  }

  private send(routing: Routing, message: ToRouter): void {
    if (routing.worker.isConnected()) routing.worker.send(message, (error) => error && log.debug({ err: error }, 'a routing process was not told'));
  }

  private collected(routing: Routing, { id, metrics }: Extract<ToSupervisor, { kind: 'collected' }>): void {
    routing.counted = metrics;
    const waiting = this.collecting.get(id);
    waiting?.left.delete(routing.id);
    if (waiting?.left.size === 0) waiting.done();
  }
}
