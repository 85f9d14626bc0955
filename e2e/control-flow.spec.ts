import type { Page } from '@playwright/test';
import { expect, OWNER, test, type Product } from './fixtures/product';

/** signedIn opens the product as its owner. */
async function signedIn(page: Page, product: Product): Promise<void> {
  await page.goto(`${product.url}/sign-in`);
  await page.getByLabel(/e-?mail/i).fill(OWNER.email);
  await page.getByLabel(/password/i).first().fill(OWNER.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL(/\/w\//);
}

/** started publishes a pipeline and starts a run of it. */
async function started(product: Product, slug: string, spec: object): Promise<string> {
  await product.api('POST', '/w/demo/pipelines', { slug, name: slug });
  await product.api('POST', `/w/demo/pipelines/${slug}/publish`, { message: 'first', spec: { schemaVersion: 1, ...spec } });
  return (await product.api<{ id: string }>('POST', `/w/demo/pipelines/${slug}/runs`, {})).id;
}

const ended = (product: Product, id: string) => product.api<{ state: string }>('GET', `/w/demo/runs/${id}/wait?timeoutSeconds=60`);

test('twenty parts, one of which fails and is run again by its index', async ({ page, product }) => {
  await signedIn(page, product);
  const id = await started(product, 'mapped', {
    params: [{ name: 'items', type: 'json', default: Array.from({ length: 20 }, (_, i) => i) }],
    tasks: [
      { id: 'each', kind: 'shell', name: 'each', config: { command: 'test {{ item }} != 7 || test "$PENSTOCK_ATTEMPT" -gt 1' }, map: { over: 'params.items' } },
      { id: 'after', kind: 'empty', name: 'after', config: {} },
    ],
    edges: [{ from: 'each', to: 'after' }],
  });
  expect((await ended(product, id)).state).toBe('failed');
  await page.goto(`${product.url}/w/demo/runs/${id}?task=each`);
  const parts = page.getByRole('region', { name: 'Parts of each' });
  await expect(parts.getByRole('button', { name: /^Part \d+,/ })).toHaveCount(20);
  await parts.getByRole('button', { name: '1 failed' }).click();
  await parts.getByRole('button', { name: 'Part 7, failed' }).click();
  await expect(page).toHaveURL(/part=7/);
  await page.getByRole('button', { name: 'Acts on each [7]' }).click();
  await page.getByRole('menuitem', { name: /Run it again/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Run it again' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/succeeded/i, { timeout: 60_000 });
  await expect(parts.getByRole('button', { name: '20 succeeded' })).toBeVisible();
});

test('a sensor waits for a file that is uploaded', async ({ page, product }) => {
  await signedIn(page, product);
  const id = await started(product, 'sensed', { tasks: [{ id: 'wait', kind: 'sensor', name: 'wait', config: { on: 'file', path: 'incoming/orders.csv', everySeconds: 3600 } }] });
  await page.goto(`${product.url}/w/demo/runs/${id}?task=wait`);
  await expect(page.getByRole('complementary', { name: 'Why' })).toContainText('It waits for the file incoming/orders.csv.');
  await page.request.post(`${product.url}/api/v1/w/demo/files?path=incoming/orders.csv`, { data: 'a\n1\n', headers: { origin: product.url, 'content-type': 'text/csv' } });
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/succeeded/i, { timeout: 30_000 });
});

test('an approval is given by a second person, with a reason', async ({ page, product }) => {
  await signedIn(page, product);
  await started(product, 'asked', {
    tasks: [{ id: 'gate', kind: 'approval', name: 'gate', config: { message: 'Publish the prices?', notAuthor: true } }, { id: 'after', kind: 'empty', config: {} }],
    edges: [{ from: 'gate', to: 'after' }],
  });
  await page.goto(`${product.url}/w/demo/approvals`);
  await expect(page.getByText('Publish the prices?')).toBeVisible();
  await page.getByRole('link', { name: 'asked: gate' }).click();
  // the list has a button of the same name
  await page.waitForURL(/\/runs\//);
  await page.getByRole('button', { name: 'Approve' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Approve' }).click();
  await expect(dialog.getByText('Say why, so that others can follow it.')).toBeVisible();
  await dialog.getByLabel('Reason').fill('Looked at the totals');
  await dialog.getByRole('button', { name: 'Approve' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/succeeded/i, { timeout: 30_000 });
  await expect(page.getByText('Looked at the totals').first()).toBeVisible();
});
