import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import type { Product } from '../e2e/fixtures/built-product';

type Options = { slots: number; env: Record<string, string>; againMs: number };

/** BesideWorker is a worker process beside a product's own, in its home; one that ends comes back after `againMs`. */
export class BesideWorker {
  private child: ChildProcess | undefined;
  private stopping = false;

  constructor(
    private readonly product: Product,
    private readonly options: Options,
  ) {
    this.start();
  }

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  /** kill ends it as a power cut would. @returns false when it does not run right now */
  kill(): boolean {
    return this.child?.kill('SIGKILL') ?? false;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    if (!this.child || this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.child?.once('exit', resolve));
    this.kill();
    await gone;
  }

  private start(): void {
    if (this.stopping) return;
    const env = { ...process.env, PENSTOCK_HOME: this.product.home, DATABASE_URL: '', LOG_LEVEL: 'fatal', ...this.options.env };
    const child = spawn(process.execPath, [path.resolve('bin', 'penstock.mjs'), 'worker', '--slots', String(this.options.slots)], { cwd: this.product.home, env, stdio: 'ignore' });
    child.once('exit', () => setTimeout(() => this.start(), this.options.againMs));
    this.child = child;
  }
}
