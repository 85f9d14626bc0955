import type { Page } from '@playwright/test';
import { expect, OWNER, test, type Product } from './fixtures/product';

async function signedIn(page: Page, product: Product): Promise<void> {
  await page.goto(`${product.url}/sign-in`);
  await page.getByLabel(/e-?mail/i).fill(OWNER.email);
  await page.getByLabel(/password/i).first().fill(OWNER.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL(/\/w\//);
}

type Draft = { draft: { spec: { triggers: object[] } } };
type Runs = { items: { id: string; trigger: { kind: string; id?: string }; lane: string; params: object }[] };

const spec = (more: object = {}) => ({ schemaVersion: 1, tasks: [{ id: 'a', kind: 'empty' }], edges: [], ...more });

async function publishDraft(page: Page, version: number): Promise<void> {
  await expect(page.locator('[data-save=saved]')).toBeVisible();
  await page.getByRole('button', { name: /^Publish/ }).click();
  await page.getByRole('button', { name: `Publish version ${version}` }).click();
  await expect(page.getByText(`Published version ${version}`)).toBeVisible();
}

test('a webhook is drawn up, called, and the page of events says what came of each call', async ({ page, product }) => {
  const slug = 'called';
  await product.api('POST', '/w/demo/pipelines', { slug, name: 'Called', spec: spec({ params: [{ name: 'month', type: 'integer', default: 1, maximum: 12 }] }) });
  await signedIn(page, product);
  await page.goto(`${product.url}/w/demo/pipelines/${slug}/edit`);
  await page.getByRole('tab', { name: /^Triggers/ }).click();
  await page.getByRole('button', { name: 'Webhook', exact: true }).click();
  await expect(page.getByText('Once it is published, its address stands on the page of the pipeline.', { exact: false })).toBeVisible();
  await publishDraft(page, 1);

  await page.goto(`${product.url}/w/demo/pipelines/${slug}`);
  await expect(page.getByText('When its address is called')).toBeVisible();
  const url = await page.getByText(/\/api\/v1\/hooks\//).innerText();
  const call = async (body: string) => {
    const response = await fetch(url, { method: 'POST', body });
    return { status: response.status, ...((await response.json()) as { eventId: string; runId?: string; reason?: string }) };
  };
  const first = await call('{"month": 7}');
  expect(first.status).toBe(202);
  const { items } = await product.api<Runs>('GET', `/w/demo/runs?pipeline=${slug}`);
  expect(items).toMatchObject([{ id: first.runId, trigger: { kind: 'webhook', id: first.eventId }, lane: 'production', params: { month: 7 } }]);
  // the open page hears of it
  await expect(page.getByRole('listitem').filter({ hasText: 'When its address is called' })).toContainText('Started');

  await page.goto(`${product.url}/w/demo/runs/${first.runId}`);
  await page.getByRole('link', { name: 'webhook', exact: true }).click();
  await expect(page.getByRole('row').filter({ hasText: 'Call of the webhook of called' })).toHaveCount(1);
  await page.getByRole('link', { name: 'Show all events' }).click();
  await expect(page.getByRole('search')).toBeVisible();

  await call('{"month": 13}');
  await page.goto(`${product.url}/w/demo/events`);
  const rows = page.getByRole('row').filter({ hasText: 'Call of the webhook of called' });
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toContainText('Param "month" is 13; expected at most 12.');
  await expect(rows.last().getByRole('link', { name: 'its run' })).toHaveAttribute('href', `/w/demo/runs/${first.runId}`);

  await product.api('PATCH', `/w/demo/pipelines/${slug}`, { paused: true });
  await call('{"month": 2}');
  await expect(rows.first()).toContainText('is paused. The event waits');
  await product.api('PATCH', `/w/demo/pipelines/${slug}`, { paused: false });
  await expect(rows.first()).toContainText('its run');

  await page.goto(`${product.url}/w/demo/pipelines/${slug}`);
  await page.getByRole('button', { name: 'Renew the address' }).click();
  await page.getByRole('alertdialog').or(page.getByRole('dialog')).getByRole('button', { name: 'Renew the address' }).click();
  await expect(page.getByText(url)).toBeHidden();
  expect((await call('')).status).toBe(404);
});

test('new data, a file and the end of a run start pipelines that were drawn to wait for them', async ({ page, product }) => {
  await product.api('POST', '/w/demo/pipelines', { slug: 'writer', name: 'Writer', spec: spec({ tasks: [{ id: 'a', kind: 'sql', config: { sql: 'select 1 as n' }, writes: 'fresh_numbers' }] }) });
  await product.api('POST', '/w/demo/pipelines/writer/publish', {});
  await product.api('POST', '/w/demo/pipelines', { slug: 'reader', name: 'Reader', spec: spec() });
  await signedIn(page, product);
  await page.goto(`${product.url}/w/demo/pipelines/reader/edit`);
  await page.getByRole('tab', { name: /^Triggers/ }).click();
  const cards = page.locator('[data-field^="triggers["]');
  await page.getByRole('button', { name: 'Dataset', exact: true }).click();
  await cards.nth(0).getByRole('button', { name: 'Add dataset' }).click();
  await cards.nth(0).getByRole('combobox', { name: 'Dataset 1' }).fill('fresh_numbrs');
  await expect(cards.nth(0).getByText(/There is no dataset "fresh_numbrs".*fresh_numbers/)).toBeVisible();
  await cards.nth(0).getByRole('combobox', { name: 'Dataset 1' }).fill('fresh_numbers');
  await page.getByRole('button', { name: 'File', exact: true }).click();
  await cards.nth(1).getByLabel('Files').fill('incoming/*.csv');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await cards.nth(2).getByRole('combobox', { name: 'Pipeline' }).fill('writer');
  await cards.nth(2).getByRole('checkbox', { name: 'failed' }).click();
  await cards.nth(2).getByRole('checkbox', { name: 'succeeded' }).click();
  await expect.poll(async () => (await product.api<Draft>('GET', '/w/demo/pipelines/reader')).draft.spec.triggers).toEqual([
    { kind: 'dataset', any: ['fresh_numbers'] },
    { kind: 'file', glob: 'incoming/*.csv' },
    { kind: 'run', pipeline: 'writer', states: ['failed'] },
  ]);
  await publishDraft(page, 1);

  await page.goto(`${product.url}/w/demo/events?pipeline=reader`);
  await product.api('POST', '/w/demo/pipelines/writer/runs', {});
  const fresh = page.getByRole('row').filter({ hasText: 'New version of fresh_numbers' });
  await expect(fresh.getByRole('link', { name: 'its run' })).toBeVisible({ timeout: 30_000 });
  const sent = await fetch(`${product.url}/api/v1/w/demo/files?path=incoming/day.csv`, { method: 'POST', headers: { authorization: `Bearer ${product.token}` }, body: 'a\n1\n' });
  expect(sent.status).toBe(201);
  await expect(page.getByRole('row').filter({ hasText: 'Uploaded incoming/day.csv' }).getByRole('link', { name: 'its run' })).toBeVisible({ timeout: 15_000 });
  const { items } = await product.api<Runs>('GET', '/w/demo/runs?pipeline=reader');
  expect(items.map(({ trigger }) => trigger.kind).toSorted()).toEqual(['dataset', 'file']);
});
