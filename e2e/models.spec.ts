import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { logisticModel } from '@/lib/testing/onnx';
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

const clean = async (page: Page) => expect((await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa']).analyze()).violations.map((each) => each.id)).toEqual([]);

test('a person registers a model, serves it, and gets a prediction by the form and by a program', async ({ page, product }) => {
  await signedIn(page, product);
  await page.goto(`${product.url}/w/main/models`);
  await page.getByRole('button', { name: 'Register a model' }).first().click();
  await page.getByLabel('Name', { exact: true }).fill('tips');
  await page.getByRole('button', { name: 'Register tips' }).click();

  // the model's page asks for its first version
  await expect(page.getByRole('dialog', { name: 'Upload a version of tips' })).toBeVisible();
  await page.getByLabel('Model files').setInputFiles({ name: 'model.onnx', mimeType: 'application/octet-stream', buffer: logisticModel([0.5, -1, 0.25]) });
  await page.getByLabel('Names of its columns').fill('miles, stops, rain');
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  await page.waitForURL(/\/models\/tips\/versions\/1$/);
  await expect(page.getByText('Can be served')).toBeVisible();
  await expect(page.getByText('miles (number), stops (number), rain (number)')).toBeVisible();
  await clean(page);

  await page.getByRole('button', { name: 'Set alias' }).click();
  await page.getByLabel('Alias', { exact: true }).fill('champion');
  await page.getByLabel('Reason').fill('It is the first one.');
  await page.getByRole('button', { name: 'Point @champion at v1' }).click();
  await expect(page.getByText('@champion points at v1')).toBeVisible();
  await expect(page.getByText('It is the first one.')).toBeVisible();

  await page.getByRole('button', { name: 'Serve v1' }).click();
  await page.getByLabel('Slug').fill('tips');
  await page.getByRole('button', { name: 'Create tips' }).click();
  await page.waitForURL(/\/endpoints\/tips$/);
  await expect(page.getByText('Ready', { exact: true })).toBeVisible({ timeout: 20_000 });

  await page.getByLabel('miles').fill('2');
  await page.getByLabel('stops').fill('1');
  await page.getByLabel('rain').fill('0');
  await page.getByLabel('Unit id').fill('ada');
  await page.getByRole('button', { name: 'Send a prediction' }).click();
  await expect(page.getByText(/Answered by stable v1/)).toBeVisible();
  await expect(page.getByText('0.5', { exact: true })).toBeVisible();

  const answer = await fetch(`${product.address.gatewayUrl}/main/v2/models/tips/infer`, {
    method: 'POST',
    headers: { authorization: `Bearer ${product.token}`, 'x-unit-id': 'grace' },
    body: JSON.stringify({ inputs: [{ name: 'x', shape: [1, 3], datatype: 'FP32', data: [0, 0, 4] }] }),
  });
  expect(answer.status).toBe(200);
  const id = answer.headers.get('x-inference-id')!;
  await expect.poll(async () => (await product.api<{ items: { unitId: string; features: object }[] }>('GET', `/w/main/inferences?endpoint=tips&id=${id}`)).items).toMatchObject([{ unitId: 'grace', features: { miles: 0, stops: 0, rain: 4 } }]);

  await page.reload();
  const newest = page.getByRole('table', { name: 'Newest predictions' });
  await expect(newest.getByText('grace')).toBeVisible();
  await expect(newest.getByText('ada')).toBeVisible();
  await expect(page.getByRole('table', { name: 'Variants' }).getByRole('row', { name: /stable v1/ })).toContainText('2');
  await clean(page);
});

test('a file that is no model is kept with the reason, and cannot be served', async ({ page, product }) => {
  await product.api('POST', '/w/main/models', { name: 'broken' });
  await signedIn(page, product);
  await page.goto(`${product.url}/w/main/models/broken`);
  await page.getByRole('button', { name: 'Upload a version' }).click();
  await page.getByLabel('Model files').setInputFiles({ name: 'model.onnx', mimeType: 'application/octet-stream', buffer: Buffer.from('no model') });
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  await page.waitForURL(/\/models\/broken\/versions\/1$/);
  await expect(page.getByRole('alert').filter({ hasText: 'The ONNX runtime cannot load the file' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Serve v1' })).toHaveCount(0);
});

test('an alias that an endpoint follows moves when the new version is ready', async ({ page, product }) => {
  await product.api('POST', '/w/main/models', { name: 'fares' });
  for (const weight of [1, -1]) {
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(logisticModel([weight]))]), 'model.onnx');
    const made = await fetch(`${product.url}/api/v1/w/main/models/fares/versions`, { method: 'POST', headers: { authorization: `Bearer ${product.token}` }, body: form });
    expect(made.status).toBe(201);
  }
  await product.api('PUT', '/w/main/models/fares/aliases/champion', { version: 1, reason: 'first' });
  await product.api('POST', '/w/main/endpoints', { slug: 'fares', model: 'fares', alias: 'champion' });
  const state = async () => (await product.api<{ state: string; variants: { name: string; version: number }[] }>('GET', '/w/main/endpoints/fares'));
  await expect.poll(async () => (await state()).state, { timeout: 20_000 }).toBe('ready');
  const asked = await product.api<{ pending: string[] }>('PUT', '/w/main/models/fares/aliases/champion', { version: 2, reason: 'It is better.' });
  expect(asked.pending).toEqual(['fares']);
  await signedIn(page, product);
  await page.goto(`${product.url}/w/main/endpoints/fares`);
  await expect.poll(async () => (await state()).variants.map(({ name, version }) => `${name} ${version}`), { timeout: 20_000 }).toEqual(['stable 2']);
  const ledger = page.getByRole('table', { name: 'Ledger' });
  await expect(ledger.getByText('alias moved')).toBeVisible();
  await expect(ledger.getByText('It is better.')).toBeVisible();
  const model = await product.api<{ aliases: { alias: string; version: number; requested: object | null }[] }>('GET', '/w/main/models/fares');
  expect(model.aliases).toMatchObject([{ alias: 'champion', version: 2, requested: null }]);
});
