import { log } from '@/lib/core/log';
import { outlast } from '@/lib/db/outage';
import { closePool } from '@/lib/db/pool';
import { requireSchema } from '@/lib/db/schema-version';
import { startWorker, WORKER_ROLES } from '@/lib/worker/server';
import { obeyLifeline, reportReady } from './lifeline';
import { MIGRATIONS, version } from './root';
import { serveSide } from './side-server';
import { workerOptions } from './worker-options';

/** A worker process: claims tasks and performs them. Its own port serves /metrics and health. */
async function main(): Promise<void> {
  const schemaVersion = await outlast(() => requireSchema(MIGRATIONS));
  const { port = 0, part, ...options } = workerOptions(process.argv.slice(2));
  const roles = WORKER_ROLES.filter((role) => part === undefined || (role === 'executor') === (part === 'executor'));
  const worker = await startWorker({
    ...options,
    roles,
    version: version(),
    schemaVersion,
    onOutdated: (sentence) => {
      process.stderr.write(`${sentence}\n`);
      process.kill(process.pid, 'SIGTERM');
    },
  });
  let draining = false;
  const side = await serveSide('worker', port, () => ({ draining, busy: worker.busy() }));
  obeyLifeline(async () => {
    draining = true;
    await worker.stop();
    side.close();
    await closePool();
  });
  log.info({ port: side.port }, 'worker ready');
  reportReady(side.port);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
