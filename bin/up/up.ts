import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { env } from '@/lib/core/env';
import { log } from '@/lib/core/log';
import { migrate } from '@/lib/db/migrate';
import { setDatabaseUrl } from '@/lib/db/pool';
import { bundle, MIGRATIONS, version } from '../root';
import { readAddress, removeAddress, writeAddress } from './address';
import { isFree } from '../listen';
import { keepChild, type Kept } from './child';
import { holdDatabase, type HeldDatabase } from './database';
import { serveDemo, type DemoServer } from './demo';
import { firstStart } from './first-start';
import { scaleBounds } from './scale-bounds';
import { reachStore } from './reach-store';
import { takeHold, type Hold } from './hold';

/** How long running work may take to end or be handed back after Ctrl-C, in milliseconds. */
const GENTLE_MS = 15_000;
const OTHER_START_MS = 300_000;

const say = (text: string) => process.stdout.write(`${text}\n`);

/**
 * up is `penstock up`: the whole product in the foreground. It resolves with the exit code when everything has stopped:
 * 0 after Ctrl-C or SIGTERM, and 0 at once when the product runs already.
 */
export async function up(): Promise<number> {
  const home = env().PENSTOCK_HOME;
  // A terminal is for people: only what they should know. The processes' own logs are in PENSTOCK_HOME/logs.
  if (!process.env.LOG_LEVEL) log.level = 'warn';
  mkdirSync(home, { recursive: true });
  const hold = await holdOrReport(home);
  if (!hold) return 0;

  const product = new Product(home);
  const stopped = product.stopOnSignals();
  try {
    await product.start();
  } catch (error) {
    if (!product.stopping) process.stderr.write(`Penstock could not start. ${error instanceof Error ? error.message : String(error)}\n`);
    await product.stop();
    hold.release();
    return product.asked ? 0 : 1;
  }
  await stopped;
  hold.release();
  return 0;
}

/** Takes the home, or tells the address of the product that has it. Null: there is nothing more to do. */
async function holdOrReport(home: string): Promise<Extract<Hold, { held: true }> | null> {
  const until = Date.now() + OTHER_START_MS;
  for (let told = false; ; told = true) {
    const hold = takeHold(home);
    if (hold.held) {
      removeAddress(home);
      return hold;
    }
    const address = hold.address ?? readAddress(home);
    if (address) {
      say(`Penstock runs already: ${address.url} (process ${address.pid}, data in ${home})`);
      return null;
    }
    if (Date.now() > until) throw new Error(`Process ${hold.pid} has been starting Penstock in ${home} for five minutes. Stop it, then start again.`);
    if (!told) say(`Penstock is being started by process ${hold.pid}; waiting for its address …`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Everything one start holds, in the order it was taken; stopped in the reverse order, the database last. */
class Product {
  stopping = false;
  asked = false;
  private database: HeldDatabase | undefined;
  private demo: DemoServer | undefined;
  private children: Kept[] = [];
  private fleet: { stop(): Promise<void> } | undefined;
  private stopped: Promise<void> | undefined;

  constructor(private readonly home: string) {}

  async start(): Promise<void> {
    await reachStore();
    this.database = await holdDatabase();
    this.database.notices.forEach(say);
    this.goOn();
    await migrate(this.database.url, MIGRATIONS);
    this.goOn();
    setDatabaseUrl(this.database.url);
    this.demo = await serveDemo(this.home);
    const prepared = firstStart(this.database.url, this.demo.url);

    if (env().PENSTOCK_EXECUTOR === 'temporal') {
      const { installTemporal } = await import('../commands/install');
      await installTemporal(say);
    }
    const childEnv = this.childEnv(this.database.url, this.demo.url);
    const wished = env().PORT ?? 3000;
    const ports = { web: wished, worker: 0, gateway: 0 };
    const publish = () => {
      if (!this.stopping) writeAddress(this.home, { url: webUrl(ports.web), gatewayUrl: webUrl(ports.gateway), pid: process.pid, version: version(), workerPort: ports.worker });
    };
    let complete = false;
    const bounds = scaleBounds();
    const keep = (name: 'web' | 'worker' | 'gateway', webPort = wished) => {
      const own: NodeJS.ProcessEnv = { ...childEnv, PENSTOCK_PROCESS: name, PORT: String(webPort) };
      const child = keepChild({
        name,
        file: bundle(name),
        ...(name === 'worker' && bounds ? { args: ['--part', 'rest'] } : {}),
        env: own,
        logFile: path.join(this.home, 'logs', `${name}.log`),
        onReady: (port) => {
          ports[name] = port;
          // After a restart it comes back under the address that people have open.
          if (name === 'web') own.PORT = String(port);
          if (name === 'gateway') own.PENSTOCK_GATEWAY_PORT = String(port);
          if (complete) publish();
        },
      });
      this.children.push(child);
      return child.ready;
    };
    // The gateway's port is the one above the web's; the web will have the wished one when it is free now.
    const free = await isFree(env().HOST, wished);
    const web = keep('web');
    const gateway = free ? keep('gateway') : web.then((port) => keep('gateway', port));
    // The worker waits for the first start's rows to exist; the pages do not show anything before they are ready anyway.
    for (const early of [web, gateway]) early.catch(() => undefined);
    await prepared;
    this.goOn();
    await Promise.all([web, gateway, keep('worker')]);
    if (bounds) {
      const { superviseExecutors } = await import('./supervise');
      this.fleet = await superviseExecutors(bounds, childEnv);
    }
    this.goOn();
    complete = true;
    if (wished !== 0 && ports.web !== wished) say(`Port ${wished} is in use, so Penstock took ${ports.web}.`);
    publish();
    say(`Penstock is ready: ${webUrl(ports.web)}`);
  }

  /** Resolves when a signal has stopped everything. A second signal, a moment later, stops at once. */
  stopOnSignals(): Promise<void> {
    let first = 0;
    return new Promise((resolve) => {
      const onSignal = () => {
        if (first === 0) {
          first = Date.now();
          this.asked = true;
          say('Stopping …');
          void this.stop().then(resolve);
        } else if (Date.now() - first > 1_000) {
          // npm passes a Ctrl-C on that the terminal has sent us already: only a later one means "now".
          this.children.forEach((child) => child.kill());
        }
      };
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
    });
  }

  stop(): Promise<void> {
    this.stopped ??= this.stopAll();
    return this.stopped;
  }

  private async stopAll(): Promise<void> {
    this.stopping = true;
    removeAddress(this.home);
    await Promise.all([this.fleet?.stop(), ...this.children.map((child) => child.stop(GENTLE_MS))]);
    await this.demo?.stop();
    await this.database?.stop();
  }

  private goOn(): void {
    if (this.stopping) throw new Error('It was stopped while it started.');
  }

  private childEnv(databaseUrl: string, demoUrl: string): NodeJS.ProcessEnv {
    return {
      ...process.env,
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      DATABASE_URL: databaseUrl,
      PENSTOCK_HOME: this.home,
      PENSTOCK_DEMO_URL: demoUrl,
    };
  }
}

function webUrl(port: number): string {
  const { HOST } = env();
  const host = HOST === '0.0.0.0' || HOST === '::' ? '127.0.0.1' : HOST;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
