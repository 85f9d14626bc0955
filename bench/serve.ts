import { execFileSync, fork } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startEmbedded } from '@/lib/db/embedded';
import { migrate } from '@/lib/db/migrate';
import { closePool, pool, setDatabaseUrl } from '@/lib/db/pool';
import { createToken } from '@/lib/tenancy/server';
import { makeContext } from '@/lib/testing/factories';
import { registerOnnx, serve as serveModel, startGateway, untilReady } from '@/lib/testing/gateway';
import { logisticModel } from '@/lib/testing/onnx';
import { MIGRATIONS } from '../bin/root';
import { httpLoad, type LoadResult } from './http-load';
import { figure, numberOption, round, type BenchOptions, type BenchResult } from './result';

const WEIGHTS = [0.5, -1, 0.25, 0.125];
const BODY = JSON.stringify({ inputs: [{ name: 'x', shape: [1, WEIGHTS.length], datatype: 'FP32', data: [1, 2, 3, 4] }] });

/** No page is asked; the bundles are enough. */
export const needsBuild = false;

/**
 * serve: predictions through the gateway (token, routing, replica, every one logged) against a bare node:http server with
 * onnxruntime in one process, same model, same generator, in turns. Options: --connections (32), --seconds (5), --repeats (3).
 */
export default async function serve(options: BenchOptions, say: (text: string) => void): Promise<BenchResult> {
  const connections = numberOption(options, 'connections', 32);
  const seconds = numberOption(options, 'seconds', 5);
  const repeats = numberOption(options, 'repeats', 3);
  const home = await mkdtemp(path.join(os.tmpdir(), 'penstock-bench-'));
  process.env.PENSTOCK_HOME = home;
  execFileSync(process.execPath, ['scripts/prepare.mjs', '--no-web'], { stdio: 'ignore' });
  const database = await startEmbedded(home);
  try {
    await migrate(database.url, MIGRATIONS);
    setDatabaseUrl(database.url);
    const ctx = await makeContext('admin');
    const { token } = await createToken(ctx, { name: 'bench', role: 'editor' });
    const file = logisticModel(WEIGHTS);
    await registerOnnx(ctx, 'bench', file);
    await serveModel(ctx, 'bench', 'bench', 1);
    const floor = await startFloor(home, file);
    const gateway = await startGateway({ url: database.url, home });
    await untilReady(ctx, 'bench');
    const ours: LoadResult[] = [];
    const bare: LoadResult[] = [];
    const common = { headers: { 'content-type': 'application/json' }, body: BODY, connections, seconds, warmSeconds: 3 };
    for (let i = 0; i < repeats; i++) {
      bare.push(await httpLoad({ ...common, port: floor.port, path: '/' }));
      ours.push(await httpLoad({ ...common, port: gateway.port, path: `/${ctx.workspace.slug}/v2/models/bench/infer`, headers: { ...common.headers, authorization: `Bearer ${token}` } }));
      say(`floor ${Math.round(bare.at(-1)?.perSecond ?? 0)}/s p95 ${round(bare.at(-1)?.p95 ?? 0)} ms, gateway ${Math.round(ours.at(-1)?.perSecond ?? 0)}/s p95 ${round(ours.at(-1)?.p95 ?? 0)} ms`);
    }
    await gateway.stop();
    floor.stop();
    const { rows } = await pool().query<{ logged: number; dropped: number }>(`select (select count(*) from inference_log)::int as logged, (select coalesce(sum(rows), 0) from inference_drop)::int as dropped`);
    const oursFigure = { ...figure(ours.map((each) => each.perSecond), 'requests/s'), ...latency(ours), failed: sum(ours, 'failed'), logged: rows[0]?.logged ?? 0, dropped: rows[0]?.dropped ?? 0 };
    const floorFigure = { ...figure(bare.map((each) => each.perSecond), 'requests/s'), ...latency(bare) };
    return { repeats, ours: oursFigure, floor: floorFigure, rivals: {}, ratio: round(floorFigure.median / oursFigure.median) };
  } finally {
    await closePool();
    await database.stop();
    await rm(home, { recursive: true, force: true });
  }
}

const latency = (results: LoadResult[]) => ({ p50Ms: figure(results.map((each) => each.p50), 'ms').median, p95Ms: figure(results.map((each) => each.p95), 'ms').median, p99Ms: figure(results.map((each) => each.p99), 'ms').median });
const sum = (results: LoadResult[], name: 'failed' | 'answers') => results.reduce((total, each) => total + each[name], 0);

async function startFloor(home: string, model: Buffer): Promise<{ port: number; stop(): void }> {
  const file = path.join(home, 'floor.onnx');
  await writeFile(file, model);
  const child = fork(path.join(process.cwd(), 'bench', 'floor-server.mjs'), [file]);
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message: { port: number }) => resolve(message.port));
    child.once('exit', () => reject(new Error('The floor server did not start.')));
  });
  return { port, stop: () => void child.kill() };
}
