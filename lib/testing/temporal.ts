import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { freePort } from '@/lib/db/embedded';

/** A real Temporal server of a test's own. */
export type TemporalServer = { address: string; pid(): number; start(): Promise<void>; kill(): Promise<void>; remove(): Promise<void> };

/** The server answers about two seconds after its start, later on a busy machine. */
const UP_MS = 60_000;

/**
 * temporalServer starts the server that the test command installed, in memory or (`durable`) with a file that outlives a kill.
 * @throws Error when it is not installed: a test that needs it fails loudly
 */
export async function temporalServer({ durable = false } = {}): Promise<TemporalServer> {
  const { temporalServer: program, temporalSdk } = (await import(path.resolve('scripts/temporal.mjs'))) as { temporalServer: () => string; temporalSdk: () => string };
  const file = program();
  temporalSdk();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'penstock-temporal-'));
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const args = ['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'error', ...(durable ? ['--db-filename', path.join(folder, 'temporal.db')] : [])];
  let child: ChildProcess | undefined;

  const start = async () => {
    child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, TEMPORAL_ADDRESS: undefined } });
    const ended = new Promise<never>((_, reject) => child!.once('exit', (code) => reject(new Error(`The Temporal server ended with ${code ?? 'a signal'} before it answered.`))));
    ended.catch(() => undefined);
    await Promise.race([ended, untilServing(file, address)]);
  };
  const kill = async () => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child!.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  };
  const onExit = () => child?.kill('SIGKILL');
  process.once('exit', onExit);
  await start();
  return {
    address,
    pid: () => child?.pid ?? 0,
    start,
    kill,
    remove: async () => {
      process.off('exit', onExit);
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function untilServing(program: string, address: string): Promise<void> {
  const until = Date.now() + UP_MS;
  while (Date.now() < until) {
    if (await listens(address)) {
      const healthy = await new Promise<boolean>((resolve) => {
        const asked = spawn(program, ['operator', 'cluster', 'health', '--address', address], { stdio: 'ignore' });
        asked.once('exit', (code) => resolve(code === 0));
        asked.once('error', () => resolve(false));
      });
      if (healthy) return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`The Temporal server at ${address} does not answer.`);
}

function listens(address: string): Promise<boolean> {
  const [host = '', port = ''] = address.split(':');
  return new Promise((resolve) => {
    const socket = connect(Number(port), host, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
