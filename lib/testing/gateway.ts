import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { createEndpoint, getEndpoint } from '@/lib/serving/server';
import { createModel, registerVersion, Upload } from '@/lib/registry/server';
import { type TestContext } from './factories';
import { whenTrue } from './when-true';

/** makeEndpoint registers an ONNX file as the next version of a model and serves the model's first version, when it is not served yet. */
export async function registerOnnx(ctx: TestContext, model: string, file: Buffer, signature?: unknown): Promise<{ version: number; uuid: string }> {
  await createModel(ctx, { name: model }).catch(() => undefined);
  const upload = new Upload(ctx.workspaceId);
  await upload.add('model.onnx', file);
  return registerVersion(ctx, model, upload, { signature });
}

/** serve makes an endpoint of a version. */
export const serve = (ctx: TestContext, slug: string, model: string, version: number, minReplicas = 1) => createEndpoint(ctx, { slug, model, version, minReplicas });

/** untilReady waits until a running gateway says that all replicas of an endpoint's variants are ready. */
export const untilReady = (ctx: TestContext, slug: string): Promise<void> =>
  whenTrue(async () => {
    const { state, variants } = await getEndpoint(ctx, slug);
    return state === 'ready' && variants.every((variant) => variant.ready === variant.replicas);
  }, 20_000);

export type RunningGateway = { url: string; port: number; pid: number; child: ChildProcess; stop(): Promise<void> };

/** startGateway starts the built gateway (dist/gateway.mjs) on a database and home. @param port 0 for any */
export async function startGateway(given: { url: string; home: string; port?: number; env?: Record<string, string> }): Promise<RunningGateway> {
  const child = spawn(process.execPath, ['--enable-source-maps', path.join(process.cwd(), 'dist', 'gateway.mjs')], {
    stdio: ['ignore', 'ignore', process.env.GATEWAY_LOG ? 'inherit' : 'ignore', 'ipc'],
    env: { ...process.env, ...given.env, NODE_ENV: 'production', DATABASE_URL: given.url, PENSTOCK_HOME: given.home, PENSTOCK_GATEWAY_PORT: String(given.port ?? 0), HOST: '127.0.0.1' },
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The gateway ended with ${code ?? 'a signal'} before it was ready.`)));
    child.on('message', (message: { ready?: boolean; port?: number }) => message.ready && resolve(message.port ?? 0));
  });
  const stop = () =>
    new Promise<void>((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) return resolve();
      child.once('exit', () => resolve());
      child.kill('SIGTERM');
    });
  return { url: `http://127.0.0.1:${port}`, port, pid: child.pid ?? 0, child, stop };
}
