import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { findEmbedded } from '@/lib/db/embedded';
import { expect, OWNER, test, type Product } from './fixtures/product';

async function signedIn(page: Page, product: Product): Promise<void> {
  await page.goto(`${product.url}/sign-in`);
  await page.getByLabel(/e-?mail/i).fill(OWNER.email);
  await page.getByLabel(/password/i).first().fill(OWNER.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL(/\/w\//);
}

/** waiting publishes a pipeline whose tasks want a slot of the pool "narrow", and starts a run of it. */
async function waiting(product: Product, slug: string): Promise<string> {
  const task = (id: string) => ({ id, kind: 'shell', config: { command: 'true' }, pool: 'narrow' });
  await product.api('POST', '/w/demo/pipelines', { slug, name: slug });
  await product.api('POST', `/w/demo/pipelines/${slug}/publish`, { spec: { schemaVersion: 1, tasks: [task('a'), task('b')], edges: [{ from: 'a', to: 'b' }] } });
  return (await product.api<{ id: string }>('POST', `/w/demo/pipelines/${slug}/runs`, {})).id;
}

test('a pool is opened and a run goes ahead of the others, and the backlog moves at once', async ({ page, product }) => {
  await signedIn(page, product);
  await page.goto(`${product.url}/w/demo/operate/queue`);

  // nobody gets a slot of the pool
  await page.getByRole('button', { name: 'New pool' }).click();
  const made = page.getByRole('dialog', { name: 'New pool' });
  await made.getByLabel('Name').fill('narrow');
  await made.getByLabel('Slots').fill('0');
  await made.getByRole('button', { name: 'Save pool' }).click();
  const pool = page.getByRole('table', { name: 'Pools' }).getByRole('row', { name: /narrow/ });
  await expect(pool).toBeVisible();
  const earlier = await waiting(product, 'queue-earlier');
  const later = await waiting(product, 'queue-later');
  const runs = page.getByRole('table', { name: 'Runs that wait' });
  await expect(runs.getByRole('row', { name: /queue-(earlier|later)/ })).toHaveCount(2);

  // the later run goes first
  await page.getByRole('button', { name: /^Move queue-later .* to the front of its lane$/ }).click();
  const priorityOf = async (id: string) => (await product.api<{ waitingRuns: { id: string; priority: number }[] }>('GET', '/w/demo/queue')).waitingRuns.find((run) => run.id === id)?.priority;
  await expect.poll(async () => ((await priorityOf(later)) ?? 0) > ((await priorityOf(earlier)) ?? 0)).toBe(true);
  await page.getByRole('button', { name: 'Change narrow' }).click();
  const change = page.getByRole('dialog', { name: 'Change narrow' });
  await change.getByLabel('Slots').fill('1');
  await change.getByRole('button', { name: 'Save pool' }).click();

  // without another act the runs end, and the page says so
  await expect(page.getByText('No run of this workspace waits for a slot.')).toBeVisible({ timeout: 60_000 });
  const startOf = async (id: string) => {
    await product.api('GET', `/w/demo/runs/${id}/wait?timeoutSeconds=60`);
    const run = await product.api<{ state: string; tasks: { startedAt: string }[] }>('GET', `/w/demo/runs/${id}`);
    expect(run.state).toBe('succeeded');
    return Date.parse(run.tasks[0]!.startedAt);
  };
  expect(await startOf(later)).toBeLessThan(await startOf(earlier));
});

test('a worker that joins takes its share of the partitions, and gives it back when it stops', async ({ page, product }) => {
  await signedIn(page, product);
  await page.goto(`${product.url}/w/demo/operate/cluster`);
  const workers = page.getByRole('table', { name: 'Workers' }).locator('tbody tr');
  await expect(workers).toHaveCount(1);
  await expect(page.getByText(/^1 worker with \d+ slots?; /)).toBeVisible();

  const root = fileURLToPath(new URL('..', import.meta.url));
  const url = findEmbedded(product.home);
  if (url === null) throw new Error('The product’s database does not run.');
  const second = spawn(process.execPath, [`${root}/bin/penstock.mjs`, 'worker', '--tags', 'gpu'], {
    cwd: product.home,
    env: { ...process.env, DATABASE_URL: url, PENSTOCK_HOME: product.home, PENSTOCK_LEASE_SECONDS: '6', NODE_ENV: 'production' },
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => second.once('exit', resolve));
  try {
    await expect(workers).toHaveCount(2);
    const joined = workers.filter({ hasText: 'gpu' });
    await expect(joined).toHaveCount(1);
    // half of the 64 shares, by the page itself
    await expect(joined.locator('td').nth(5)).toHaveText('32');
    await expect(page.getByText(/^2 workers with \d+ slots; /)).toBeVisible();
  } finally {
    second.kill('SIGTERM');
    await ended;
  }
  await expect(workers).toHaveCount(1);
  await expect(workers.first().locator('td').nth(5)).toHaveText('64');
});
