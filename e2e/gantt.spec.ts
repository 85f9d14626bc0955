import type { Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { expect, OWNER, test, type Product } from './fixtures/product';

/** signedIn opens the product as its owner. */
async function signedIn(page: Page, product: Product): Promise<void> {
  await page.goto(`${product.url}/sign-in`);
  await page.getByLabel(/e-?mail/i).fill(OWNER.email);
  await page
    .getByLabel(/password/i)
    .first()
    .fill(OWNER.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL(/\/w\//);
}

const shell = (id: string, command: string, more = {}) => ({ id, kind: 'shell', name: id, config: { command }, ...more });

/** The long branch decides: start, slow, join. */
const SPEC = {
  schemaVersion: 1,
  tasks: [
    shell('start', 'echo begun'),
    shell('quick', 'echo quick'),
    shell('slow', 'echo the slow one; sleep 2; test "$PENSTOCK_ATTEMPT" != 1', { retry: { count: 1, delaySeconds: 1 } }),
    shell('join', 'echo joined'),
  ],
  edges: [
    { from: 'start', to: 'quick' },
    { from: 'start', to: 'slow' },
    { from: 'quick', to: 'join' },
    { from: 'slow', to: 'join' },
  ],
};

/** ended publishes the pipeline, runs it and waits for its end. */
async function ended(product: Product, slug: string): Promise<string> {
  await product.api('POST', '/w/demo/pipelines', { slug, name: slug });
  await product.api('POST', `/w/demo/pipelines/${slug}/publish`, { message: 'first', spec: SPEC });
  const { id } = await product.api<{ id: string }>('POST', `/w/demo/pipelines/${slug}/runs`, {});
  await product.api('GET', `/w/demo/runs/${id}/wait?timeoutSeconds=60`);
  return id;
}

test('the Gantt of a run marks the critical path, and a bar opens its log', async ({ page, product }) => {
  await signedIn(page, product);
  const id = await ended(product, 'gantt-run');
  await page.goto(`${product.url}/w/demo/runs/${id}`);
  await page.getByRole('button', { name: 'Gantt', exact: true }).click();
  await expect(page).toHaveURL(/view=gantt/);

  const gantt = page.getByRole('group', { name: 'Tasks of the run in time' });
  await expect(gantt.getByRole('button', { name: /critical path/ })).toHaveCount(3);
  await expect(gantt.getByRole('button', { name: /^slow, succeeded, 2 tries, .*on the critical path$/ })).toBeVisible();
  await expect(gantt.getByRole('button', { name: /^quick, succeeded, .*slack [1-9]/ })).toBeVisible();
  await expect(page.getByRole('heading', { name: /% of it in slow/ })).toBeVisible();

  await gantt.locator('[data-try="1"]').filter({ hasText: 'slow: try 1, failed' }).click();
  await expect(page).toHaveURL(/task=slow/);
  await expect(page).toHaveURL(/try=1/);
  await expect(page.getByRole('region', { name: /^Log of slow/ }).getByText('the slow one')).toBeVisible();

  await gantt.getByRole('button', { name: /^slow/ }).press('ArrowRight');
  await expect(page).toHaveURL(/try=2/);
  await gantt.getByRole('button', { name: /^slow/ }).press('ArrowDown');
  await gantt.getByRole('button', { name: /^join/ }).press('Enter');
  await expect(page.getByRole('region', { name: /^Log of join/ }).getByText('joined')).toBeVisible();
});

test('the Gantt is shown as a table and downloaded', async ({ page, product }) => {
  await signedIn(page, product);
  const id = await ended(product, 'gantt-table');
  await page.goto(`${product.url}/w/demo/runs/${id}?view=gantt`);
  const saved = async (name: string) => {
    const waiting = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download', exact: true }).click();
    await page.getByRole('menuitem', { name }).click();
    return waiting;
  };
  const png = await saved('PNG');
  expect(readFileSync(await png.path()).subarray(1, 4).toString()).toBe('PNG');
  const svg = readFileSync(await (await saved('SVG')).path(), 'utf8');
  expect(svg).toContain('>slow</text>');
  expect(svg).not.toContain('var(--');
  const csv = readFileSync(await (await saved('CSV')).path(), 'utf8').trim().split('\r\n');
  expect(csv[0]).toMatch(/^Task,State,Try,/);
  expect(csv.filter((line) => line.startsWith('slow,succeeded,'))).toHaveLength(2);
  await page.getByRole('button', { name: 'Show as table' }).click();
  await expect(page.getByRole('region', { name: /Numbers of/ }).getByRole('row', { name: /slow/ })).toHaveCount(2);
});
