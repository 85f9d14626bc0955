import pg from 'pg';
import { findEmbedded } from '@/lib/db/embedded';
import { temporalServer } from '@/lib/testing/temporal';
import { newProduct, remove } from '../e2e/fixtures/built-product';
import { figure, numberOption, round, type BenchOptions, type BenchResult, type Figure } from './result';

/**
 * temporal: the same fan-out (1 → n → 1 no-ops) with the local executor and with Temporal (a real server in memory), trigger → succeeded
 * over REST, each in a product of its own. The floor is the local executor. Options: --tasks (1000), --repeats (3).
 */
export default async function temporal(options: BenchOptions, say: (text: string) => void): Promise<BenchResult> {
  const tasks = numberOption(options, 'tasks', 1000);
  const repeats = numberOption(options, 'repeats', 3);
  const server = await temporalServer();
  try {
    const local = await measure('local', {}, tasks, repeats, say);
    const ours = await measure('temporal', { PENSTOCK_EXECUTOR: 'temporal', TEMPORAL_ADDRESS: server.address }, tasks, repeats, say);
    return { repeats, ours: { ...ours, tasks }, floor: local, rivals: {}, ratio: round(local.median / ours.median) };
  } finally {
    await server.remove();
  }
}

async function measure(name: string, env: Record<string, string>, tasks: number, repeats: number, say: (text: string) => void): Promise<Figure> {
  const product = await newProduct({ PENSTOCK_LEASE_SECONDS: '30', ...env });
  const client = new pg.Client({ connectionString: findEmbedded(product.home) ?? '' });
  await client.connect();
  try {
    const ids = Array.from({ length: tasks }, (_, i) => `t${i}`);
    const spec = {
      schemaVersion: 1,
      tasks: ['first', ...ids, 'last'].map((id) => ({ id, kind: 'empty' })),
      edges: ids.flatMap((id) => [{ from: 'first', to: id }, { from: id, to: 'last' }]),
    };
    await product.api('POST', '/w/main/pipelines', { slug: 'bench', name: 'Bench', spec });
    await product.api('POST', '/w/main/pipelines/bench/publish', {});
    const rates: number[] = [];
    let lostAttempts = 0;
    for (let i = -1; i < repeats; i++) {
      const began = performance.now();
      const run = await product.api<{ id: string; state: string }>('POST', '/w/main/pipelines/bench/runs', {});
      let ended = run;
      while (!['succeeded', 'failed', 'cancelled'].includes(ended.state)) {
        ended = await product.api<{ id: string; state: string }>('GET', `/w/main/runs/${run.id}/wait?timeoutSeconds=120`);
      }
      const seconds = (performance.now() - began) / 1000;
      const { rows } = await client.query<{ good: number; lost: number }>(
        `select (count(*) filter (where state = 'succeeded'))::int as good, (count(*) filter (where state = 'lost'))::int as lost from attempt where run_id = $1`,
        [run.id],
      );
      if (ended.state !== 'succeeded' || rows[0]?.good !== tasks + 2) throw new Error(`Run ${run.id} ended ${ended.state} with ${rows[0]?.good ?? 0} completions.`);
      lostAttempts += rows[0].lost;
      // the first round warms plans and code
      if (i >= 0) rates.push((tasks + 2) / seconds);
      say(`  ${name} ${i + 1}/${repeats}: ${((tasks + 2) / seconds).toFixed(1)} tasks/s`);
    }
    return { ...figure(rates, 'tasks/s'), lostAttempts };
  } finally {
    await client.end();
    await remove(product);
  }
}
