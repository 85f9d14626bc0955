import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { freePort } from '@/lib/db/embedded';
import { severable, type Severed } from './severed';

/** A real S3 server of a test's own, in memory, with one bucket. */
export type S3Server = {
  /** address of the way to it, which can be cut and joined again */
  endpoint: string;
  way: Severed;
  bucket: string;
  /** PENSTOCK_STORE and the AWS_* variables of a process that uses it */
  variables: Record<string, string>;
  remove(): Promise<void>;
};

/** The server answers about two seconds after its start, later on a busy machine. */
const UP_MS = 60_000;
const BUCKET = 'penstock-tests';

/**
 * s3Server starts the server that the test command installed.
 * @throws Error when it is not installed: a test that needs it fails loudly
 */
export async function s3Server(): Promise<S3Server> {
  const { s3Server: packages } = (await import(path.resolve('scripts/s3-server.mjs'))) as { s3Server: () => string };
  const folder = packages();
  const port = await freePort();
  const child = spawn('python3', ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], {
    stdio: ['ignore', 'ignore', 'ignore'],
    env: { NODE_ENV: 'test', PATH: process.env.PATH ?? '', PYTHONPATH: folder, MOTO_S3_CUSTOM_ENDPOINTS: `http://127.0.0.1:${port}` },
  });
  const onExit = () => child.kill('SIGKILL');
  process.once('exit', onExit);
  const ended = new Promise<never>((_, reject) => child.once('exit', (code) => reject(new Error(`The S3 server ended with ${code ?? 'a signal'} before it answered.`))));
  ended.catch(() => undefined);
  await Promise.race([ended, untilServing(`http://127.0.0.1:${port}`)]);
  const way = await severable({ host: '127.0.0.1', port });
  const endpoint = `http://127.0.0.1:${way.port}`;
  return {
    endpoint,
    way,
    bucket: BUCKET,
    variables: { PENSTOCK_STORE: `s3://${BUCKET}/team`, AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: 'tester', AWS_SECRET_ACCESS_KEY: 'not-a-secret', AWS_REGION: 'us-east-1' },
    remove: async () => {
      process.off('exit', onExit);
      await way.cut();
      await stopped(child);
    },
  };
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

async function untilServing(address: string): Promise<void> {
  const until = Date.now() + UP_MS;
  while (Date.now() < until) {
    const made = await fetch(`${address}/${BUCKET}`, { method: 'PUT', headers: { host: '127.0.0.1' } }).catch(() => null);
    if (made?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`The S3 server at ${address} does not answer.`);
}
