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

/** openDraft makes a new pipeline in the demo workspace and opens its editor. */
async function openDraft(page: Page, product: Product, slug: string): Promise<void> {
  await product.api('POST', '/w/demo/pipelines', { slug, name: slug });
  await page.goto(`${product.url}/w/demo/pipelines/${slug}/edit`);
  await expect(page.getByRole('application', { name: 'Pipeline canvas' })).toBeVisible();
}

type Draft = { draft: { spec: { tasks: { id: string; kind: string; config: Record<string, unknown> }[]; edges: { from: string; to: string }[] } } };
const draftOf = async (product: Product, slug: string) => (await product.api<Draft>('GET', `/w/demo/pipelines/${slug}`)).draft.spec;

/** runs publishes nothing by itself: it starts the published version and waits for its end. */
async function runs(product: Product, slug: string): Promise<string> {
  const run = await product.api<{ id: string }>('POST', `/w/demo/pipelines/${slug}/runs`, {});
  return (await product.api<{ state: string }>('GET', `/w/demo/runs/${run.id}/wait?timeoutSeconds=60`)).state;
}

test('a pipeline is drawn with the mouse, tried, published and run', async ({ page, product }) => {
  await signedIn(page, product);
  await openDraft(page, product, 'by-mouse');
  const pane = page.locator('.react-flow__pane');

  await page.locator('[data-kind=source]').dragTo(pane, { targetPosition: { x: 400, y: 120 } });
  await page.getByLabel('File', { exact: true }).fill('demo/airports.csv');
  await page.locator('[data-kind=sql]').dragTo(pane, { targetPosition: { x: 400, y: 320 } });

  // an edge from port to port
  const port = (id: string, side: string) => page.locator(`.react-flow__node[data-id=${id}] .cv-port.${side}`);
  await port('source', 'source').dragTo(port('sql', 'target'));
  await expect(page.locator('.react-flow__edge[data-id="source→sql"]')).toHaveCount(1);

  // a circle is refused with a reason
  await port('sql', 'source').dragTo(port('source', 'target'));
  await expect(page.getByText('Not connected')).toBeVisible();

  await page.locator('.react-flow__node[data-id=sql]').click();
  await page.getByRole('button', { name: /Try up to here/ }).click();
  await expect(page.locator('.cv-preview tbody tr').first()).toBeVisible({ timeout: 60_000 });

  await page.getByRole('button', { name: /^Publish/ }).click();
  await page.getByRole('button', { name: 'Publish version 1' }).click();
  await expect(page.getByText('Published version 1')).toBeVisible();
  expect(await runs(product, 'by-mouse')).toBe('succeeded');
});

test('the same pipeline is drawn by keyboard alone', async ({ page, product }) => {
  await signedIn(page, product);
  await openDraft(page, product, 'by-keys');
  await page.getByRole('application', { name: 'Pipeline canvas' }).focus();

  await page.keyboard.press('Tab');
  await page.keyboard.type('source');
  await page.keyboard.press('Enter');
  await expect(page.locator('.react-flow__node')).toHaveCount(1);
  await page.keyboard.press('F2');
  await page.keyboard.type('Airports');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.type('query');
  await page.keyboard.press('Enter');
  await expect(page.locator('.react-flow__edge[data-id="airports→sql"]')).toHaveCount(1);

  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await page.getByLabel('File', { exact: true }).focus();
  await page.keyboard.type('demo/airports.csv');
  await expect(page.locator('[data-save=saved]')).toBeVisible();
  await expect.poll(async () => (await draftOf(product, 'by-keys')).tasks[0]?.config.path).toBe('demo/airports.csv');

  // a third node, connected by the list, deleted, and back by undo
  await page.getByRole('application', { name: 'Pipeline canvas' }).focus();
  await page.keyboard.press('Escape');
  await page.getByRole('application', { name: 'Pipeline canvas' }).focus();
  await page.keyboard.press('Tab');
  await page.keyboard.type('empty');
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Delete');
  await expect(page.locator('.react-flow__node')).toHaveCount(2);
  await page.keyboard.press('Control+z');
  await expect(page.locator('.react-flow__node')).toHaveCount(3);
  await expect.poll(async () => (await draftOf(product, 'by-keys')).tasks.length).toBe(3);

  await page.getByRole('button', { name: /^Publish/ }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Publish version 1' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText('Published version 1')).toBeVisible();
  expect(await runs(product, 'by-keys')).toBe('succeeded');
});

test('a draft that was saved elsewhere meanwhile is shown with both versions', async ({ page, product }) => {
  await signedIn(page, product);
  await openDraft(page, product, 'twice');
  await page.locator('[data-kind=empty]').click();
  await expect(page.locator('[data-save=saved]')).toBeVisible();
  await expect.poll(async () => (await draftOf(product, 'twice')).tasks.length).toBe(1);

  // The page must not hear of the other save before its own: hold its live events back.
  await page.route('**/live', (route) => route.abort());
  await page.reload();
  const { draft } = await product.api<{ draft: { revision: number; spec: object } }>('GET', '/w/demo/pipelines/twice');
  await product.api('PUT', '/w/demo/pipelines/twice/draft', { baseRevision: draft.revision, spec: { tasks: [{ id: 'theirs', kind: 'empty', config: {} }] } });
  await page.locator('[data-kind=sql]').click();
  const dialog = page.getByRole('dialog', { name: 'This draft was changed elsewhere' });
  await expect(dialog).toBeVisible();
  await expect(dialog.getByText('theirs')).toBeVisible();
  await dialog.getByRole('button', { name: 'Keep mine' }).click();
  await expect(page.locator('[data-save=saved]')).toBeVisible();
  expect((await draftOf(product, 'twice')).tasks.map((task) => task.kind).sort()).toEqual(['empty', 'sql']);
});
