import { createServer } from 'node:http';
import { env } from '@/lib/core/env';
import { log } from '@/lib/core/log';
import { closePool } from '@/lib/db/pool';
import { Gateway } from '@/lib/serving/server';
import { obeyLifeline, reportReady } from './lifeline';
import { listenNear } from './listen';
import { bundle, version } from './root';

/** The gateway's supervisor: it owns the port, starts routing processes and replicas, and writes the inference log. */
async function main(): Promise<void> {
  const { HOST, PENSTOCK_GATEWAY_PORT, PORT } = env();
  const wished = PENSTOCK_GATEWAY_PORT ?? (PORT === 0 ? 0 : (PORT ?? 3000) + 1);
  const port = await freePort(HOST, wished);
  let told = false;
  const listening = () => {
    if (told) return;
    told = true;
    log.info({ host: HOST, port }, 'gateway ready');
    reportReady(port);
  };
  const taken = () => {
    log.error({ host: HOST, port }, 'another program took the port of the gateway in between');
    process.exit(1);
  };
  const gateway = new Gateway({ router: bundle('gateway-router'), host: HOST, port, version: version() }, listening, taken);
  obeyLifeline(async () => {
    await gateway.stop();
    await closePool();
  });
  await gateway.start();
}

/** The routing processes open the port together, so it must be known before. */
async function freePort(host: string, wished: number): Promise<number> {
  const probe = createServer();
  const port = await listenNear(probe, host, wished);
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

await main();
