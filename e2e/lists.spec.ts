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

const SPEC = { schemaVersion: 1, tasks: [{ id: 'only', kind: 'empty', config: {} }], edges: [] };

/** published makes a pipeline of one task that does nothing. */
async function published(product: Product, slug: string): Promise<void> {
  await product.api('POST', '/w/demo/pipelines', { slug, name: slug });
  await product.api('POST', `/w/demo/pipelines/${slug}/publish`, { spec: SPEC });
}

/** ran runs a pipeline and waits for the end of the run. */
async function ran(product: Product, slug: string): Promise<string> {
  const { id } = await product.api<{ id: string }>('POST', `/w/demo/pipelines/${slug}/runs`, {});
  await product.api('GET', `/w/demo/runs/${id}/wait?timeoutSeconds=60`);
  return id;
}

/** walked presses j until the page hears it, then goes to the first row. */
async function walked(page: Page): Promise<void> {
  await expect(async () => {
    await page.keyboard.press('j');
    await expect(page.locator('[data-row-link]:focus')).toHaveCount(1, { timeout: 500 });
  }).toPass();
  for (let i = 0; i < 5; i += 1) await page.keyboard.press('k');
}

test('runs are selected by key and rerun together', async ({ page, product }) => {
  await signedIn(page, product);
  await published(product, 'several');
  const ids = [await ran(product, 'several'), await ran(product, 'several')];
  await page.goto(`${product.url}/w/demo/runs?pipeline=several`);
  await expect(page.getByText('2 runs on this page')).toBeVisible();

  await walked(page);
  await page.keyboard.press('x');
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await expect(page.getByText('2 selected')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Stop', exact: true })).toBeDisabled();
  await page.getByRole('button', { name: 'Rerun', exact: true }).click();
  const asked = page.getByRole('dialog', { name: 'Rerun 2 runs?' });
  await asked.getByRole('button', { name: 'Rerun', exact: true }).click();
  await expect(page.getByText('Started 2 runs again')).toBeVisible();
  for (const id of ids) {
    await product.api('GET', `/w/demo/runs/${id}/wait?timeoutSeconds=60`);
    const { items } = await product.api<{ items: unknown[] }>('GET', `/w/demo/runs/${id}/tasks/only/attempts`);
    expect(items).toHaveLength(2);
  }
});

test('runs are selected on a phone as well', async ({ page, product }) => {
  await signedIn(page, product);
  await published(product, 'by-thumb');
  await ran(product, 'by-thumb');
  await ran(product, 'by-thumb');
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${product.url}/w/demo/runs?pipeline=by-thumb`);
  const boxes = page.getByRole('checkbox', { name: /^Select by-thumb/ });
  await expect(page.getByText('2 runs on this page')).toBeVisible();
  await expect(boxes).toHaveCount(0);
  await page.getByRole('button', { name: 'Select', exact: true }).click();
  await boxes.nth(0).click();
  await boxes.nth(1).click();
  await expect(page.getByText('2 selected')).toBeVisible();
  await page.getByRole('button', { name: 'Rerun', exact: true }).click();
  await page.getByRole('dialog', { name: 'Rerun 2 runs?' }).getByRole('button', { name: 'Rerun', exact: true }).click();
  await expect(page.getByText('Started 2 runs again')).toBeVisible();
});

test('a run is peeked at, and a view of the list comes back by its name', async ({ page, product }) => {
  await signedIn(page, product);
  await published(product, 'peeked');
  await ran(product, 'peeked');
  await page.goto(`${product.url}/w/demo/runs?pipeline=peeked`);
  await walked(page);
  await page.keyboard.press('Space');
  const peek = page.getByRole('dialog', { name: /^peeked/ });
  await expect(peek.getByRole('link', { name: /only/ })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(peek).toBeHidden();

  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('button', { name: 'Save this view' }).click();
  await page.getByRole('dialog', { name: 'Save this view' }).getByLabel('Name').fill('My peeked runs');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.goto(`${product.url}/w/demo/runs`);
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('button', { name: 'My peeked runs', exact: true }).click();
  await expect(page).toHaveURL(/\?pipeline=peeked$/);

  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('checkbox', { name: 'Lane' }).click();
  await expect(page.getByRole('columnheader', { name: 'Lane' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.reload();
  await expect(page.getByRole('columnheader', { name: 'Lane' })).toBeVisible();
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export CSV' }).click();
  const lines = readFileSync(await (await saved).path(), 'utf8').trim().split('\r\n');
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(/^State,Pipeline,.*Lane$/);
  expect(lines[1]).toMatch(/^succeeded,peeked,.*interactive$/);
});

test('pipelines are paused and tagged together', async ({ page, product }) => {
  await signedIn(page, product);
  for (const slug of ['bulk-one', 'bulk-two']) await published(product, slug);
  await page.goto(`${product.url}/w/demo/pipelines?q=bulk-`);
  await page.getByRole('checkbox', { name: 'Select all pipelines on this page' }).click();
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await page.getByRole('dialog', { name: 'Pause 2 pipelines?' }).getByRole('button', { name: 'Pause', exact: true }).click();
  await expect(page.getByText('Paused 2 pipelines')).toBeVisible();
  await page.getByRole('checkbox', { name: 'Select all pipelines on this page' }).click();
  await page.getByRole('button', { name: 'Add tag' }).click();
  const tag = page.getByRole('dialog', { name: 'Tag 2 pipelines' });
  await tag.getByRole('textbox').fill('nightly');
  await tag.getByRole('button', { name: 'Add tag' }).click();
  await expect(page.getByRole('cell', { name: 'nightly' })).toHaveCount(2);
  for (const slug of ['bulk-one', 'bulk-two']) {
    const pipeline = await product.api<{ paused: boolean; tags: string[] }>('GET', `/w/demo/pipelines/${slug}`);
    expect(pipeline).toMatchObject({ paused: true, tags: ['nightly'] });
  }
});

test('a file is uploaded, found in its folder, downloaded and deleted; a bad name is refused with a sentence', async ({ page, product }) => {
  await signedIn(page, product);
  await page.goto(`${product.url}/w/demo/files`);
  const uploads = page.getByRole('region', { name: 'Uploads' });
  const choose = page.locator('input[type=file]');
  await choose.setInputFiles([
    { name: 'small.csv', mimeType: 'text/csv', buffer: Buffer.from('a,b\n1,2\n') },
    { name: 'star*.csv', mimeType: 'text/csv', buffer: Buffer.from('a\n1\n') },
  ]);
  await expect(uploads.getByText('uploaded', { exact: true })).toBeVisible();
  await expect(uploads.getByText(/cannot be a file's path/)).toBeVisible();

  await page.getByRole('link', { name: 'uploads', exact: true }).click();
  await expect(page).toHaveURL(/folder=uploads/);
  const row = page.getByRole('row', { name: /small\.csv/ });
  await expect(row).toContainText('8 B');
  const saved = page.waitForEvent('download');
  await row.getByRole('link', { name: 'small.csv' }).click();
  expect(readFileSync(await (await saved).path(), 'utf8')).toBe('a,b\n1,2\n');

  await row.getByRole('button', { name: 'Acts on small.csv' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('alertdialog', { name: 'Delete small.csv?' }).getByRole('button', { name: 'Delete the file' }).click();
  await expect(page.getByText('Nothing in this folder')).toBeVisible();
});
