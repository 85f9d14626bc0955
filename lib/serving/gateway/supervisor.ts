import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { env } from '@/lib/core/env';
import { newId } from '@/lib/core/ids';
import { log } from '@/lib/core/log';
import { listen, notify } from '@/lib/db/notify';
import { LogWriter, openSpool } from '@/lib/inference/server';
import { expose } from '@/lib/observability/server';
import { modelKey } from '@/lib/registry/server';
import { derivedSecret } from '@/lib/tenancy/server';
import { completeAlias } from '../alias';
import * as store from '../store';
import { Fleet } from './fleet';
import { PASS_PURPOSE } from './holders';
import { TokenLookup } from './lookup';
import { type ToRouter, type ToSupervisor } from './messages';
import { gatewayMetrics } from './metrics';
import { leftFolders, own } from './owner';
import { Routers } from './routers';
import { standingChanges } from './standing';
import { type RoutingTable } from './table';

/** The endpoints are read this often without a notice, in milliseconds: a change whose notice was lost is followed within it. */
const POLL_MS = 15_000;
/** An earlier gateway's lines are tried again after this long, in milliseconds. */
const ADOPT_MS = 5_000;
const BEAT_MS = 10_000;
const SPOOL_RETRY_MS = 1_000;
const GENTLE_MS = 8_000;
const SOCKETS = 'penstock-replicas-';

export type GatewayOptions = {
  /** bundle of the routing process */
  router: string;
  host: string;
  /** a free port, or 0 */
  port: number;
  version: string;
  /** routing processes; at least two */
  routers?: number;
  /** log lines that may wait for the database, in bytes; beyond it rows are dropped and counted */
  spoolBytes?: number;
};

/** Gateway owns the socket: it starts the routing processes and the replicas, follows the database, and writes the log. */
export class Gateway {
  private readonly id = newId();
  private readonly tokens = new TokenLookup();
  private readonly sockets = mkdtempSync(path.join(os.tmpdir(), SOCKETS));
  private readonly fleet: Fleet;
  private readonly routers: Routers;
  private readonly timers: NodeJS.Timeout[] = [];
  private table: RoutingTable = { endpoints: [], workspaces: {} };
  private tableText = '';
  private spool = '';
  private writer: LogWriter | null = null;
  private reading: Promise<void> | null = null;
  private readAgain = false;
  private saving: Promise<void> = Promise.resolve();
  private writing = false;
  private writeAgain = false;
  private spoolFull = false;
  private listening: { stop(): Promise<void> } | null = null;
  private stopped = false;
  /** of several gateways only one says how endpoints stand */
  private leads = false;

  constructor(
    private readonly options: GatewayOptions,
    private readonly onListening: () => void,
    private readonly onTaken: () => void,
  ) {
    own(this.sockets);
    this.fleet = new Fleet(this.sockets, () => this.replicasChanged());
    this.routers = new Routers(options.router, (routerId) => this.startMessage(routerId), (message, reply) => this.hear(message, reply), () => void this.writeLog());
  }

  /** start resolves when the routing processes are being started; `onListening` is called when the first one takes calls. */
  async start(): Promise<void> {
    const spools = await openSpool(path.join(env().PENSTOCK_HOME, 'gateway', 'spool'));
    this.spool = await openSpool(path.join(spools, this.id));
    own(this.spool);
    this.writer = new LogWriter(this.spool);
    for (const folder of leftFolders(os.tmpdir(), SOCKETS)) rmSync(folder, { recursive: true, force: true });
    await this.register();
    await this.beat();
    await this.readTable();
    this.listening = await listen(
      (notice) => notice.topic === 'endpoint' && this.readSoon(),
      () => this.readSoon(),
    );
    for (let i = 0; i < (this.options.routers ?? routerCount()); i++) this.routers.add();
    this.fleet.follow(this.table);
    this.every(POLL_MS, () => this.readSoon());
    this.every(BEAT_MS, () => void this.beat());
    this.every(SPOOL_RETRY_MS, () => this.checkSpool());
    void this.adopt(spools);
  }

  /** stop lets calls end, writes the log, and takes the row back. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.timers.forEach((timer) => clearInterval(timer));
    await this.routers.stop(GENTLE_MS);
    this.fleet.stop();
    rmSync(this.sockets, { recursive: true, force: true });
    try {
      await this.writer?.flush(() => false);
      rmSync(this.spool, { recursive: true, force: true });
    } catch (error) {
      log.warn({ err: error }, 'log lines stay in the spool until the next start');
    }
    await this.saving;
    await this.leave().catch((error: unknown) => log.debug({ err: error }, 'the gateway left without a word'));
    await this.listening?.stop();
  }

  /** The last gateway that leaves says that nothing is ready; another one knows by itself. */
  private async leave(): Promise<void> {
    await store.removeGateway(this.id);
    if (await store.liveGateway()) return;
    const variants = this.table.endpoints.flatMap((endpoint) => endpoint.variants.map((variant) => ({ id: variant.id, ready: 0, problem: null })));
    await store.saveStanding(variants, this.table.endpoints.map(({ id }) => ({ id, state: 'starting', problem: null })));
  }

  private every(ms: number, duty: () => void): void {
    const timer = setInterval(duty, ms);
    this.timers.push(timer);
  }

  private startMessage(routerId: string): ToRouter {
    const { host, port } = this.options;
    return { kind: 'start', routerId, host, port, spool: this.spool, secret: derivedSecret(PASS_PURPOSE), table: this.table, replicas: this.fleet.ready() };
  }

  private hear(message: ToSupervisor, reply: (message: ToRouter) => void): void {
    switch (message.kind) {
      case 'listening':
        return this.onListening();
      case 'taken':
        return this.onTaken();
      case 'holder?':
        void this.tokens.holderOf(message.token).then((holder) => reply({ kind: 'holder', id: message.id, holder }));
        return;
      case 'spooled':
        void this.writeLog();
        return;
      case 'metrics?':
        void this.metrics().then((text) => reply({ kind: 'metrics', id: message.id, text }));
        return;
      case 'here':
      case 'collected':
        return;
    }
  }

  /** metrics gives the gateway's figures in Prometheus' text format. */
  private async metrics(): Promise<string> {
    const counted = await this.routers.collect();
    const replicas = this.table.endpoints.flatMap((endpoint) =>
      endpoint.variants.map((variant) => ({ workspace: endpoint.workspace, endpoint: endpoint.slug, variant: variant.name, ready: this.fleet.standing(variant.id).ready, wanted: variant.replicas })),
    );
    return gatewayMetrics(counted, { routers: this.routers.count, spoolBytes: this.writer?.bytes() ?? 0, replicas }) + (await expose('gateway'));
  }

  private readSoon(): void {
    if (this.reading) {
      this.readAgain = true;
      return;
    }
    this.reading = this.readTable()
      .catch((error: unknown) => log.warn({ err: error }, 'the endpoints cannot be read; what is known goes on'))
      .finally(() => {
        this.reading = null;
        if (this.readAgain && !this.stopped) {
          this.readAgain = false;
          this.readSoon();
        }
      });
  }

  private async readTable(): Promise<void> {
    const table = await store.readTable(modelKey);
    const text = JSON.stringify(table);
    if (text !== this.tableText && !this.stopped) {
      this.table = table;
      this.tableText = text;
      this.routers.tell({ kind: 'table', table });
      this.fleet.follow(table);
    }
    this.saveSoon();
  }

  private replicasChanged(): void {
    this.routers.tell({ kind: 'replicas', replicas: this.fleet.ready() });
    this.saveSoon();
  }

  /** What was found is written when it differs from what the database has, by the gateway that leads, one write after the other. */
  private saveSoon(): void {
    if (this.stopped || !this.leads) return;
    this.saving = this.saving
      .then(async () => {
        await this.saveStanding();
        for (const { id, workspaceId, variants } of this.table.endpoints) {
          const next = variants.find((variant) => variant.name === 'next');
          if (next && this.fleet.standing(next.id).ready >= next.replicas) await completeAlias(workspaceId, id, new Date());
        }
      })
      .catch((error: unknown) => log.warn({ err: error }, 'how endpoints stand cannot be written now'));
  }

  private async saveStanding(): Promise<void> {
    const { variants, endpoints, touched } = standingChanges(this.table, (variantId) => this.fleet.standing(variantId));
    if (touched.length === 0) return;
    await store.saveStanding(variants, endpoints);
    for (const endpoint of touched) {
      const state = endpoints.find((each) => each.id === endpoint.id);
      if (state) Object.assign(endpoint, { state: state.state, problem: state.problem });
      for (const variant of endpoint.variants) Object.assign(variant, variants.find((each) => each.id === variant.id));
      notify({ topic: 'endpoint', id: endpoint.id, workspaceId: endpoint.workspaceId });
    }
  }

  private async register(): Promise<void> {
    const { host, port, version } = this.options;
    const reachable = host === '0.0.0.0' || host === '::' ? os.hostname() : host;
    await store.registerGateway({ id: this.id, host: reachable, pid: process.pid, port, version });
  }

  private async beat(): Promise<void> {
    try {
      const beaten = await store.beatGateway(this.id);
      const led = this.leads;
      this.leads = beaten?.leads ?? false;
      if (this.leads && !led) this.saveSoon();
      if (!beaten && !this.stopped) await this.register();
    } catch (error) {
      log.debug({ err: error }, 'the heartbeat was not written');
    }
  }

  private async writeLog(): Promise<void> {
    if (this.writing) {
      this.writeAgain = true;
      return;
    }
    this.writing = true;
    try {
      do {
        this.writeAgain = false;
        await this.writer?.flush((routerId) => this.routers.isLive(routerId));
      } while (this.writeAgain);
    } catch (error) {
      log.warn({ err: error }, 'predictions wait in the spool until the database can be reached');
    } finally {
      this.writing = false;
    }
  }

  /** What waits is tried again, and when it is too much the routing processes are told to drop and count. */
  private checkSpool(): void {
    const bytes = this.writer?.bytes() ?? 0;
    if (bytes > 0) void this.writeLog();
    const full = bytes > (this.options.spoolBytes ?? env().PENSTOCK_SPOOL_MB * 1024 * 1024);
    if (full === this.spoolFull) return;
    this.spoolFull = full;
    log.warn({ bytes, full }, full ? 'the spool is full; predictions are answered, counted and not logged' : 'the spool has room again');
    this.routers.tell({ kind: 'spoolFull', full });
  }

  /** Lines that a killed gateway left are written before they are forgotten. */
  private async adopt(spools: string): Promise<void> {
    for (const folder of leftFolders(spools)) {
      try {
        await new LogWriter(folder).flush(() => false);
        rmSync(folder, { recursive: true, force: true });
      } catch (error) {
        log.warn({ err: error, folder }, 'lines of an earlier gateway cannot be written now; they are tried again in a moment');
        setTimeout(() => this.stopped || void this.adopt(spools), ADOPT_MS).unref();
        return;
      }
    }
  }
}

const routerCount = (): number => Math.max(2, Math.min(8, Math.floor(os.availableParallelism() / 2)));
