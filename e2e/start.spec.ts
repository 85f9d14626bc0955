import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { newProduct, remove, type Product } from './fixtures/built-product';
import { expect, test } from '@playwright/test';

let product: Product;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  product = await newProduct();
});
test.afterAll(() => remove(product));

const health = async (route: string) => (await fetch(`${product.url}/api/health/${route}`)).status;

test('it is live, ready and measured once it says so', async () => {
  expect(await health('live')).toBe(200);
  expect(await health('ready')).toBe(200);
  for (const port of [new URL(product.url).port, String(product.address.workerPort)]) {
    expect(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).toMatch(/^process_resident_memory_bytes\{process="(web|worker)"\} \d+$/m);
  }
  expect(product.address).toMatchObject({ pid: product.pid, gatewayUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) });
  expect((await fetch(`${product.address.gatewayUrl}/main/v2/health/ready`)).status).toBe(200);
  expect(product.output.match(/^Penstock is ready: http:\S+$/gm)).toHaveLength(1);
});

test('a second start says that it runs already, gives its address and ends well', async () => {
  const second = await product.command(['up']);
  expect(second.stdout).toContain(`Penstock runs already: ${product.url}`);
  expect(second.code).toBe(0);
});

test('killed with -9 it starts again with everything it had', async () => {
  await product.api('POST', '/w/main/pipelines', { slug: 'kept', name: 'Kept' });
  await product.kill();
  await product.start();
  expect(await health('ready')).toBe(200);
  expect(await product.api('GET', '/w/main/pipelines/kept')).toMatchObject({ slug: 'kept' });
});

test('a killed web process comes back under the same address', async () => {
  const { url } = product;
  const web = await product.childPid('web');
  process.kill(web, 'SIGKILL');
  await expect.poll(async () => (await product.childPid('web').catch(() => web)) !== web && (await health('live').catch(() => 0)) === 200, { timeout: 20_000 }).toBe(true);
  expect(product.url).toBe(url);
});

test('a killed database comes back and nothing committed is lost', async () => {
  await product.api('POST', '/w/main/pipelines', { slug: 'safe', name: 'Safe' });
  process.kill(product.databasePid(), 'SIGKILL');
  await expect.poll(() => health('ready').catch(() => 0), { timeout: 20_000 }).toBe(200);
  expect(await product.api('GET', '/w/main/pipelines/safe')).toMatchObject({ slug: 'safe' });
});

test('Ctrl-C ends every process and takes the address back', async () => {
  const pids = [await product.childPid('web'), await product.childPid('worker'), product.databasePid()];
  await product.stop();
  expect(product.output).toContain('Stopping …');
  expect(existsSync(path.join(product.home, 'address.json'))).toBe(false);
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow();
  await product.start();
});

test('a port in use is avoided and said', async () => {
  const taken = createServer();
  const port = await new Promise<number>((resolve) => taken.listen(0, '127.0.0.1', () => resolve((taken.address() as { port: number }).port)));
  const other = await newProduct({ PORT: String(port) });
  expect(other.output).toContain(`Port ${port} is in use`);
  expect(Number(new URL(other.url).port)).toBeGreaterThan(port);
  await remove(other);
  taken.close();
});
